"""Nominations: for another authority's list, or for a title of another programme, applied for there."""

import io
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.services.applications import materials
from core.services.files.sheets import read_sheet
from core.services.granting import nominations, starting
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Application, Nomination, OutboxMessage
from tests.services.journey import PDF

WORKSTATION = "miit_volunteer/workstation"


def status_of(town, case):
    with session_factory(town.engine)() as session:
        return session.scalars(select(Accreditation).where(Accreditation.party_id == case.party_id)).one()


def nominate(town, case, target, reason="业绩突出，示范性强", days=30):
    with case.as_officer(days) as w:
        return nominations.nominate(w, status_of(town, case).id, target, reason)


def test_hubeis_specialised_bodies_are_made_ready_as_workstations(town, begin, unchanged):
    case = town.start("hubei/specialized", day=date(2023, 1, 9)).accredited()
    number = nominate(town, case, WORKSTATION, days=25)
    with session_factory(town.engine)() as session:
        nomination = session.get_one(Nomination, number)
        draft = session.get_one(Application, nomination.application_id)
        assert (nomination.clause, nomination.year) == ("19", 2023)
        assert (draft.program, draft.track, draft.channel, draft.state) == (
            "miit_volunteer",
            "workstation",
            "nomination",
            "draft",
        )
        assert draft.nominated_from_id == status_of(town, case).id
        assert draft.facts["staff_full_time"] == case.load().facts["staff_full_time"]
        assert draft.facts["smes_served_last_year"] == case.load().facts["smes_served_last_year"]
        assert "distinctive_strengths" not in draft.facts
        told = session.query(OutboxMessage).filter_by(event="nomination.made", party_id=case.party_id).first()
        assert "志愿服务工作站" in told.subject
    with begin(case.applicant, "2023-02-05T10:00") as w:
        for row in materials.checklist(w, draft.id):
            materials.attach(w, draft.id, row.key, "a.pdf", PDF, town.store)
    with unchanged(Refused, "没有受理申报的通知"), begin(case.applicant, "2023-02-05T10:00") as w:
        starting.submit(w, draft.id)
    call_id = town.call(WORKSTATION, date(2023, 2, 20))
    with begin(case.applicant, "2023-02-20T10:00") as w:
        starting.submit(w, draft.id)
        assert w.session.get_one(Application, draft.id).call_id == call_id


def test_a_list_of_nominations_is_exported(town):
    cases = [town.start("liaocheng/comprehensive").accredited() for _ in range(2)]
    for case in cases:
        nominate(town, case, "provincial_platform", "=1+1")
    with cases[0].as_officer(40) as w:
        found = nominations.nomination_list(w, "liaocheng", "provincial_platform", 2024)
        data = nominations.nomination_xlsx(w, "liaocheng", "provincial_platform", 2024)
        targets = nominations.targets(w, "liaocheng", "comprehensive")
    numbers = [status_of(town, case).number for case in cases]
    assert [item.number for item in found] == sorted(numbers)
    assert all(item.application_id is None for item in found)
    rows = read_sheet("名单.xlsx", io.BytesIO(data))
    assert "（2024年）" in str(rows[0][1][0])
    assert [row[1][4] for row in rows[2:]] == sorted(numbers)
    assert [row[1][8] for row in rows[2:]] == ["=1+1", "=1+1"]
    (target,) = targets
    assert (target.id, target.clause, target.application) == ("provincial_platform", "5", False)
    with town.begin(town.officer("hubei"), cases[0].on(40)) as w:
        assert nominations.nomination_list(w, "liaocheng", "provincial_platform", 2024) == []
        with pytest.raises(NotFound):
            nominations.nomination_xlsx(w, "liaocheng", uuid4().hex, 2024)


def test_what_cannot_be_nominated_says_why(town, unchanged):
    case = town.start("hubei/specialized", day=date(2023, 1, 9)).accredited()
    with unchanged(NotFound, "没有提名事项"):
        nominate(town, case, "provincial_platform")
    with unchanged(Invalid, "请填写"):
        nominate(town, case, WORKSTATION, " ")
    with unchanged(NotAllowed), case.as_recommender(30) as w:
        nominations.nominate(w, status_of(town, case).id, WORKSTATION, "好")
    nominate(town, case, WORKSTATION)
    with unchanged(Refused, "本年度已"):
        nominate(town, case, WORKSTATION)
    again = town.start("hubei/specialized", day=date(2023, 1, 9)).accredited()
    with session_factory(town.engine)() as session, session.begin():
        ended = session.get_one(Accreditation, status_of(town, again).id)
        ended.state, ended.ended_on = "revoked", date(2023, 2, 3)
    with unchanged(Refused, "已撤销"):
        nominate(town, again, WORKSTATION)
