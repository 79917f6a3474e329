"""What a programme may have that none of the five has."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest

from core.domain.clock import moment
from core.domain.errors import Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.applications import deadlines, facts, materials
from core.services.applications.case import find
from core.services.applications.checklist import Needed
from core.services.base.work import SYSTEM
from core.services.granting import accreditations, decisions, notice_ends, notices, starting
from core.services.people import parties
from core.services.review import reviews
from core.storage.models import Accreditation, Application, OutboxMessage
from core.storage.models.applications import Provenance
from tests.services.factory import uscc
from tests.services.journey import PDF
from tests.services.made_up import made_up

AT = "2024-05-20T10:00"


@pytest.fixture
def at_work(begin):
    """A unit of work that knows the made-up programme only."""
    known = made_up()

    @contextmanager
    def start(actor, at=AT):
        with begin(actor, at) as w:
            w.catalogue = known
            yield w

    return start


@pytest.fixture
def applicant(at_work, make_actor):
    user = make_actor(Role.APPLICANT)
    with at_work(user) as w:
        party = parties.register_party(
            w, kind=PartyKind.ORGANIZATION, name="某机构", region="110108", uscc=uscc(), email="a@example.cn"
        )
    return replace(user, parties=frozenset({party}))


@pytest.fixture
def draft(at_work, applicant):
    with at_work(applicant) as w:
        return starting.start(w, "made_up", "body", min(applicant.parties))


def test_a_material_is_asked_where_a_fact_says_so(at_work, applicant, draft, unchanged, store):
    def needed(claims):
        with at_work(applicant) as w:
            facts.save_facts(w, draft, claims, Provenance.CLAIMED)
            (row,) = materials.checklist(w, draft)
            return row.needed, row.settled

    assert needed({"staff_full_time": 8}) == (Needed.UNKNOWN, False)
    with unchanged(Refused, "请先填写相关信息"), at_work(applicant) as w:
        starting.submit(w, draft)
    with at_work(applicant) as w:
        assert "fixed_premises" in {item.fact.name for item in facts.asked_facts(find(w, draft))}
    assert needed({"fixed_premises": False}) == (Needed.NOT_NEEDED, True)
    assert needed({"fixed_premises": True}) == (Needed.REQUIRED, False)
    with at_work(applicant) as w:
        materials.attach(w, draft, "lease", "租约.pdf", PDF, store)
        assert materials.checklist(w, draft)[0].settled
        starting.submit(w, draft)


def test_a_notice_is_followed_by_an_agreement(at_work, applicant, draft, make_actor, unchanged):
    officer = make_actor(Role.OFFICER, "made_up")
    with at_work(applicant) as w:
        facts.save_facts(w, draft, {"staff_full_time": 8, "fixed_premises": False}, Provenance.CLAIMED)
        starting.submit(w, draft)
    with unchanged(Refused, "没有截止时间"), at_work(officer) as w:
        deadlines.extend_deadline(w, draft, moment("2025-01-01T00:00"), "不适用")
    with at_work(officer) as w:
        reviews.accept(w, draft)
        decisions.approve(w, draft)
        notices.publish(w, "made_up", [draft], "公示")
    with at_work(SYSTEM, "2024-06-03T00:10") as w:
        assert notice_ends.close_due(w, w.today) == 1
        assert w.session.get_one(Application, draft).state == "agreement"
        assert w.session.query(OutboxMessage).filter_by(event="agreement.ready").count()
    with at_work(officer, "2024-06-03T10:00") as w:
        first, last = accreditations.proposed_agreement(w, draft)
        number = accreditations.sign_agreement(
            w, draft, signed_on=first, valid_from=first, valid_through=last
        )
        status = w.session.get_one(Accreditation, number)
        assert (status.number, status.functions) == ("MU-2024-1", [])
        assert status.valid_through == date(2025, 6, 3)
