"""What the database itself refuses, whoever writes into it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.databases import OWNER, NewDatabase
from tests.storage.sample import fill


@pytest.fixture(scope="module")
def filled(new_database: NewDatabase) -> Iterator[Engine]:
    """An engine on a database with a row of everything."""
    with new_database(OWNER) as made:
        with made.begin() as connection:
            fill(connection)
            sequences = connection.execute(
                text("""SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'public' AND is_identity = 'YES'
                AND table_name NOT LIKE 'procrastinate%'""")
            ).scalars()
            for table in sequences:
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"))
        yield made


@pytest.fixture
def connection(filled: Engine) -> Iterator[Connection]:
    """A connection whose changes are taken back."""
    with filled.connect() as opened:
        yield opened
        opened.rollback()


ENDED = {"state": "'expired'", "ended_on": "date '2024-05-01'"}


def copied(table: str, **changes: str) -> str:
    """A statement that writes a row of the table again, with other values of some columns."""
    taken = {"id": "nextval(pg_get_serial_sequence(TABLE, 'id'))".replace("TABLE", f"'{table}'"), **changes}
    given = ", ".join(f"{value} AS {name}" for name, value in taken.items())
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || to_jsonb(n))).* "  # noqa: S608  # constants
        f"FROM (SELECT * FROM {table} ORDER BY id LIMIT 1) t, (SELECT {given}) n"
    )


REFUSED: dict[str, tuple[str, str]] = {
    "a second party with the USCC": (copied("party", name="'别名'"), "uq_party_uscc"),
    "an organisation without a USCC": (copied("party", uscc="NULL"), "organization_has_uscc"),
    "a person with a USCC": (
        copied("party", kind="'person'", id_number="'1'", uscc="'9'"),
        "person_has_no_uscc",
    ),
    "a party without a name": (copied("party", uscc="'9'", name="''"), "name_given"),
    "a second open application to the track": (
        copied("application", state="'submitted'") + "; " + copied("application", state="'draft'"),
        "uq_application_open",
    ),
    "a submitted application without its time": (
        copied("application", state="'submitted'", submitted_at="NULL"),
        "submitted_has_time",
    ),
    "a state that there is not": (copied("application", state="'lost'"), "applicationstate"),
    "a second status in force of the track": (
        copied("accreditation", application_id="NULL", number="'N2'", sequence="2"),
        "uq_accreditation_active",
    ),
    "a second status of the application": (
        copied("accreditation", **ENDED, number="'N2'", sequence="2"),
        "uq_accreditation_application",
    ),
    "a number twice": (
        copied("accreditation", **ENDED, application_id="NULL", sequence="2"),
        "uq_accreditation_number",
    ),
    "a sequence twice": (
        copied("accreditation", **ENDED, application_id="NULL", number="'N2'"),
        "uq_accreditation_program_track_year_sequence",
    ),
    "a status that ended and is in force": (
        "UPDATE accreditation SET ended_on = date '2024-05-01'",
        "ended_when_not_active",
    ),
    "a term that ends before it begins": (
        "UPDATE accreditation SET valid_through = valid_from - 1",
        "dates_in_order",
    ),
    "a warning twice": (copied("register_event"), "uq_register_event_accreditation_id_kind_clause_period"),
    "a second open case under the clause": (
        copied("exit_case", state="'proposed'") + "; " + copied("exit_case", state="'objected'"),
        "uq_exit_case_open",
    ),
    "one officer twice": (
        "UPDATE exit_case SET second_officer_id = first_officer_id",
        "two_different_officers",
    ),
    "a time to object without a telling": ("UPDATE exit_case SET told_on = NULL", "objection_after_telling"),
    "a second open order under the clause": (copied("rectification"), "uq_rectification_open"),
    "an order that is over before it began": (
        "UPDATE rectification SET deadline = ordered_on - 1",
        "deadline_after_order",
    ),
    "a second ban of the case": (copied("ban"), "uq_ban_exit_case_id"),
    "a second open request to extend": (copied("extension_request"), "uq_extension_request_open"),
    "an extension that shortens": (
        "UPDATE extension_request SET new_valid_through = old_valid_through",
        "extends",
    ),
    "an established finding without its day": (
        "UPDATE finding SET established_on = NULL",
        "established_has_day",
    ),
    "a decided complaint without its day": ("UPDATE complaint SET verified = true", "decided_has_day"),
    "a decided objection without its time": ("UPDATE objection SET state = 'upheld'", "decided_has_time"),
    "a notice that closes as it is published": (
        "UPDATE public_notice SET closes_on = published_on",
        "day_of_publication_does_not_count",
    ),
    "an approval twice": (copied("decision"), "uq_decision_instead"),
    "a waiver of nothing": (copied("decision", kind="'waived'", clause="''"), "waiver_names_condition"),
    "an entry twice under a status": (
        copied("service_record"),
        "uq_service_record_accreditation_id_entry_id",
    ),
    "hours below zero": ("UPDATE service_record SET hours = -1", "hours_in_range"),
    "a satisfaction above all": ("UPDATE service_record SET satisfaction_pct = 101", "satisfaction_in_range"),
    "a setting without a reason": ("UPDATE setting_override SET reason = ''", "reason_given"),
    "a setting twice from a day on": (
        copied("setting_override"),
        "uq_setting_override_program_track_kind_name_effective_on",
    ),
    "a grant twice, of every programme too": (
        "INSERT INTO role_grant (user_id, role) VALUES (2, 'lead')",
        "uq_role_grant_reach",
    ),
    "a message twice": (copied("outbox_message"), "uq_outbox_message_key"),
    "a hash that is none": ("UPDATE material_file SET sha256 = 'x'", "sha256_in_hex"),
    "a party that has a status is removed": ("DELETE FROM party WHERE id = 1", "fk_"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(connection: Connection, name: str) -> None:
    statements, constraint = REFUSED[name]
    *before, last = statements.split("; ")
    for statement in before:
        connection.execute(text(statement))
    with pytest.raises(IntegrityError, match=constraint):
        connection.execute(text(last))


@pytest.mark.parametrize("table", ["audit_event", "audit_end", "fact_entry", "decision"])
@pytest.mark.parametrize("change", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_written_stays(connection: Connection, table: str, change: str) -> None:
    with pytest.raises(DBAPIError, match=f"on {table} is refused: its rows are written once and stay"):
        connection.execute(text(change.format(table, "number" if table == "audit_end" else "id")))


def test_what_ended_makes_room(connection: Connection) -> None:
    connection.execute(text("UPDATE accreditation SET state = 'withdrawn', ended_on = date '2024-05-01'"))
    connection.execute(
        text(
            copied(
                "accreditation",
                state="'active'",
                ended_on="NULL",
                application_id="NULL",
                number="'N2'",
                sequence="2",
            )
        )
    )
    connection.execute(text("UPDATE application SET state = 'rejected', submitted_at = now()"))
    connection.execute(text(copied("application", state="'draft'")))
    connection.execute(text("UPDATE exit_case SET state = 'dismissed'"))
    connection.execute(text(copied("exit_case", state="'proposed'", period="'2'")))
    assert connection.scalar(text("SELECT count(*) FROM accreditation")) == 2


def test_another_call_takes_another_application(connection: Connection) -> None:
    connection.execute(text(copied("call", title="'另一通知'")))
    connection.execute(text(copied("application", state="'draft'")))
    connection.execute(text(copied("application", state="'draft'", call_id="(SELECT max(id) FROM call)")))
    assert connection.scalar(text("SELECT count(*) FROM application WHERE state = 'draft'")) == 3
