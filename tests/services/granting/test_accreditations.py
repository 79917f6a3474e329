"""The status itself: terms by text, by setting and by agreement, and one that follows another."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, Refused
from core.domain.facts import expertise_fields
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.services.base.work import SYSTEM
from core.services.calls import bans
from core.services.granting import accreditations, starting
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Agreement, Ban, RegisterEvent, SettingOverride
from core.storage.models.operations import SettingKind
from tests.services.journey import Case


def held(town, case):
    with session_factory(town.engine)() as session:
        query = (
            select(Accreditation).where(Accreditation.party_id == case.party_id).order_by(Accreditation.id)
        )
        return session.scalars(query).all()


def test_an_agreement_s_own_dates_are_the_term(town, unchanged):
    case = town.start("shanghai/comprehensive").reviewed().approve()
    with case.as_officer(10) as w:
        proposed = accreditations.proposed_agreement(w, case.application_id)
    assert proposed == (date(2017, 9, 25), date(2018, 9, 25))
    signed = case.day + timedelta(days=10)

    def sign(signed_on, valid_from, valid_through):
        with case.as_officer(10) as w:
            return accreditations.sign_agreement(
                w,
                case.application_id,
                signed_on=signed_on,
                valid_from=valid_from,
                valid_through=valid_through,
            )

    with unchanged(Invalid, "还没有发生"):
        sign(signed + timedelta(days=1), signed, date(2018, 12, 31))
    with unchanged(Invalid, "不早于"):
        sign(signed, date(2017, 10, 2), date(2017, 10, 1))
    with unchanged(Invalid, "不早于"):
        sign(signed, date(2016, 10, 2), signed - timedelta(days=1))
    with unchanged(Invalid, "至多 10 年"):
        sign(signed, date(2017, 10, 1), date(2027, 10, 2))
    number = sign(signed, date(2017, 10, 1), date(2018, 12, 31))
    (status,) = held(town, case)
    assert status.id == number
    assert (status.valid_from, status.valid_through) == (date(2017, 10, 1), date(2018, 12, 31))
    with session_factory(town.engine)() as session:
        assert session.scalars(select(Agreement)).one().signed_on == signed
    with unchanged(Refused, "已认定"):
        sign(signed, date(2017, 10, 1), date(2018, 12, 31))


def test_a_term_changed_by_the_authority_holds_for_those_decided_after_it(town):
    before = town.start("jilin/provider").reviewed().approve(4)
    change = before.day + timedelta(days=5)
    with session_factory(town.engine)() as session, session.begin():
        given = {"program": "jilin", "track": "provider", "kind": SettingKind.PARAMETER, "reason": "试行"}
        session.add(SettingOverride(name="10(1).years", value="3", effective_on=change, **given))
    try:
        after = town.start("jilin/provider").reviewed().approve(5)
    finally:
        with session_factory(town.engine)() as session, session.begin():
            session.delete(session.scalars(select(SettingOverride)).one())
    assert [held(town, case)[0].valid_through.year for case in (before, after)] == [2026, 2027]
    assert held(town, after)[0].settings["parameters"]["10(1).years"] == "3"


def test_in_the_last_year_of_a_term_a_new_status_follows_the_old_one(town):
    key = "hubei/specialized"
    first = town.start(key, day=date(2022, 5, 16)).accredited()
    day = date(2025, 3, 17)
    call_id = town.call(key, day)
    with town.begin(first.applicant, f"{day}T09:00") as w:
        number = starting.start(w, "hubei", "specialized", first.party_id, call_id)
    again = Case(town, "hubei", "specialized", number, first.party_id, first.applicant, day)
    again.accredited()
    old, new = held(town, first)
    assert (old.state, old.ended_on, old.ended_clause) == ("expired", new.valid_from, "15")
    assert (new.state, new.started_on) == ("active", new.valid_from)
    with session_factory(town.engine)() as session:
        events = session.scalars(
            select(RegisterEvent).where(RegisterEvent.accreditation_id == old.id).order_by(RegisterEvent.id)
        ).all()
    assert [event.kind for event in events] == [EventKind.ACCREDITED, EventKind.EXPIRED]


def test_what_a_body_is_accredited_for_is_what_it_claimed_of_the_text_s_functions(town):
    case = town.start("liaocheng/comprehensive").accredited()
    assert held(town, case)[0].functions == ["information", "technology", "startup", "training"]
    expert = town.start("miit_volunteer/expert").accredited()
    order = [key for key, _ in expertise_fields.choices]
    assert held(town, expert)[0].functions == sorted(expert.load().facts["expertise_fields"], key=order.index)


@pytest.mark.parametrize(
    ("spans", "on", "free"),
    [
        ([], "2024-06-01", None),
        ([("2021-06-01", "2024-05-31")], "2024-06-01", None),
        ([("2021-06-01", "2024-06-01")], "2024-06-01", "2024-06-02"),
        ([("2024-06-02", "2027-06-02")], "2024-06-01", None),
        ([("2021-06-01", "2024-06-30"), ("2024-07-01", "2025-07-01")], "2024-06-01", "2025-07-02"),
        ([("2021-06-01", "2024-06-30"), ("2022-07-01", "2025-07-01")], "2024-06-01", "2025-07-02"),
    ],
)
def test_the_first_free_day_after_bans_that_touch_or_overlap(town, spans, on, free):
    _, party_id = town.applicant("liaocheng/specialized", "2020-01-01T09:00")
    with session_factory(town.engine)() as session, session.begin():
        for first, last in spans:
            days = {"starts_on": date.fromisoformat(first), "through": date.fromisoformat(last)}
            session.add(Ban(party_id=party_id, program="liaocheng", clause="20", **days))
    with town.begin(SYSTEM, f"{on}T10:00") as w:
        why = bans.why_banned(w, party_id, "liaocheng", w.today)
        assert why.en.endswith(f"it may apply from {free}") if free else why is None
        assert bans.why_banned(w, party_id, "hubei", w.today) is None


def test_a_lifted_ban_no_longer_stands(town, make_actor, unchanged):
    _, party_id = town.applicant("liaocheng/specialized", "2020-01-01T09:00")
    with session_factory(town.engine)() as session, session.begin():
        days = {"starts_on": date(2024, 1, 1), "through": date(2027, 1, 1)}
        ban = Ban(party_id=party_id, program="liaocheng", clause="20", **days)
        session.add(ban)
        session.flush()
        number = ban.id
    lead = make_actor(Role.LEAD, "liaocheng", "371500")
    with town.begin(lead, "2024-06-01T10:00") as w:
        assert bans.why_banned(w, party_id, "liaocheng", w.today).zh.endswith("自 2027-01-02 起可以申报")
        bans.lift(w, number)
        assert bans.why_banned(w, party_id, "liaocheng", w.today) is None
    with unchanged(Refused, "已解除"), town.begin(lead, "2024-06-01T10:00") as w:
        bans.lift(w, number)
