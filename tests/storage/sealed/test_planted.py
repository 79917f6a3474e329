"""Numbers wherever they come in beside a case: none is in a dump, in a log or in what a command says."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine, select

from core import logs
from core.domain.clock import moment
from core.domain.roles import Role
from core.jobs.ledger import recorded
from core.rules.text import T
from core.services.base.work import SYSTEM
from core.services.delivery.letters import DeliveryError, Hindrance, Letter
from core.services.delivery.outbox import send_due
from core.services.people import parties
from core.services.people.rights import glass
from core.services.people.users import actor_for
from core.services.takein.entering import take_in
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import AuditEvent, FactEntry, JobRun, OutboxMessage, StaffMember, User
from core.storage.models.applications import Provenance
from core.storage.models.operations import MessageChannel
from tests.cli import forked
from tests.conftest import actor_maker, beginner
from tests.leaks import dumped, told
from tests.services.factory import id_number, uscc
from tests.services.granting.test_inclusion import STATIONS, include, station, table
from tests.services.journey import Town
from tests.services.profile.test_roster import person, put
from tests.services.takein.tables import row
from tests.services.takein.tables import table as former

ON = "2026-03-16T10:00"
MOBILES = [f"1395551{number:04d}" for number in range(8)]
COMMANDS = (
    ("verify",),
    ("user", "list", "--json"),
    ("access", "--json"),
    ("check", "--as-of", "2026-03-16", "--dry-run"),
)


class Refusing:
    """A gateway whose server quotes whom it refuses, or breaks over it."""

    @contextmanager
    def opened(self) -> Iterator[Refusing]:
        yield self

    def send(self, letter: Letter) -> None:
        if letter.key == "breaks":
            raise ValueError(f"{letter.recipient} cannot be written")
        raise DeliveryError(Hindrance.REFUSED, f"号码 +86 {letter.recipient} 无效")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process has logged meanwhile, by its real way of logging, debug lines too."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level, out = root.handlers[:], root.level, io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    logs.configure("debug", "json")
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def test_no_number_that_came_in_by_a_table_a_job_or_an_account_stands_in_the_open(
    engine: Engine, holidays: None, tmp_path: Path, log: io.StringIO
) -> None:
    begin, make_actor = beginner(engine), actor_maker(engine)
    town = Town(engine, begin, make_actor, FileStore(tmp_path / "files"))
    refused, broken, nameless, fact, included, taken, failed, machine = MOBILES
    staff, expert = id_number(), id_number()
    # Tables: a roster, a sealed table, a former register.
    member, body = town.applicant("shanghai/comprehensive", ON)
    put(town, member, body, person(number=staff))
    case = town.start("jilin/expert", id_number=expert)
    call = town.call("miit_volunteer/workstation", date(2023, 3, 1))
    entrusted = make_actor(Role.OFFICER, "miit_volunteer")
    include(
        town, entrusted, call, table(STATIONS, [station(1, "甲工作站", mobile=included)]), region="370000"
    )
    with begin(make_actor(Role.OFFICER, "hubei"), ON) as w:
        take_in(w, "hubei", former(row(uscc=uscc(), mobile=taken)))
    # A fact of a programme's own, whose name says nothing.
    with session_factory(engine)() as session, session.begin():
        said = {"name": "acme_line", "value": fact, "provenance": Provenance.CLAIMED, "at": moment(ON)}
        session.add(FactEntry(application_id=case.application_id, **said))
        for key, number in (("refused", refused), ("breaks", broken)):
            told_to = {"recipient": number, "subject": "通知", "body": f"致 {number}"}
            session.add(
                OutboxMessage(
                    key=key, event="withdrawn", channel="sms", next_attempt_at=moment(ON), **told_to
                )
            )
        accounts = [
            User(mobile=number, mobile_confirmed_at=moment(ON), fs_uniquifier=number[::-1], name="")
            for number in (nameless, machine)
        ]
        session.add_all(accounts)
        session.flush()
        own, other = (account.id for account in accounts)
    # Who acts has no name, and is changed on the machine.
    with session_factory(engine)() as session:
        actor = actor_for(session, own, date(2026, 3, 16))
    with begin(actor, ON) as w:
        parties.register_party(w, kind="organization", name="无名机构", uscc=uscc(), region="310104")
    make_actor(Role.SYSADMIN)
    with begin(SYSTEM, ON) as w:
        glass.tell(w, T("更换密码", "password changed"), other)
    # What failed over a number.
    send_due(session_factory(engine), moment(ON), {MessageChannel.SMS: Refusing()})
    with (
        pytest.raises(ValueError, match=failed),
        recorded(session_factory(engine), "digest", date(2026, 3, 16), moment(ON)),
    ):
        raise ValueError(f"{failed} has no address")
    with session_factory(engine)() as session:
        assert session.scalars(select(StaffMember)).one().id_masked == f"{staff[:3]}{'*' * 11}{staff[-4:]}"
        assert {row.last_error for row in session.scalars(select(OutboxMessage)) if row.last_error} >= {
            "号码 [mobile] 无效"
        }
        assert "[mobile]" in session.scalars(select(JobRun.message)).one()
        assert "139****0002" in set(session.scalars(select(AuditEvent.actor)))
    planted = [staff, expert, *MOBILES]
    assert told(planted, dumped(engine, tmp_path / "dump.sql.gz")) == set()
    assert "message.not_sent" in log.getvalue()
    assert told(planted, log.getvalue()) == set()
    url = engine.url.render_as_string(hide_password=False)
    given = {"ACCREDIT_DATABASE_URL": url, logs.LEVEL_VARIABLE: "debug"}
    for command in COMMANDS:
        arguments = [*command, "--instance", str(tmp_path)]
        _code, out, err = forked.run(arguments, "", os.environ | given, 120)
        assert out, (command, err)
        assert told(planted, out + err) == set(), command
