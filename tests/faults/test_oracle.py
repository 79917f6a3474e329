"""The oracle finds what was lost, doubled or changed, and says nothing of what may differ."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.domain.clock import moment
from core.services.daily_check.run import run_checks
from core.services.delivery.gateways import LogGateway
from core.services.delivery.letters import Letter
from core.storage.engine import session_factory
from core.storage.models.operations import MessageChannel
from tests.databases import as_owner
from tests.faults.conftest import Copies
from tests.faults.oracle import Arrivals, Dump, by_mail, by_text, check, deliveries, differences, dump
from tests.faults.register import CHECKED_AT, Register

TODAY = CHECKED_AT.date()
SEQUENCES = "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"


def checked(register: Register) -> None:
    run_checks(session_factory(register.town.engine), TODAY)


@pytest.fixture(scope="module")
def expected(copies: Copies) -> Dump:
    return copies.after(checked)


def change(engine: Engine, *statements: str) -> None:
    """Change rows behind everybody's back."""
    with as_owner(engine) as owner, owner.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_other_ids_and_a_second_run_are_no_difference(copies: Copies, expected: Dump) -> None:
    with copies.one() as copy, as_owner(copy.town.engine) as owner:
        engine = copy.town.engine
        changed = {found.table for found in differences(dump(engine), expected)}
        assert changed >= {"application", "accreditation", "exit_case", "register_event", "outbox_message"}
        with owner.begin() as connection:
            for name in connection.scalars(text(SEQUENCES)).all():
                connection.execute(text("SELECT setval(:name, 7000)"), {"name": name})
        run_checks(session_factory(engine), TODAY)
        run_checks(session_factory(engine), TODAY)
        check(engine, expected, copy.town.store)


@pytest.fixture(scope="module")
def done(copies: Copies) -> Iterator[Engine]:
    """A copy on which the check was made; what a test changes is taken back."""
    with copies.one() as copy:
        checked(copy)
        with as_owner(copy.town.engine) as owner:
            yield owner


@pytest.mark.parametrize(
    ("table", "said", "statement"),
    [
        (
            "register_event",
            "found None",
            "DELETE FROM register_event WHERE id = (SELECT max(id) FROM register_event)",
        ),
        ("accreditation", "found 'rectifying'", "UPDATE accreditation SET state = 'rectifying'"),
        ("accreditation", "found '2024-07-02'", "UPDATE accreditation SET next_due_on = '2024-07-02'"),
        (
            "register_event",
            "expected None",
            """INSERT INTO register_event
            (accreditation_id, kind, happened_on, clause, period, title_zh, title_en)
            SELECT accreditation_id, kind, happened_on, clause, period || '!', title_zh, title_en
            FROM register_event LIMIT 1""",
        ),
        (
            "outbox_message",
            "#2] row: expected None",
            """INSERT INTO outbox_message (event, channel, program, party_id, accreditation_id,
            exit_case_id, recipient, subject, body, key)
            SELECT event, channel, program, party_id, accreditation_id, exit_case_id, recipient, subject,
            body, regexp_replace(key, '/[0-9]+/', '/99999/')
            FROM outbox_message WHERE event = 'warning' LIMIT 1""",
        ),
        (
            "outbox_message",
            "state: expected 'pending'",
            "UPDATE outbox_message SET state = 'sent' WHERE state = 'pending'",
        ),
        ("party", "email", "UPDATE party SET email = 'stranger@example.cn'"),
        ("exit_case", "told_on", "UPDATE exit_case SET told_on = '2024-06-13'"),
        (
            "audit_event",
            "row: expected {",
            """ALTER TABLE audit_event DISABLE TRIGGER USER;
            DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)""",
        ),
        ("job_run", "found None", "UPDATE job_run SET state = 'running'"),
    ],
)
def test_what_was_lost_doubled_or_changed_is_found(
    done: Engine, expected: Dump, table: str, said: str, statement: str
) -> None:
    with done.connect() as connection:
        connection.execute(text(statement))
        found = [str(item) for item in differences(expected, dump(connection))]
    assert [line for line in found if line.startswith(f"{table} [") and said in line], found


def test_a_broken_invariant_fails_where_the_rows_are_the_same_and_so_does_a_difference(
    copies: Copies, expected: Dump
) -> None:
    with copies.one() as copy:
        engine = copy.town.engine
        with pytest.raises(AssertionError, match=r"register_event .* row: expected"):
            check(engine, expected)
        change(
            engine,
            "ALTER TABLE audit_event DISABLE TRIGGER USER",
            "UPDATE audit_event SET hash = md5(hash) WHERE id = (SELECT max(id) FROM audit_event)",
        )
        with pytest.raises(AssertionError, match=r"audit\.chain"):
            check(engine, dump(engine))


def mail(key: str, to: str) -> EmailMessage:
    made = EmailMessage()
    made["Message-ID"] = f"<{Letter(key, to, '', '', CHECKED_AT).identifier}@authority.example>"
    made["To"] = to
    return made


def test_letters_are_held_against_the_messages(copies: Copies) -> None:
    with copies.one() as copy:
        engine = copy.town.engine
        change(
            engine,
            "DELETE FROM outbox_message WHERE id > (SELECT min(id) FROM outbox_message)",
            """UPDATE outbox_message
            SET state = 'sent', recipient = 'a@firm.example', key = 'k', channel = 'email'""",
        )
        right = mail("k", "a@firm.example")

        def held(*letters: tuple[EmailMessage, str], since: str = "2000-01-01") -> Arrivals:
            arrived = by_mail([letter for letter, _ in letters], [to for _, to in letters])
            return deliveries(engine, arrived, since=moment(since), channel=MessageChannel.EMAIL)

        assert held().wrong == ["k never arrived"]
        assert held(since="2026-01-01").wrong == []
        assert held((right, "a@firm.example")).wrong == []
        assert len(held((right, "b@firm.example")).wrong) == 1
        assert len(held((mail("k", "b@firm.example"), "a@firm.example")).wrong) == 1
        stranger = (mail("other", "a@firm.example"), "a@firm.example")
        assert held((right, "a@firm.example"), stranger).wrong == [
            "a letter to a@firm.example that the register never wrote"
        ]
        twice = held(*[(right, "a@firm.example")] * 2)
        assert (twice.messages, twice.copies, twice.wrong) == (1, 1, [])
        assert "1 second copies under the same Message-ID (50.0 %)" in str(twice)


def test_text_messages_are_read_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    assert by_text(path) == []
    letter = Letter("k", "13800138000", "", "短信", CHECKED_AT)
    LogGateway(path, MessageChannel.SMS).send(letter)
    assert by_text(path) == [(letter.identifier, {"13800138000"})]
