"""Anchoring: a line wherever it is wanted, when anything is new; a mail to each auditor, once a day."""

import socket
from datetime import date

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.trail.anchoring import Outlets, anchor_now, mail_anchor, outlets_from
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage, User
from core.storage.trail.anchors import anchors_in
from core.storage.trail.signing import signer_of
from core.storage.verify.anchored import hold
from tests.storage.trail.trails import add

NOW, DAY = moment("2026-03-02T09:00"), date(2026, 3, 2)


@pytest.fixture
def outlets(tmp_path):
    return Outlets(tmp_path / "anchors.jsonl")


@pytest.fixture
def anchored(engine, tmp_path):
    """Anchors now, and gives the line that was written; None where none was."""

    def run(outlets):
        made = anchor_now(session_factory(engine), tmp_path, outlets, NOW)
        return made.line() if made is not None else None

    return run


def test_a_line_comes_for_whatever_is_new(anchored, outlets, engine):
    assert anchored(outlets) is None
    assert not outlets.file.exists()
    add(engine, 1)
    first = anchored(outlets)
    assert anchored(outlets) is None
    add(engine, 2)
    second = anchored(outlets)
    assert outlets.file.read_text() == f"{first}\n{second}\n"
    assert [item.number for item in anchors_in(outlets.file.read_text())] == [1, 2]


def test_a_file_that_was_cut_or_lost_is_written_anew(anchored, outlets, engine):
    add(engine, 1)
    line = anchored(outlets)
    outlets.file.write_text(f"{line}\n{line[:100]}\n")
    assert anchored(outlets) == line
    outlets.file.write_text("")
    assert anchored(outlets) == line
    outlets.file.unlink()
    assert anchored(outlets) == line


@pytest.fixture
def syslog():
    """A syslog on a port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(30)
        yield listening


def test_a_syslog_gets_the_line(anchored, outlets, engine, syslog):
    add(engine, 1)
    line = anchored(Outlets(outlets.file, syslog.getsockname()))
    assert syslog.recv(4096).decode() == f"<86>accredit: {line}"


def test_a_syslog_that_is_not_there_leaves_the_anchor_to_be_made(anchored, outlets, engine, tmp_path):
    add(engine, 1)
    with pytest.raises(OSError, match="No such file"):
        anchored(Outlets(outlets.file, str(tmp_path / "log")))
    assert not outlets.file.exists()
    assert anchored(outlets) is not None


@pytest.fixture
def written(engine):
    """The mails of anchors: (user, language, body)."""

    def read():
        with session_factory(engine)() as session:
            query = select(OutboxMessage).where(OutboxMessage.event == "trail.anchored")
            found = session.scalars(query.order_by(OutboxMessage.id))
            return [(item.user_id, item.language, item.body) for item in found]

    return read


def test_each_auditor_is_written_to_once_a_day(make_actor, engine, session, tmp_path, written):
    auditor = make_actor(Role.AUDITOR)
    english = make_actor(Role.AUDITOR, program="hubei")
    make_actor(Role.OFFICER)
    gone = make_actor(Role.AUDITOR)
    with session.begin():
        session.get_one(User, english.user_id).language = "en"
        session.get_one(User, gone.user_id).active = False
    factory = session_factory(engine)
    assert mail_anchor(factory, tmp_path, DAY, NOW) == 2
    assert mail_anchor(factory, tmp_path, DAY, NOW) == 2
    (first, zh, body), (second, en, english_body) = written()
    assert (first, zh, second, en) == (auditor.user_id, "zh", english.user_id, "en")
    assert "请在本系统之外保存下面一行" in body
    assert "Keep the line below outside of the register" in english_body
    assert mail_anchor(factory, tmp_path, date(2026, 3, 3), NOW) == 2
    assert len(written()) == 4
    for text in (body, english_body):
        held = hold(session, text, signer_of(tmp_path).known, {})
        assert held.faults == []
        assert held.newest is not None


def test_without_a_trail_nobody_is_written_to(engine, tmp_path, written):
    assert mail_anchor(session_factory(engine), tmp_path, DAY, NOW) == 0
    assert written() == []


def test_the_environment_names_the_outlets(tmp_path):
    assert outlets_from({}, tmp_path) == Outlets(tmp_path / "anchors.jsonl", None, True)
    given = {"ACCREDIT_ANCHOR_FILE": "/mnt/worm/anchors", "ACCREDIT_ANCHOR_MAIL": "0"}
    outlets = outlets_from({**given, "ACCREDIT_ANCHOR_SYSLOG": "/dev/log"}, tmp_path)
    assert (str(outlets.file), outlets.syslog, outlets.mail) == ("/mnt/worm/anchors", "/dev/log", False)
    for written, read in (("logs.example.cn:514", ("logs.example.cn", 514)), ("[::1]:65535", ("::1", 65535))):
        assert outlets_from({"ACCREDIT_ANCHOR_SYSLOG": written}, tmp_path).syslog == read


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ACCREDIT_ANCHOR_SYSLOG", "logs.example.cn"),
        ("ACCREDIT_ANCHOR_SYSLOG", ":514"),
        ("ACCREDIT_ANCHOR_SYSLOG", "logs.example.cn:0"),
        ("ACCREDIT_ANCHOR_SYSLOG", "logs.example.cn:65536"),
        ("ACCREDIT_ANCHOR_SYSLOG", "logs.example.cn:syslog"),
        ("ACCREDIT_ANCHOR_MAIL", "no"),
    ],
)
def test_a_bad_outlet_is_named(tmp_path, variable, value):
    with pytest.raises(ValueError, match=variable):
        outlets_from({variable: value}, tmp_path)
