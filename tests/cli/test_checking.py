"""`accredit check` and `accredit verify` on a real database."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from core.storage.engine import session_factory
from tests.planting import plant
from tests.services.factory import make_party

CASES = json.loads((Path(__file__).parents[1] / "cases" / "supervision.json").read_text(encoding="utf-8"))
LIFE = next(case for case in CASES if {item["what"] for item in case["expect"]} & {"warning"})


@pytest.fixture
def register(accredit, engine, tmp_path):
    """Runs a command on a migrated database of the test's own."""
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments):
        return accredit(*arguments, "--instance", tmp_path, env={"ACCREDIT_DATABASE_URL": url})

    return run


@pytest.fixture
def life(engine, holidays):
    """One accreditation whose life brings a warning."""
    with session_factory(engine)() as session, session.begin():
        return plant(session, LIFE).id


@pytest.fixture
def ask(engine):
    def query(statement):
        with engine.connect() as connection:
            return connection.scalar(text(statement))

    return query


def test_a_check_counts_by_programme_and_clause(register, life, ask):
    answer = register("check", "--as-of", LIFE["check_until"], "--json")
    assert answer.code == 0, answer.err
    report = answer.json
    assert report["as_of"] == LIFE["check_until"]
    assert report["failures"] == []
    warned = [item for item in LIFE["expect"] if item["what"] == "warning"]
    counts = report["counts"][LIFE["program"]]
    assert counts[f"{warned[0]['clause']} warning"] == len(warned)
    assert ask("SELECT count(*) FROM register_event WHERE kind = 'warning'") == len(warned)
    assert ask("SELECT state FROM job_run WHERE job = 'daily_check'") == "done"


def test_a_second_run_and_a_full_one_find_nothing_more(register, life, ask):
    register("check", "--as-of", LIFE["check_until"])
    events = ask("SELECT count(*) FROM register_event")
    again = register("check", "--as-of", LIFE["check_until"], "--json").json
    full = register("check", "--as-of", LIFE["check_until"], "--full", "--json").json
    assert again["counts"] == full["counts"] == {}
    assert full["full"] is True
    assert ask("SELECT count(*) FROM register_event") == events


def test_a_dry_run_tells_and_keeps_nothing(register, life, ask):
    told = register("check", "--as-of", LIFE["check_until"], "--dry-run")
    assert told.code == 0, told.err
    assert "dry run" in told.out
    assert "warning" in told.out
    assert ask("SELECT count(*) FROM register_event WHERE kind = 'warning'") == 0
    assert ask("SELECT count(*) FROM job_run") == 0
    done = register("check", "--as-of", LIFE["check_until"])
    assert done.out.splitlines()[1:] == told.out.splitlines()[1:]


def test_only_one_programme_is_checked_on_demand(register, life, ask):
    other = next(name for name in ("jilin", "hubei") if name != LIFE["program"])
    assert (
        register("check", "--as-of", LIFE["check_until"], "--program", other, "--json").json["counts"] == {}
    )
    answer = register("check", "--program", "atlantis")
    assert answer.code == 2
    assert "hubei" in answer.err


def test_a_day_to_come_is_only_rehearsed(register, life, ask):
    refused = register("check", "--as-of", "2999-01-01")
    assert refused.code == 1
    assert "2999-01-01" in refused.err
    assert "--dry-run" in refused.err
    assert ask("SELECT count(*) FROM register_event") == ask("SELECT count(*) FROM job_run") == 0
    assert "warning" in register("check", "--as-of", "2999-01-01", "--dry-run").out
    assert ask("SELECT count(*) FROM register_event") == ask("SELECT count(*) FROM job_run") == 0


def test_a_day_that_does_not_exist_is_refused(register):
    assert register("check", "--as-of", "2024-02-30").code == 2


def test_verify_says_that_nothing_was_found(register, engine):
    answer = register("verify", "--lang", "en")
    assert (answer.code, answer.out) == (0, "no fault found\n")
    assert register("verify", "--json").out == ""


def test_likely_doubles_are_noted_and_no_fault(register, engine):
    one, other = make_party(engine, name="甲服务站"), make_party(engine, name="甲 服务站")
    answer = register("verify", "--lang", "en")
    said = f"is likely party {other}: the same name, the same division"
    assert (answer.code, answer.out) == (0, f"note: party.double: party {one}: {said}\nno fault found\n")
    assert register("verify", "--json").lines == [
        {
            "check": "party.double",
            "subject": "party",
            "id": str(one),
            "note": f"与主体 {other} 可能重复：名称相同、地区相同",
        }
    ]


def test_verify_lists_every_fault_and_ends_with_one(register, engine, life):
    with engine.begin() as connection:
        connection.execute(text("UPDATE accreditation SET next_due_on = NULL"))
        connection.execute(text("UPDATE party SET name_grams = '{}'"))
    answer = register("verify", "--lang", "en")
    assert answer.code == 1
    lines = answer.out.splitlines()
    assert any(line.startswith(f"accreditation.due: accreditation {life}: ") for line in lines)
    assert any(line.startswith("party.search: party ") for line in lines)
    as_json = register("verify", "--json")
    assert as_json.code == 1
    assert [f"{item['check']}: {item['subject']} {item['id']}" for item in as_json.lines] == [
        line.rsplit(": ", 1)[0] for line in lines
    ]
