"""`accredit access`: the record of who came in and who looked, on a real database."""

import pytest
from sqlalchemy import insert

from core.domain.clock import moment
from core.storage.engine import session_factory
from core.storage.models import AccessRecord
from tests.services.factory import make_party


@pytest.fixture
def register(accredit, engine, tmp_path):
    """Runs a command on a database with two entries."""
    party = make_party(engine, name="吉林灯塔服务中心")
    with session_factory(engine).begin() as session:
        session.execute(
            insert(AccessRecord.__table__),
            [
                {"at": moment("2026-03-01T09:00"), "kind": "not_entered", "address": "203.0.113.5",
                 "party_id": None, "look": None, "number": None, "detail": "password"},
                {"at": moment("2026-03-02T09:00"), "kind": "looked", "address": "198.51.100.7",
                 "party_id": party, "look": "party", "number": party, "detail": ""},
            ],
        )  # fmt: skip
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments):
        given = {"ACCREDIT_DATABASE_URL": url}
        return accredit("access", *arguments, "--instance", tmp_path, env=given)

    run.party = party
    return run


def test_entries_are_told_the_latest_first_and_narrowed(register):
    (found,) = register("--json").lines
    assert [row["kind"] for row in found] == ["looked", "not_entered"]
    assert found[0] | {"number": 0} == {
        "at": "2026-03-02T09:00:00+08:00", "kind": "looked", "who": None, "address": "198.51.100.7",
        "look": "party", "number": 0, "party": "吉林灯塔服务中心", "program": None, "region": None,
        "detail": None,
    }  # fmt: skip
    for asked, kinds in {
        ("--find", "灯塔"): ["looked"],
        ("--find", "203.0.113.5"): ["not_entered"],
        ("--party", str(register.party)): ["looked"],
        ("--kind", "not_entered"): ["not_entered"],
        ("--look", "dossier"): [],
        ("--since", "2026-03-02"): ["looked"],
        ("--until", "2026-03-01"): ["not_entered"],
        ("--most", "1"): ["looked"],
    }.items():
        (found,) = register("--json", *asked).lines
        assert [row["kind"] for row in found] == kinds, asked
    assert "灯塔" in register().out


def test_a_day_that_is_none_is_refused(register):
    answer = register("--since", "gestern")
    assert answer.code == 1
    assert "--since" in answer.err
