"""What a case page and a start page say: duties, offers, and what waits for whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.duties.complaints import file_complaint
from core.services.duties.findings import open_finding
from core.services.duties.progress import progress, term_left, time_left
from core.services.duties.rectifications import order
from core.services.duties.reports import submit_report
from core.services.endings.exits import confirm, object_to, propose, told
from core.services.endings.extensions import request_extension
from core.services.supervision.moving import offers
from core.services.supervision.status import Status, find
from core.services.todo.waiting import ending_soon, waiting_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Application, OutboxMessage
from core.storage.models.operations import MessageState
from tests.services.factory import Held, accredit, make_party, serve


def member_of(make_actor: Any, held: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[held.party_id])


def test_a_duty_says_what_is_done_missing_and_left(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01")
    for number in range(3):
        serve(
            engine, held, f"2023-07-0{number + 1}", "2.5", tuple(f"企业{number}{each}" for each in range(7))
        )
    serve(engine, held, "2023-07-09", "0.5", ("企业00",))
    serve(engine, held, "2023-05-31", "9")
    serve(engine, held, "2024-02-01", "9")
    with begin(member_of(make_actor, held), "2024-01-31T09:00") as w:
        service, report, again = sorted(
            progress(find(w, held.id)), key=lambda item: (not item.figures, item.clause)
        )
    assert (service.clause, service.first, service.last) == ("10(1)", date(2023, 6, 1), date(2024, 6, 1))
    assert (service.met, service.days_left) == (False, 122)
    assert [(item.name, item.done, item.wanted, item.missing) for item in service.figures] == [
        ("service_hours", 8, 12, 4),
        ("enterprises_served", 21, 30, 9),
    ]
    assert service.text.en == "8 of 12 hours, or 21 of 30 enterprises; 4 months left"
    assert service.text.zh == "服务时长 8 / 12 小时，或 服务企业数 21 / 30 家；还有 4 个月"
    assert (report.clause, report.met, report.last) == ("10(1)", False, date(2024, 6, 1))
    assert (again.clause, again.last) == ("10(2)", date(2025, 6, 1))
    serve(engine, held, "2024-02-02", "4")
    with begin(member_of(make_actor, held), "2024-02-02T09:00") as w:
        done = progress(find(w, held.id))[0]
    assert done.met
    assert done.text.en.endswith("; done")


def test_attendance_and_report_of_a_platform(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2023-06-01")
    serve(engine, held, "2023-09-01", organized_by_authority=True)
    with begin(member_of(make_actor, held), "2024-02-03T09:00") as w:
        shown = {item.clause: item for item in progress(find(w, held.id))}
        assert shown["20(3)"].last == date(2024, 9, 1)
        assert shown["17"].text.en == "the report about 2023 is due by 2024-01-31; 3 days late"
        submit_report(w, held.id, 2023, "总结")
        assert {item.clause: item.met for item in progress(find(w, held.id))}["17"] is True


@pytest.mark.parametrize(
    ("day", "last", "said"),
    [
        ("2024-01-31", "2024-02-29", "1 month left"),
        ("2024-01-31", "2024-02-28", "28 days left"),
        ("2024-05-06", "2024-05-07", "1 day left"),
        ("2024-05-06", "2024-05-06", "0 days left"),
        ("2024-05-06", "2024-05-05", "1 day late"),
        ("2024-05-06", "2024-08-05", "2 months left"),
        ("2024-05-06", "2025-05-06", "12 months left"),
    ],
)
def test_time_left(day: str, last: str, said: str) -> None:
    assert time_left(date.fromisoformat(day), date.fromisoformat(last)).en == said


@pytest.mark.parametrize(
    ("day", "said"),
    [("2024-05-05", "1 day left"), ("2024-05-06", "0 days left"), ("2024-05-07", "ended 1 day ago")],
)
def test_a_term_that_is_over_has_ended_and_is_not_late(day: str, said: str) -> None:
    assert term_left(date.fromisoformat(day), date(2024, 5, 6)).en == said


def moves(begin: Any, actor: Any, held: Held) -> dict[str, bool]:
    with begin(actor, "2024-05-06T09:00") as w:
        status = Status(w, w.session.get_one(Accreditation, held.id))
        return {offer.action: offer.open for offer in offers(status)}


def test_each_is_offered_its_own_moves(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01")
    member, officer = member_of(make_actor, held), make_actor(Role.OFFICER, "jilin")
    county = make_actor(Role.RECOMMENDER, "jilin", "220202")
    with begin(officer, "2024-05-06T09:00") as w:
        propose(w, held.id, "11(3)", "涉嫌违纪")
    assert moves(begin, officer, held) == {"order_rectification": True, "revoke": True, "extend": False}
    assert moves(begin, county, held) == {}
    assert moves(begin, member, held) == {"withdraw": True}
    for stranger in (ANONYMOUS, make_actor(Role.OFFICER, "hubei")):
        assert moves(begin, stranger, held) == {}


def waits(begin: Any, actor: Any, at: str = "2024-05-20T09:00") -> dict[str, int]:
    with begin(actor, at) as w:
        return {item.kind: item.number for item in waiting_for(w)}


def test_what_waits_for_whom(engine: Engine, begin: Any, make_actor: Any) -> None:
    region = "420583"
    held = accredit(engine, "hubei/specialized", "2023-06-01", region=region)
    first, second = (make_actor(Role.OFFICER, "hubei", region) for _ in range(2))
    lead, member = make_actor(Role.LEAD, "hubei", region), member_of(make_actor, held)
    assert waits(begin, first) == waits(begin, member) == waits(begin, ANONYMOUS) == {}
    with begin(first, "2024-05-06T09:00") as w:
        case = propose(w, held.id, "18(2)", "发生重大纠纷")
        told(w, case, date(2024, 5, 6))
        open_finding(w, held.id, "violation", "涉嫌违法")
        order(w, held.id, "18(1)", date(2024, 5, 25), "满意度低")
        file_complaint(w, held.number, "某企业", "a@b.cn", "内容")
    assert waits(begin, first, "2024-05-11T09:00") == {"complaints": 1, "findings": 1, "orders": 1}
    assert waits(begin, member, "2024-05-11T09:00") == {"own_exits": 1, "own_orders": 1}
    assert waits(begin, second, "2024-05-12T09:00") == {
        "complaints": 1,
        "findings": 1,
        "orders": 1,
        "exits": 1,
    }
    with begin(first, "2024-05-12T09:00") as w:
        confirm(w, case, "属实")
    assert "exits_second" not in waits(begin, first)
    assert waits(begin, second)["exits_second"] == 1
    assert waits(begin, make_actor(Role.OFFICER, "hubei", "420600")) == {}
    assert waits(begin, make_actor(Role.AUDITOR)) == {}
    with begin(second, "2024-05-13T09:00") as w:
        confirm(w, case, "属实")
    assert waits(begin, lead) == waits(begin, second) == {"complaints": 1, "findings": 1}


def test_objections_extensions_and_failed_messages_wait(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "jilin/expert", "2022-06-01", region="220281")
    officer, member = make_actor(Role.OFFICER, "jilin", "220281"), member_of(make_actor, held)
    with begin(officer, "2024-05-06T09:00") as w:
        case = propose(w, held.id, "11(3)", "涉嫌违纪")
    assert waits(begin, officer)["exits_untold"] == 1
    with begin(SYSTEM, "2024-05-06T09:01") as w:
        told(w, case, date(2024, 5, 6))
    with begin(member, "2024-05-07T09:00") as w:
        object_to(w, case, "不属实")
        request_extension(w, held.id)
    with session_factory(engine)() as session, session.begin():
        for message in session.query(OutboxMessage).filter_by(
            accreditation_id=held.id, event="exit.proposed"
        ):
            message.state = MessageState.FAILED
    found = waits(begin, officer)
    assert found["periods"] >= 1
    del found["periods"]
    assert found == {"exits": 1, "extensions": 1}
    assert waits(begin, make_actor(Role.OFFICER, "jilin", "220282")) == {}


def test_applications_wait_by_their_stage(engine: Engine, begin: Any, make_actor: Any) -> None:
    states = [
        ("jilin", "provider", ApplicationState.SUBMITTED),
        ("jilin", "provider", ApplicationState.RECOMMENDED),
        ("jilin", "provider", ApplicationState.UNDER_REVIEW),
        ("jilin", "provider", ApplicationState.RETURNED),
        ("miit_volunteer", "workstation", ApplicationState.SUBMITTED),
        ("shanghai", "specialized", ApplicationState.AGREEMENT),
    ]
    parties = [make_party(engine) for _ in states]
    with session_factory(engine)() as session, session.begin():
        for (program, track, state), party in zip(states, parties, strict=True):
            session.add(
                Application(
                    program=program, track=track, edition="x", party_id=party, region="230102", state=state,
                    submitted_at="2024-05-01T09:00+08:00",
                )
            )  # fmt: skip
    officer, county = (
        make_actor(Role.OFFICER, None, "230102"),
        make_actor(Role.RECOMMENDER, "jilin", "230102"),
    )
    assert waits(begin, officer) == {"review": 2, "decide": 1, "agreement": 1}
    assert waits(begin, county) == {"recommend": 1}
    assert waits(begin, make_actor(Role.APPLICANT, parties=[parties[3]])) == {"own_returned": 1}
    with begin(officer, "2024-05-20T09:00") as w:
        assert {item.kind: item.oldest for item in waiting_for(w)}["decide"] == date(2024, 5, 1)


def test_terms_that_end_soon(engine: Engine, begin: Any, make_actor: Any) -> None:
    region = "220283"
    soon = accredit(engine, "jilin/expert", "2022-06-01", region=region)
    last = accredit(engine, "jilin/expert", "2022-08-04", region=region)
    accredit(engine, "jilin/expert", "2022-08-05", region=region)
    county = make_actor(Role.RECOMMENDER, "jilin", region)
    with begin(county, "2024-05-06T09:00") as w:
        assert [(item.id, item.days) for item in ending_soon(w)] == [(soon.id, 26), (last.id, 90)]
    with begin(member_of(make_actor, soon), "2024-05-06T09:00") as w:
        assert [item.number for item in ending_soon(w)] == [soon.number]
    with begin(make_actor(Role.OFFICER, "hubei"), "2024-05-06T09:00") as w:
        assert ending_soon(w) == []
