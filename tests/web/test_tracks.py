"""Every track from the counter to its end, through the screens alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.domain.standing import EventKind
from core.rules.periods import period_end
from core.storage.models import Accreditation, Application, RegisterEvent
from tests.services.intake.journey import TRACKS
from tests.web.conftest import LogIn, MakeUser
from tests.web.counter import Counter, MakeCounter, only

YEAR = timedelta(days=366)


@pytest.fixture
def counter(
    app: Flask, session: Session, make_user: MakeUser, log_in: LogIn, holidays: None
) -> Iterator[MakeCounter]:
    made: list[Counter] = []

    def make(key: str) -> Counter:
        app.config["WTF_CSRF_ENABLED"] = True
        item = Counter(app, session, make_user, log_in, key)
        made.append(item)
        item.on(item.day)
        return item

    yield make
    for item in made:
        item.leave()


def accredited(counter: MakeCounter, key: str) -> Counter:
    item = counter(key)
    item.call()
    item.file()
    item.decide()
    item.finish()
    return item


@pytest.mark.parametrize("key", TRACKS)
def test_a_case_of_every_track_from_the_counter_to_the_register(
    counter: MakeCounter, session: Session, key: str
) -> None:
    item = accredited(counter, key)
    held = only(session, Accreditation)
    assert held.state.value == "active"
    page = item.status()
    assert held.number in page.text
    assert "诚信服务中心" in page.text or "王建国" in page.text


ENDING = {
    "jilin/provider": "extension",
    "jilin/expert": "duty",
    "liaocheng/comprehensive": "finding",
    "liaocheng/specialized": "proposal",
    "hubei/comprehensive": "order",
    "hubei/specialized": "withdrawal",
    "shanghai/comprehensive": "withdrawal",
    "shanghai/specialized": "withdrawal",
    "miit_volunteer/workstation": "extension",
    "miit_volunteer/expert": "duty",
}
"""How each track's case ends here; between them every way does."""


@pytest.mark.parametrize("key", ENDING)
def test_a_case_of_every_track_through_services_to_its_end(
    counter: MakeCounter, session: Session, key: str
) -> None:
    item = accredited(counter, key)
    held = only(session, Accreditation)
    item.later(10)
    item.serve(item.day)
    assert "政策解读与诊断" in item.status().text
    record = item.status().parts("/do/verify-record")[0]
    item.status().send("/do/verify-record", record)
    ENDS[ENDING[key]](item, held)
    session.expire_all()
    states = {"extension": "active", "withdrawal": "withdrawn"}
    assert session.get_one(Accreditation, held.id).state.value == states.get(ENDING[key], "revoked")
    page = item.status()
    assert page.status == 200


def extend(item: Counter, held: Accreditation) -> None:
    """Asked for in the last weeks, granted, and the new term follows the old one."""
    end = held.valid_through
    item.on(end - timedelta(days=60))
    item.status().send("/do/request-extension", statement="继续提供服务")
    request = item.status().parts("/do/decide-extension")[0]
    item.status().send("/do/decide-extension", request, verdict="yes", reason="履职良好")
    assert (
        period_end(end, years=2).isoformat() in item.status().text
        or period_end(end, years=3).isoformat() in item.status().text
    )


def fall_short(item: Counter, held: Accreditation) -> None:
    """A year below the duty: the check warns or proposes, nobody objects, two officers or time end it."""
    item.on(period_end(held.started_on, months=6) + timedelta(days=12))
    item.check()
    item.on(period_end(held.started_on, years=1) + timedelta(days=1))
    item.check()
    page = item.status()
    assert "拟退出" in page.text
    tell_and_confirm(item)


def find(item: Counter, held: Accreditation) -> None:
    """A finding, established, proposes the exit; the party objects; two officers decide."""
    item.status().send("/do/open-finding", kind="judicial_penalty", reason="法院判决书")
    finding = item.status().parts("/do/decide-finding")[0]
    item.status().send("/do/decide-finding", finding, verdict="yes", reason="判决已生效")
    page = item.status()
    case = page.parts("/do/told-exit")[0]
    page.send("/do/told-exit", case, on=item.day.isoformat())
    item.status().send("/do/object-exit", case, reason="已提起上诉")
    tell_and_confirm(item)
    item.on(item.day + timedelta(days=1))
    assert "禁止申报" in item.status().text


def propose(item: Counter, held: Accreditation) -> None:
    """Proposed under a clause, dismissed, proposed again and confirmed, then appealed in vain."""
    clause = item.status().form("/do/propose-exit").inputs["propose-exit-clause"].value_options[1]
    item.status().send("/do/propose-exit", clause=clause, reason="第一次提出")
    case = item.status().parts("/do/dismiss-exit")[0]
    item.status().send("/do/dismiss-exit", case, reason="证据不足")
    item.status().send("/do/propose-exit", clause=clause, reason="补充证据后再次提出")
    tell_and_confirm(item)
    case = item.status().parts("/do/appeal-exit")[0]
    item.status().send("/do/appeal-exit", case, reason="不服决定")
    item.status("lead").send("/do/decide-appeal", case, verdict="no", reason="原决定依据充分")


def order(item: Counter, held: Accreditation) -> None:
    """Three services of low satisfaction bring an order; its bad result ends the status."""
    for number in range(3):
        item.later(1)
        item.serve(item.day, satisfaction_pct=60 + number)
    page = item.status()
    assert "整改中" in page.text
    rectification = page.parts("/do/close-order")[0]
    page.send("/do/close-order", rectification, verdict="no", reason="整改后仍不达标")
    tell_and_confirm(item)


def leave(item: Counter, held: Accreditation) -> None:
    """The party goes of its own will, after an inspection and its report."""
    item.status("recommender").send("/do/plan-inspection", planned_on=item.day.isoformat())
    page = item.status("recommender")
    part = page.parts("/do/record-inspection")[0]
    page.send("/do/record-inspection", part, quality="良好", fees="合理", satisfaction_pct=95, verdict="yes")
    item.status().send("/do/withdraw", reason="业务调整")


def tell_and_confirm(item: Counter) -> None:
    """Record that the party was told, wait for its time to object to end, and confirm by two officers."""
    page = item.status()
    told = page.parts("/do/told-exit") if page.has("/do/told-exit") else []
    for case in told:
        item.status().send("/do/told-exit", case, on=item.day.isoformat())
    item.later(12)
    for who in ("officer", "second"):
        page = item.status(who)
        if page.has("/do/confirm-exit"):
            page.send("/do/confirm-exit", page.parts("/do/confirm-exit")[0], reason="情况属实")


ENDS = {
    "extension": extend,
    "duty": fall_short,
    "finding": find,
    "proposal": propose,
    "order": order,
    "withdrawal": leave,
}


def test_silence_is_warned_about_and_seen_in_the_list(counter: MakeCounter, session: Session) -> None:
    item = accredited(counter, "miit_volunteer/workstation")
    held = only(session, Accreditation)
    item.on(period_end(held.started_on, months=6) + timedelta(days=1))
    item.check()
    session.rollback()
    assert only(session, RegisterEvent, kind=EventKind.WARNING).clause == "N5"
    page = item.at("officer").get("/admin/warnings/")
    assert held.number in page.text
    assert "警告" in item.status().text


def test_one_officer_does_not_end_a_status_alone(counter: MakeCounter, session: Session) -> None:
    item = accredited(counter, "liaocheng/comprehensive")
    clause = item.status().form("/do/propose-exit").inputs["propose-exit-clause"].value_options[1]
    item.status().send("/do/propose-exit", clause=clause, reason="提出")
    case = item.status().parts("/do/told-exit")[0]
    item.status().send("/do/told-exit", case, on=item.day.isoformat())
    item.later(12)
    item.status().send("/do/confirm-exit", case, reason="情况属实")
    again = item.status()
    assert not again.has("/do/confirm-exit")
    assert "须由另一名人员复核确认" in again.text
    assert only(session, Accreditation).state.value == "active"


def test_a_refusal_keeps_what_was_typed_and_says_why(counter: MakeCounter) -> None:
    item = counter("liaocheng/comprehensive")
    item.call()
    item.file()
    page = item.case().send("/do/move-withdraw")
    assert "已撤回" in page.text
    item.file()
    page = item.at("officer").get(f"/admin/applications/{item.application}/facts")
    again = page.send(ok=False, satisfaction_pct="一百二", staff_full_time="3.5")
    assert again.status == 422
    assert (
        len(
            [
                said
                for said in again.complaints
                if "（satisfaction_pct）" in said or "（staff_full_time）" in said
            ]
        )
        == 2
    )
    assert "一百二" in str(again.response.text)


def test_a_stale_page_decides_nothing(counter: MakeCounter, session: Session) -> None:
    item = counter("jilin/provider")
    item.file()
    stale = item.case()
    item.case().send("/do/move-submit")
    refused = stale.send("/do/move-submit", ok=False)
    assert refused.status in (404, 409, 422)
    assert only(session, Application).state.value == "submitted"
