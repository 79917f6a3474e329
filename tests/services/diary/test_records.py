"""The service diary: what is recorded, what is refused and why, drafts, judgement, fees, campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.diary.records import add_entry, delete_entry, edit_entry, judge_record, submit_entry
from core.services.duties.campaigns import campaigns_on, results, save_campaign
from core.services.duties.progress import progress
from core.services.supervision.status import find
from core.storage.engine import session_factory
from core.storage.models import Finding, Rectification, ServiceRecord
from core.storage.models.register import RecordState
from tests.services.factory import Held, accredit, audited, events, load, messages, uscc

ENTRY = {"service_date": "2024-05-06", "title": "政策宣讲", "hours": "2.5"}


def rows_of(engine: Engine, entry: UUID) -> Sequence[ServiceRecord]:
    with session_factory(engine)() as session:
        query = select(ServiceRecord).where(ServiceRecord.entry_id == entry)
        return session.scalars(query.order_by(ServiceRecord.accreditation_id)).all()


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "miit_volunteer/expert", "2023-06-01")


@pytest.fixture
def member(make_actor: Any, held: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[held.party_id])


def errors_of(
    begin: Any, member: Any, held: Held, data: dict[str, Any], at: str = "2024-05-06T18:00"
) -> set[str]:
    with pytest.raises(Invalid) as caught, begin(member, at) as w:
        add_entry(w, held.party_id, [held.id], data)
    return set(caught.value.errors)


def test_an_entry_is_recorded_under_each_accreditation_once(
    engine: Engine, begin: Any, make_actor: Any, held: Held
) -> None:
    jilin = accredit(engine, "jilin/expert", "2023-06-01", party_id=held.party_id)
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    code = uscc()
    given = {
        **ENTRY, "function": "training", "mode": "both", "participants": 30, "satisfaction_pct": 96.5,
        "enterprises": [
            {"name": "甲 公司"}, {"name": "甲公司"},
            {"name": "乙公司", "uscc": code.lower()}, {"name": "丙", "uscc": code},
        ],
    }  # fmt: skip
    with begin(member, "2024-05-06T18:00", "record.add") as w:
        entry = add_entry(w, held.party_id, [jilin.id, held.id, held.id], given)
    rows = rows_of(engine, entry)
    assert [row.accreditation_id for row in rows] == [held.id, jilin.id]
    for row in rows:
        assert (row.state, row.hours, row.satisfaction_pct) == (
            RecordState.SUBMITTED,
            Decimal("2.50"),
            Decimal("96.50"),
        )
        # Names are compared without spaces; a USCC decides whatever the name.
        assert row.enterprise_keys == ["also:乙公司", "name:甲公司", f"uscc:{code}"]
        assert row.number_served == 2
        assert row.enterprises == [{"name": "甲 公司"}, {"name": "乙公司", "uscc": code}]
        assert audited(engine, "service_record", row.id)[0][:2] == (member.name, "record.add")


def test_every_error_at_once(begin: Any, member: Any, held: Held) -> None:
    bad = {
        "service_date": "2024-02-30", "title": " ", "hours": 0, "participants": -1, "satisfaction_pct": 100.1,
        "fee_cny": "免费", "mode": "phone", "enterprises": [{"name": ""}, {"name": "甲", "uscc": "123"}],
        "public_benefit": "maybe", "function": "cooking", "campaign_id": 999999, "wage": 3,
    }  # fmt: skip
    assert errors_of(begin, member, held, bad) == {
        "service_date", "title", "hours", "participants", "satisfaction_pct", "fee_cny", "mode",
        "enterprises.1", "enterprises.2", "wage", "public_benefit", "function", "campaign_id",
    }  # fmt: skip
    worse = {
        **ENTRY, "summary": "a\x00b", "title": "字" * 201, "function": 7, "enterprises": "甲公司",
        "participants": 10**7, "hours": "1.005",
    }  # fmt: skip
    assert errors_of(begin, member, held, worse) == {
        "summary", "title", "function", "enterprises", "participants", "hours",
    }  # fmt: skip
    many = {**ENTRY, "enterprises": [{"name": "a\ud800"}, {"name": "字" * 201}, "好的"]}
    assert errors_of(begin, member, held, many) == {"enterprises.1", "enterprises.2"}
    assert errors_of(begin, member, held, {**ENTRY, "enterprises": ["甲"] * 2001}) == {"enterprises"}
    assert errors_of(begin, member, held, {}) == {"service_date", "title", "hours"}


@pytest.mark.parametrize(
    ("day", "good"),
    [("2023-05-31", False), ("2023-06-01", True), ("2024-05-06", True), ("2024-05-07", False)],
)
def test_days_of_service(begin: Any, member: Any, held: Held, day: str, good: bool) -> None:
    if good:
        with begin(member, "2024-05-06T18:00") as w:
            add_entry(w, held.party_id, [held.id], {**ENTRY, "service_date": day})
    else:
        assert errors_of(begin, member, held, {**ENTRY, "service_date": day}) == {"service_date"}


@pytest.mark.parametrize(
    ("hours", "good"), [("0", False), ("0.01", True), ("24", True), ("24.01", False), ("1.234", False)]
)
def test_hours_of_an_entry(engine: Engine, begin: Any, make_actor: Any, hours: str, good: bool) -> None:
    held = accredit(engine, "hubei/specialized", "2023-06-01")
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    if good:
        with begin(member, "2024-05-06T18:00") as w:
            add_entry(w, held.party_id, [held.id], {**ENTRY, "hours": hours})
    else:
        assert errors_of(begin, member, held, {**ENTRY, "hours": hours}) == {"hours"}


def test_a_person_serves_at_most_a_day_a_day(engine: Engine, begin: Any, make_actor: Any, held: Held) -> None:
    jilin = accredit(engine, "jilin/expert", "2023-06-01", party_id=held.party_id)
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(member, "2024-05-06T18:00") as w:
        # One entry under two accreditations is one service.
        add_entry(w, held.party_id, [held.id, jilin.id], {**ENTRY, "hours": 14})
        add_entry(w, held.party_id, [jilin.id], {**ENTRY, "hours": 10})
    assert errors_of(begin, member, held, {**ENTRY, "hours": "0.5"}) == {"hours"}
    with begin(member, "2024-05-06T18:00") as w:
        add_entry(w, held.party_id, [held.id], {**ENTRY, "hours": 24, "service_date": "2024-05-05"})


def test_functions_are_those_of_the_programme(engine: Engine, begin: Any, make_actor: Any) -> None:
    for track, good, bad in (
        ("hubei/comprehensive", "digital", "coaching"),
        ("shanghai/specialized", "legal", "digital"),
        ("jilin/provider", "coaching", "startup"),
        ("miit_volunteer/workstation", "risk_control", "coaching"),
    ):
        held = accredit(engine, track, "2023-06-01")
        member = make_actor(Role.APPLICANT, parties=[held.party_id])
        with begin(member, "2024-05-06T18:00") as w:
            add_entry(w, held.party_id, [held.id], {**ENTRY, "function": good})
        assert errors_of(begin, member, held, {**ENTRY, "function": bad}) == {"function"}


def test_who_may_record(engine: Engine, begin: Any, make_actor: Any, held: Held, member: Any) -> None:
    other = accredit(engine, "miit_volunteer/expert", "2023-06-01")
    with pytest.raises(NotFound), begin(member, "2024-05-06T18:00") as w:
        add_entry(w, held.party_id, [other.id], ENTRY)
    with pytest.raises(NotFound), begin(member, "2024-05-06T18:00") as w:
        add_entry(w, other.party_id, [other.id], ENTRY)
    with begin(make_actor(Role.OFFICER, "miit_volunteer"), "2024-05-06T18:00") as w:
        add_entry(w, held.party_id, [held.id], ENTRY)
    with begin(make_actor(Role.RECOMMENDER, "miit_volunteer"), "2024-05-06T18:00") as w:
        add_entry(w, held.party_id, [held.id], ENTRY)
    elsewhere = make_actor(Role.RECOMMENDER, "miit_volunteer", "110000")
    with pytest.raises(NotFound), begin(elsewhere, "2024-05-06T18:00") as w:
        add_entry(w, held.party_id, [held.id], ENTRY)
    with (
        pytest.raises(NotAllowed),
        begin(make_actor(Role.AUDITOR, "miit_volunteer"), "2024-05-06T18:00") as w,
    ):
        add_entry(w, held.party_id, [held.id], ENTRY)
    assert errors_of(begin, member, held, {**ENTRY, "hours": None}) == {"hours"}
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-06T18:00") as w:
        add_entry(w, held.party_id, [], ENTRY)
    assert "accreditation_ids" in caught.value.errors


def test_the_same_entry_twice_is_a_conflict(engine: Engine, begin: Any, member: Any, held: Held) -> None:
    own = uuid4()
    with begin(member, "2024-05-06T18:00") as w:
        add_entry(w, held.party_id, [held.id], ENTRY, entry_id=own)
    with pytest.raises(Conflict), begin(member, "2024-05-06T18:01") as w:
        add_entry(w, held.party_id, [held.id], ENTRY, entry_id=own)
    assert len(rows_of(engine, own)) == 1


def test_a_draft_can_be_changed_reported_or_thrown_away(
    engine: Engine, begin: Any, member: Any, held: Held
) -> None:
    with begin(member, "2024-05-06T18:00") as w:
        kept = add_entry(w, held.party_id, [held.id], ENTRY, submit=False)
        thrown = add_entry(w, held.party_id, [held.id], ENTRY, submit=False)
        assert progress(find(w, held.id))[0].figures[0].done == 0
    with begin(member, "2024-05-06T18:10") as w:
        edit_entry(w, held.party_id, kept, {**ENTRY, "hours": 4, "title": "一对一诊断"})
        delete_entry(w, held.party_id, thrown)
    with pytest.raises(Invalid), begin(member, "2024-05-06T18:20") as w:
        edit_entry(w, held.party_id, kept, {**ENTRY, "hours": 25})
    with begin(member, "2024-05-06T18:30") as w:
        submit_entry(w, held.party_id, kept)
        assert progress(find(w, held.id))[0].figures[0].done == 4
    [row] = rows_of(engine, kept)
    assert (row.state, row.title) == (RecordState.SUBMITTED, "一对一诊断")
    assert rows_of(engine, thrown) == []
    for late in (edit_entry, delete_entry, submit_entry):
        with pytest.raises(Refused), begin(member, "2024-05-06T18:40") as w:
            late(w, held.party_id, kept, *([ENTRY] if late is edit_entry else []))
    with pytest.raises(NotFound), begin(member, "2024-05-06T18:40") as w:
        delete_entry(w, held.party_id, thrown)


def test_judged_by_the_recommender_of_the_region(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01", region="220211")
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(member, "2024-05-06T18:00") as w:
        entry = add_entry(w, held.party_id, [held.id], ENTRY)
        draft = add_entry(w, held.party_id, [held.id], ENTRY, submit=False)
    [row], [unsent] = rows_of(engine, entry), rows_of(engine, draft)
    county = make_actor(Role.RECOMMENDER, "jilin", "220211")
    with (
        pytest.raises(NotFound),
        begin(make_actor(Role.RECOMMENDER, "jilin", "220202"), "2024-05-07T09:00") as w,
    ):
        judge_record(w, row.id, accepted=True)
    with begin(county, "2024-05-07T09:00") as w:
        judge_record(w, row.id, accepted=True)
    assert load(engine, ServiceRecord, row.id).state is RecordState.VERIFIED
    with pytest.raises(Conflict), begin(county, "2024-05-07T09:10") as w:
        judge_record(w, row.id, accepted=True)
    with pytest.raises(Conflict), begin(county, "2024-05-07T09:10") as w:
        judge_record(w, unsent.id, accepted=True)
    with pytest.raises(Invalid), begin(county, "2024-05-07T09:20") as w:
        judge_record(w, row.id, accepted=False)
    with begin(county, "2024-05-07T09:20") as w:
        judge_record(w, row.id, accepted=False, reason="企业否认")
        assert progress(find(w, held.id))[0].figures[0].done == 0
    assert messages(engine, held) == ["record.rejected"]
    own = make_actor(Role.RECOMMENDER, "jilin", "220200", parties=[held.party_id])
    with pytest.raises(Refused), begin(own, "2024-05-07T10:00") as w:
        judge_record(w, row.id, accepted=True)


def test_a_fee_is_kept_and_opens_a_finding_where_nothing_may_be_charged(
    engine: Engine, begin: Any, make_actor: Any, held: Held, member: Any
) -> None:
    with begin(member, "2024-05-06T18:00") as w:
        entry = add_entry(w, held.party_id, [held.id], {**ENTRY, "fee_cny": "0.01"})
    [row] = rows_of(engine, entry)
    with session_factory(engine)() as session:
        finding = session.scalars(select(Finding).where(Finding.accreditation_id == held.id)).one()
    assert (finding.service_record_id, finding.kind, row.fee_cny) == (row.id, "paid_service", Decimal("0.01"))
    assert ("2024-05-06", "finding_opened", "N5") in events(engine, held)
    hubei = accredit(engine, "hubei/specialized", "2023-06-01")
    payer = make_actor(Role.APPLICANT, parties=[hubei.party_id])
    with begin(payer, "2024-05-06T18:00") as w:
        add_entry(w, hubei.party_id, [hubei.id], {**ENTRY, "fee_cny": 500})
    assert events(engine, hubei) == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.RECOMMENDER])
def test_the_third_low_event_that_staff_record_orders_at_once(
    engine: Engine, begin: Any, make_actor: Any, role: Role
) -> None:
    held = accredit(engine, "hubei/specialized", "2023-06-01")
    staff = make_actor(role, "hubei")
    for satisfaction, ordered in ((79.99, 0), (80, 0), (79.99, 0), (0, 1)):
        with begin(staff, "2024-05-06T18:00") as w:
            entry = add_entry(w, held.party_id, [held.id], {**ENTRY, "satisfaction_pct": satisfaction})
        assert rows_of(engine, entry)[0].state is RecordState.VERIFIED
        assert len(orders_of(engine, held)) == ordered
    [found] = orders_of(engine, held)
    assert (found.clause, found.deadline) == ("18(1)", date(2024, 6, 5))


def test_own_entries_of_low_satisfaction_order_only_once_they_are_verified(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "hubei/specialized", "2023-06-01")
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    low = {**ENTRY, "satisfaction_pct": 60}
    with begin(member, "2024-05-06T18:00") as w:
        entries = [add_entry(w, held.party_id, [held.id], low, submit=turn > 0) for turn in range(4)]
        submit_entry(w, held.party_id, entries[0])
    own = [rows_of(engine, entry)[0] for entry in entries]
    assert {row.state for row in own} == {RecordState.SUBMITTED}
    assert orders_of(engine, held) == []
    centre = make_actor(Role.RECOMMENDER, "hubei")
    for turn, row in enumerate(own[:3], start=1):
        with begin(centre, "2024-05-07T09:00") as w:
            judge_record(w, row.id, accepted=True)
        assert len(orders_of(engine, held)) == (turn == 3)


def orders_of(engine: Engine, held: Held) -> list[Rectification]:
    with session_factory(engine)() as session:
        query = select(Rectification).where(Rectification.accreditation_id == held.id)
        return list(session.scalars(query))


def test_campaigns_hold_records_of_their_days(
    engine: Engine, begin: Any, make_actor: Any, held: Held, member: Any
) -> None:
    officer = make_actor(Role.OFFICER, "miit_volunteer")
    days = {"starts_on": date(2024, 5, 1), "ends_on": date(2024, 5, 31)}
    with begin(officer, "2024-04-01T09:00", "campaign.edit") as w:
        month = save_campaign(w, "miit_volunteer", title="服务月", **days)
        assert save_campaign(w, "miit_volunteer", title=" 服务月", **days) == month, "a form sent twice"
        assert [item.id for item in campaigns_on(w, "miit_volunteer", date(2024, 5, 31))] == [month]
        assert campaigns_on(w, "miit_volunteer", date(2024, 6, 1)) == []
        with pytest.raises(Invalid) as caught:
            save_campaign(w, "miit_volunteer", title="", starts_on=date(2024, 5, 2), ends_on=date(2024, 5, 1))
        assert set(caught.value.errors) == {"title", "ends_on"}
    given = {**ENTRY, "campaign_id": month, "enterprises": ["甲", "乙", "甲 "], "participants": 12}
    with begin(member, "2024-05-06T18:00") as w:
        entry = add_entry(w, held.party_id, [held.id], given)
        add_entry(w, held.party_id, [held.id], {**given, "enterprises": ["丙"]}, submit=False)
        come_to = results(w, month)
    assert rows_of(engine, entry)[0].organized_by_authority is True
    assert (come_to.records, come_to.bodies, come_to.hours) == (1, 1, Decimal("2.50"))
    assert (come_to.participants, come_to.enterprises) == (12, 2)
    assert errors_of(begin, member, held, {**given, "service_date": "2024-04-30"}) == {"campaign_id"}
    assert errors_of(begin, member, held, {**given, "campaign_id": month + 999}) == {"campaign_id"}
    shorter = {"starts_on": date(2024, 5, 7), "ends_on": date(2024, 5, 31)}
    with pytest.raises(Conflict), begin(officer, "2024-06-01T09:00") as w:
        save_campaign(w, "miit_volunteer", title="服务月", campaign_id=month, **shorter)
    for role, program in ((Role.RECOMMENDER, "miit_volunteer"), (Role.OFFICER, "jilin")):
        with pytest.raises(NotAllowed), begin(make_actor(role, program), "2024-06-01T09:00") as w:
            save_campaign(w, "miit_volunteer", title="他人的活动", **days)
