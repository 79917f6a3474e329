"""Open data: what the files hold, the schema they keep to, and the mark by which a change shows."""

import json
from datetime import date

import jsonschema_rs
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.lifecycle.states import AccreditationState
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS
from core.services.keeping.public_names import shown
from core.services.public import open_data
from core.services.public.open_data_fields import FIELDS
from core.storage.models import Accreditation, Party
from tests.conftest import Begin
from tests.services.factory import accredit, make_party
from tests.services.public.test_notices import publish

TODAY = "2024-06-05T10:00"
EMPLOYER, SECRETS = "吉林大学", ("13800138000", "a@example.cn", "联系人甲", "22020219800101")


def fill(engine: Engine) -> None:
    """An organisation, a person with everything that is not public, and one that was revoked."""
    private = {"mobile": SECRETS[0], "email": SECRETS[1], "contact_name": SECRETS[2], "address": "某路 1 号"}
    body = make_party(engine, name="=SUM(1)服务中心", **private)
    expert = make_party(engine, PartyKind.PERSON, "220202", name="王芳", employer=EMPLOYER, **private)
    accredit(engine, "liaocheng/comprehensive", "2024-03-01", party_id=body, functions=["training", "legal"])
    accredit(engine, "jilin/expert", "2024-03-01", party_id=expert, functions=["financing"])
    ended = {"state": AccreditationState.REVOKED, "ended_on": date(2024, 5, 1), "ended_clause": "20(1)"}
    accredit(engine, "liaocheng/specialized", "2022-03-01", party_id=body, **ended)


def test_rows_hold_what_is_public_in_the_order_of_the_numbers(engine: Engine, begin: Begin) -> None:
    fill(engine)
    with begin(ANONYMOUS, TODAY) as w:
        rows = list(open_data.register(w.session, w.today, open_data.words(w), shown(w)))
    assert [list(row) for row in rows] == [[field.key for field, _ in FIELDS]] * 3
    assert [row["number"] for row in rows] == sorted(str(row["number"]) for row in rows)
    by_state = {row["state"]: row for row in rows if row["holder_kind"] == "organization"}
    assert set(by_state) == {"in_force", "revoked"}
    assert by_state["revoked"]["ended_clause"] == "20(1)"
    assert by_state["in_force"]["ended_on"] is None
    assert by_state["in_force"]["functions_zh"] == ["人才和培训服务", "法律服务"]
    person = next(row for row in rows if row["holder_kind"] == "person")
    assert (person["holder"], person["employer"], person["uscc"]) == ("王芳", EMPLOYER, None)
    assert not any(secret in json.dumps(rows, ensure_ascii=False) for secret in SECRETS)


def test_files_keep_to_the_schema_and_others_do_not(engine: Engine, begin: Begin) -> None:
    fill(engine)
    publish(engine, 2)
    publish(engine, on=date(2024, 6, 20), until=date(2024, 6, 27))
    schema = open_data.schema()
    known = jsonschema_rs.validator_for(schema, validate_formats=True)
    head = {"schema_version": open_data.SCHEMA_VERSION, "generated_at": "2024-06-05T10:00:00+08:00"}
    with begin(ANONYMOUS, TODAY) as w:
        register = list(open_data.register(w.session, w.today, open_data.words(w), shown(w)))
        notices = list(open_data.notices(w.session, w.today, shown(w)))
    assert [(len(item["items"]), item["open"]) for item in notices] == [(2, True)]
    for kind, items in (("register", register), ("notices", notices)):
        assert known.is_valid({"kind": kind, **head, "items": items}), kind
        assert not known.is_valid({"kind": kind, **head, "items": [{**items[0], "mobile": "1"}]})
        assert not known.is_valid({"kind": kind, **head, "schema_version": "0.9", "items": items})


def test_the_mark_changes_with_what_is_shown_and_with_nothing_else(
    engine: Engine, begin: Begin, session: Session
) -> None:
    fill(engine)
    marks = []

    def mark(at: str = TODAY) -> str:
        with begin(ANONYMOUS, at) as w:
            marks.append(open_data.fingerprint(w))
        return marks[-1]

    first = mark()
    party = session.query(Party).filter_by(name="王芳").one()
    party.mobile = "13900139000"
    session.commit()
    assert mark() == first
    party.employer = "长春大学"
    session.commit()
    assert mark() != first
    session.query(Accreditation).filter_by(program="jilin").one().valid_through = date(2030, 1, 1)
    session.commit()
    mark()
    mark("2024-06-06T10:00")
    assert len(set(marks)) == 4
