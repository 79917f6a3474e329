"""Notices as everyone reads them, and objections and complaints with their codes."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine, func, select

from core.domain.clock import SHANGHAI
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.states import ApplicationState
from core.services.base.paging import Wish
from core.services.base.work import ANONYMOUS
from core.services.duties.complaints import file_complaint
from core.services.granting.notices import object_to
from core.services.public import notices
from core.storage.engine import session_factory
from core.storage.models import Application, Complaint, NoticeItem, Objection, PublicNotice
from core.storage.models.notices import ObjectionState
from tests.conftest import Begin
from tests.services.factory import accredit, make_party

OPEN, LAST, OVER = "2024-06-05T10:00", "2024-06-11T23:59:59", "2024-06-12T00:00"
WORDS = {"objector": "李四", "contact": "13900000000", "content": "该机构的场地证明与事实不符"}


def publish(
    engine: Engine, parties: int = 1, on: date = date(2024, 6, 3), until: date = date(2024, 6, 11)
) -> tuple[int, list[int]]:
    """A notice with some applications; the ids of both."""
    owners = [make_party(engine, name=f"公示机构{number:02d}") for number in range(parties)]
    with session_factory(engine)() as session, session.begin():
        applications = [
            Application(
                program="liaocheng",
                track="comprehensive",
                edition="measures",
                party_id=owner,
                region="371502",
                state=ApplicationState.ON_NOTICE,
                submitted_at=datetime(2024, 5, 1, tzinfo=SHANGHAI),
            )
            for owner in owners
        ]
        notice = PublicNotice(
            program="liaocheng",
            title=f"{on} 拟认定名单公示",
            published_on=on,
            closes_on=until,
            working_days=5,
            items=[NoticeItem(application=item) for item in applications],
        )
        session.add(notice)
        session.flush()
        return notice.id, [item.id for item in applications]


def test_a_notice_runs_through_its_last_day(engine: Engine, begin: Begin) -> None:
    number, _ = publish(engine, 3)
    later, _ = publish(engine, on=date(2024, 6, 20), until=date(2024, 6, 27))
    for at, runs in ((OPEN, True), (LAST, True), (OVER, False)):
        with begin(ANONYMOUS, at) as w:
            running, past = notices.running(w), notices.past(w)
            assert [line.id for line in running.rows] == ([number] if runs else [])
            assert [line.id for line in past.rows] == ([] if runs else [number])
            assert not past.more
            page = notices.notice_page(w, number)
            assert (page.line.open, page.line.items, len(page.items.rows)) == (runs, 3, 3)
            with pytest.raises(NotFound):
                notices.notice_page(w, later)
            with pytest.raises(NotFound):
                notices.one_item(w, later, page.items.rows[0].application_id)


def test_long_lists_come_in_pages(engine: Engine, begin: Begin) -> None:
    number, applications = publish(engine, notices.ITEMS_PAGE.size + 1)
    with begin(ANONYMOUS, OPEN) as w:
        size = notices.ITEMS_PAGE.size
        first, second = (notices.notice_page(w, number, Wish(page, size)).items for page in (0, 1))
        assert (len(first.rows), first.more) == (size, True)
        assert [item.application_id for item in second.rows] == applications[-1:]
        past = notices.past(w, "hubei")
        assert (past.rows, past.more) == ((), False)


def test_an_objection_sent_twice_is_one_and_can_be_followed(engine: Engine, begin: Begin) -> None:
    number, (application,) = publish(engine)
    codes = []
    for _ in range(2):
        with begin(ANONYMOUS, OPEN) as w:
            codes.append(object_to(w, number, application, **WORDS))
    assert codes[0] == codes[1]
    with begin(ANONYMOUS, OPEN) as w:
        other = object_to(w, number, application, **{**WORDS, "objector": "王五"})
        assert other != codes[0]
    with begin(ANONYMOUS, OVER) as w:
        for typed in (codes[0], codes[0].lower(), f" {codes[0][:4]} {codes[0][4:8]}-{codes[0][8:]} "):
            found = notices.follow_up(w, typed)
            assert (found.kind, found.state.zh, found.open) == (notices.OBJECTION, "处理中", True)
            assert found.received_on == date(2024, 6, 5)
        objection = w.session.scalars(select(Objection).where(Objection.code == codes[0])).one()
        objection.state, objection.decided_at = ObjectionState.DISMISSED, w.now
        objection.decision_reason = "经核查，情况不实"
        w.session.flush()
        done = notices.follow_up(w, codes[0])
        assert (done.state.zh, done.open, done.reason) == ("不成立", False, "经核查，情况不实")


def test_objections_end_with_the_notice(engine: Engine, begin: Begin) -> None:
    number, (application,) = publish(engine)
    with begin(ANONYMOUS, LAST) as w:
        object_to(w, number, application, **WORDS)
        with pytest.raises(Invalid) as refused:
            object_to(w, number, application, objector=" ", contact="", content="")
        assert set(refused.value.errors) == {"objector", "contact", "content"}
    with begin(ANONYMOUS, OVER) as w:
        with pytest.raises(Refused, match="2024-06-11"):
            object_to(w, number, application, **{**WORDS, "content": "又一条"})
        with pytest.raises(NotFound):
            object_to(w, number, application + 1, **WORDS)
        assert w.session.scalar(select(func.count()).select_from(Objection)) == 1


def test_a_complaint_sent_twice_is_one_and_can_be_followed(engine: Engine, begin: Begin) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2024-03-01")
    said = {"complainant": "李四", "contact": "13900000000", "content": "乱收费"}
    codes = []
    for _ in range(2):
        with begin(ANONYMOUS, OPEN) as w:
            codes.append(file_complaint(w, held.number, **said))
    assert codes[0] == codes[1]
    with begin(ANONYMOUS, OVER) as w:
        assert file_complaint(w, held.number, **said) != codes[0], "another day, another complaint"
        found = notices.follow_up(w, codes[0].lower())
        assert (found.kind, found.state.zh) == (notices.COMPLAINT, "处理中")
        complaint = w.session.scalars(select(Complaint).where(Complaint.code == codes[0])).one()
        complaint.verified, complaint.decided_on = True, date(2024, 6, 12)
        w.session.flush()
        done = notices.follow_up(w, codes[0])
        assert (done.state.zh, done.decided_on, done.open) == ("经查属实", date(2024, 6, 12), False)
        for wrong in ("", "X" * 12, "'; --", codes[0][:-1]):
            with pytest.raises(NotFound):
                notices.follow_up(w, wrong)
