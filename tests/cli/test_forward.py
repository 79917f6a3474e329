"""The demo lived forward: its clock, what may have one, and that nobody goes back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from core.domain.clock import today
from core.rules.clauses import PartyKind
from core.services.base.queue import LEAD
from core.storage.engine import session_factory
from core.storage.models import JobRun
from core.storage.models.operations import JobState
from core.storage.processes.forward import FILE, MOST_DAYS
from tests.planting import plant, plant_party

ENDS_IN = 10
"""Days until the last day of the accreditation that is planted."""


@pytest.fixture
def register(accredit, engine, tmp_path):
    """Runs a command on a migrated database of the test's own."""
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments):
        return accredit(*arguments, "--instance", tmp_path, env={"ACCREDIT_DATABASE_URL": url})

    return run


@pytest.fixture
def made_up(engine):
    """The register counts as the demo's."""
    with session_factory(engine)() as session, session.begin():
        session.add(JobRun(job="demo", as_of=today(), started_at=text("now()"), state=JobState.DONE))


@pytest.fixture
def forward(register, made_up):
    """Lives so many days more."""
    return lambda days: register("demo", "--no-serve", "--forward", days)


def checked(register):
    """The day of a check made now."""
    answer = register("check", "--json")
    assert answer.code == 0, answer.err
    return date.fromisoformat(answer.json["as_of"])


def test_each_time_adds_its_days_and_every_command_lives_by_them(register, forward, tmp_path):
    for days, ahead in ((1, 1), (2, 3)):
        answer = forward(days)
        assert answer.code == 0, answer.err
        assert (tmp_path / FILE).read_text() == f"{ahead}\n"
        assert checked(register) == today() + timedelta(days=ahead)


def test_the_check_catches_the_days_up_and_nothing_is_in_the_future(register, forward, engine):
    term_ends = today() + timedelta(days=ENDS_IN)
    life = {"program": "jilin", "track": "expert", "events": [], "check_until": today().isoformat()}
    with session_factory(engine)() as session, session.begin():
        made = plant(session, life | {"accredited_on": (today() - timedelta(days=200)).isoformat()})
        made.valid_through = term_ends
    states = []
    for days in (ENDS_IN - 1, 1, 1):
        forward(days)
        checked(register)
        checked(register)
        with engine.connect() as connection:
            states.append(connection.scalar(text("SELECT state FROM accreditation")))
    assert states == ["active", "active", "expired"]
    with engine.connect() as connection:
        ended = "SELECT happened_on FROM register_event WHERE kind = 'expired'"
        assert connection.scalars(text(ended)).all() == [term_ends + timedelta(days=1)]
        late = "SELECT count(*) FROM job_run WHERE job = 'daily_check' AND finished_at < started_at"
        assert connection.scalar(text(late)) == 0
    assert "future" not in register("verify").out


@pytest.mark.parametrize("days", [0, -1])
def test_nobody_goes_back(register, forward, tmp_path, days):
    forward(5)
    answer = forward(days)
    assert (answer.code, (tmp_path / FILE).read_text()) == (2, "5\n")
    assert "cannot be unlived" in answer.err


@pytest.mark.parametrize("written", ["2\n", None])
def test_a_file_that_was_made_smaller_or_taken_away_is_refused_with_the_way_on(
    register, forward, tmp_path, written
):
    forward(5)
    checked(register)
    (tmp_path / FILE).unlink() if written is None else (tmp_path / FILE).write_text(written)
    missing = 5 if written is None else 3
    for command in ("check", "verify", "worker", "serve"):
        answer = register(command)
        assert answer.code == 1
        assert "cannot be unlived" in answer.err
        assert f"--forward {missing}" in answer.err
    assert forward(missing).code == 0
    assert checked(register) == today() + timedelta(days=5)


@pytest.mark.assurance
@pytest.mark.parametrize(("days", "code"), [(MOST_DAYS - 2, 0), (MOST_DAYS - 1, 0), (MOST_DAYS, 1)])
def test_so_far_and_no_further(forward, tmp_path, days, code):
    forward(1)
    assert forward(days).code == code
    assert (tmp_path / FILE).read_text() == f"{1 if code else 1 + days}\n"


def test_what_broke_off_in_writing_counts_for_nothing(register, forward, tmp_path):
    forward(1)
    (tmp_path / f".{FILE}.4711").write_text("40")
    assert checked(register) == today() + timedelta(days=1)


def test_real_cases_are_worked_on_in_real_time_alone(register, tmp_path):
    (tmp_path / FILE).write_text("3\n")
    for command in ("check", "verify", "worker", "serve", "user list"):
        answer = register(*command.split())
        assert answer.code == 1
        assert "3 days ahead" in answer.err
        assert "remove the file" in answer.err
    (tmp_path / FILE).unlink()
    assert checked(register) == today()


def test_a_register_with_data_of_its_own_is_not_lived_forward(register, engine, tmp_path):
    with session_factory(engine)() as session, session.begin():
        plant_party(session, PartyKind.ORGANIZATION)
    answer = register("demo", "--no-serve", "--forward", 3)
    assert answer.code == 1
    assert "data of its own" in answer.err
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "written",
    [
        "three",
        str(MOST_DAYS + 1),
        *(pytest.param(other, marks=pytest.mark.assurance) for other in ("", "-3", "3.5", "٣")),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(register, made_up, tmp_path, written):
    (tmp_path / FILE).write_text(written)
    answer = register("check")
    assert answer.code == 1
    assert "must hold a number of days" in answer.err


def test_not_while_a_worker_lives_by_the_clock(forward, engine, tmp_path):
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LEAD})
        answer = forward(3)
        assert answer.code == 1
        assert "stop the site and the workers" in answer.err
    assert not (tmp_path / FILE).exists()
