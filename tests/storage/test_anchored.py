"""The trail held to what was kept outside: whatever was cut off, rewritten or forged is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import wrap

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.clock import moment
from core.rules.text import T
from core.storage.engine import session_factory
from core.storage.models import AuditEvent
from core.storage.trail.anchors import Anchor, anchor
from core.storage.trail.chain import digest, root, verify_chain
from core.storage.trail.ends import FORGED, UNKNOWN_KEY
from core.storage.trail.sealing import seal
from core.storage.trail.signing import Signer, renew, signer_of
from core.storage.verify.anchored import EMPTIED, MISSING, NO_ANCHOR, REWRITTEN, UNREADABLE, Held, hold
from tests.storage.trail.trails import add, sealed, tamper

AT = moment("2026-03-02T09:00")
UNPLACED = "UPDATE audit_link SET number = NULL, previous_hash = NULL, hash = NULL"
EVENT = "UPDATE audit_event SET actor = 'other', hash = '{}' WHERE id = 2"
LINK = "UPDATE audit_link SET root = '{}' WHERE id = 2"


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return signer_of(tmp_path)


@pytest.fixture
def anchored(engine: Engine, session: Session, signer: Signer) -> Anchor:
    """The trail's anchor after three transactions; a fourth comes after it."""
    sealed(engine, 1, 2, 3)
    made = anchor(session, signer, AT)
    assert made is not None
    session.rollback()
    sealed(engine, 4)
    return made


Look = Callable[..., Held]


@pytest.fixture
def look(session: Session, signer: Signer) -> Look:
    """What holding the trail to lines finds; `look(lines)` by the register's own keys."""

    def run(*lines: str, keys: tuple[str, ...] = ()) -> Held:
        session.rollback()
        return hold(session, "\n".join(lines), keys or signer.known, {})

    return run


def test_a_whole_trail_is_borne_out_and_told_how_far(anchored: Anchor, look: Look) -> None:
    held = look(anchored.line())
    assert (held.faults, held.newest, held.since) == ([], anchored, 1)
    assert "第 1 至 3 环、3 条记录；其后 1 环" in held.said.zh
    assert "links 1 to 3 with 3 events; 1 links came after it" in held.said.en


def test_the_newest_of_many_lines_is_told(
    anchored: Anchor, look: Look, engine: Engine, session: Session, signer: Signer
) -> None:
    newer = anchor(session, signer, AT)
    assert newer is not None
    held = look(newer.line(), anchored.line(), newer.line())
    assert (held.faults, held.newest) == ([], newer)


@pytest.mark.parametrize(
    "dress",
    [
        lambda line: f"<86>Mar  2 09:00:00 register accredit: {line}",
        lambda line: "审计员：\n\n" + line + "\n\n认定登记系统\n",
        lambda line: "\n".join(wrap(line, 76)),
        lambda line: "\n".join(f"> > {part}" for part in wrap(line, 60)),
        lambda line: line.replace(",", ",\r\n "),
    ],
)
def test_a_line_is_found_in_a_syslog_or_a_mail(
    anchored: Anchor, look: Look, dress: Callable[[str], str]
) -> None:
    held = look(dress(anchored.line()))
    assert (held.faults, held.newest) == ([], anchored)


def found(held: Held) -> list[tuple[str, T]]:
    return [(fault.subject_id, fault.message) for fault in held.faults]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": 2}, FORGED),
        ({"hash": "0" * 64}, FORGED),
        ({"events": 2}, FORGED),
        ({"at": "2026-03-01T01:00:00+00:00"}, FORGED),
        ({"signature": "A" * 86 + "=="}, FORGED),
        ({"signature": "?"}, FORGED),
    ],
)
def test_a_forged_anchor_is_named(anchored: Anchor, look: Look, change: dict, message: T) -> None:
    forged = replace(anchored, **change)
    held = look(forged.line())
    assert found(held) == [(str(forged.number), message)]
    assert held.newest is None
    assert "no anchor covers" in held.said.en


def test_an_anchor_of_another_register_is_named(
    anchored: Anchor, look: Look, session: Session, tmp_path: Path
) -> None:
    """Its own key has signed it, and that key is not ours; with the key given it is believed."""
    others = signer_of(tmp_path / "other")
    foreign = anchor(session, others, AT)
    assert foreign is not None
    assert found(look(foreign.line())) == [("4", UNKNOWN_KEY)]
    assert look(foreign.line(), keys=(others.public,)).faults == []
    assert found(look(anchored.line(), keys=(others.public,))) == [("3", UNKNOWN_KEY)]


def test_anchors_hold_after_the_key_was_replaced(
    anchored: Anchor, look: Look, session: Session, tmp_path: Path
) -> None:
    new = renew(tmp_path)
    newer = anchor(session, new, AT)
    assert newer is not None
    held = look(anchored.line(), newer.line(), keys=new.known)
    assert (held.faults, held.newest) == ([], newer)


def test_a_chain_written_anew_is_whole_in_itself_and_found_by_the_anchor(
    anchored: Anchor, look: Look, engine: Engine, session: Session
) -> None:
    """Who owns the database changes an event, makes every hash anew, and seals all of it again."""
    row = session.get_one(AuditEvent, 2)
    values = {column.name: getattr(row, column.name) for column in AuditEvent.__table__.columns}
    renewed = digest({**values, "actor": "other"})
    tamper(session, UNPLACED, EVENT.format(renewed), LINK.format(root([renewed])))
    seal(session_factory(engine))
    assert verify_chain(session) == []
    assert found(look(anchored.line())) == [("3", REWRITTEN)]


def test_an_emptied_trail_is_found(anchored: Anchor, look: Look, session: Session) -> None:
    tamper(session, "DELETE FROM audit_event", "DELETE FROM audit_link")
    assert verify_chain(session) == []
    assert found(look(anchored.line())) == [("3", EMPTIED)]


def test_a_tail_that_was_cut_off_is_found(anchored: Anchor, look: Look, session: Session) -> None:
    tamper(session, "DELETE FROM audit_event WHERE id > 2", "DELETE FROM audit_link WHERE id > 2")
    assert verify_chain(session) == []
    ((number, message),) = found(look(anchored.line()))
    assert (number, message.en) == ("3", "was anchored, and the chain ends with link 2: its end was cut off")


def test_what_came_after_the_anchor_may_be_anything(anchored: Anchor, look: Look, session: Session) -> None:
    """An anchor covers what was before it: hence one every hour."""
    tamper(session, "DELETE FROM audit_event WHERE id > 3", "DELETE FROM audit_link WHERE id > 3")
    held = look(anchored.line())
    assert (held.faults, held.since) == ([], 0)


def test_an_anchored_link_that_is_gone_is_found(anchored: Anchor, look: Look, session: Session) -> None:
    tamper(session, "DELETE FROM audit_event WHERE id = 3", "DELETE FROM audit_link WHERE id = 3")
    assert found(look(anchored.line())) == [("3", MISSING)]


def test_a_file_without_an_anchor_bears_nothing_out(anchored: Anchor, look: Look) -> None:
    assert found(look("no anchor")) == [("-", NO_ANCHOR)]
    spoilt = json.loads(anchored.line())
    del spoilt["hash"]
    odd = {**spoilt, "hash": 7}
    held = look(json.dumps(spoilt), json.dumps(odd), anchored.line()[:-1] + "x}", anchored.line())
    assert [message for _, message in found(held)] == [UNREADABLE] * 3
    assert held.newest == anchored


def test_nothing_is_anchored_before_something_was_sealed(
    engine: Engine, session: Session, signer: Signer
) -> None:
    add(engine, 1)
    assert anchor(session, signer, AT) is None
