"""A holiday that is entered late prolongs the periods that run, on confirmation; a year comes by table."""

import io
from datetime import date, timedelta

from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed
from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.endings.exits import propose, told
from core.services.granting.notice_ends import close_due
from core.services.settings.holidays import COLUMNS, days_of, enter_table, set_day
from core.services.settings.running_periods import prolong_all, shortened
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, ExitCase, NoticeItem, OutboxMessage, PublicNotice
from tests.services.books import Formula, book
from tests.services.factory import accredit

KEY = "hubei/specialized"


def told_of(engine, event):
    with session_factory(engine)() as session:
        return len(session.scalars(select(OutboxMessage).where(OutboxMessage.event == event)).all())


def ends(engine):
    with session_factory(engine)() as session:
        return session.scalars(select(PublicNotice)).one().closes_on


def test_a_notice_gets_its_working_days_once_that_is_confirmed(town, make_actor, unchanged):
    case = town.start(KEY, day=date(2024, 3, 4)).reviewed().approve().publish()
    lead = make_actor(Role.LEAD)
    last = ends(town.engine)
    on = case.day + timedelta(days=5)
    with town.begin(lead, f"{on}T09:00") as w:
        assert shortened(w) == []
        set_day(w, last, working=False, name="临时放假")
        (found,) = shortened(w)
        assert (found.kind, found.ends, found.until > last) == ("notice", last, True)
        assert [item.number for item in waiting_for(w) if item.kind == "shortened"] == [1]
    assert ends(town.engine) == last, "nothing is prolonged by itself"
    with unchanged(NotAllowed), town.begin(make_actor(Role.OFFICER, "hubei"), f"{on}T09:00") as w:
        prolong_all(w)
    with town.begin(lead, f"{on}T10:00") as w:
        assert prolong_all(w) == [found]
    assert ends(town.engine) == found.until
    assert told_of(town.engine, "notice.prolonged") >= 1
    # Twice, and by two: nothing more.
    before = told_of(town.engine, "notice.prolonged")
    with town.begin(lead, f"{on}T10:00") as w:
        assert prolong_all(w) == []
    assert told_of(town.engine, "notice.prolonged") == before
    with town.begin(SYSTEM, f"{found.until}T01:00") as w:
        assert close_due(w, found.until) == 0
    with town.begin(SYSTEM, f"{found.until + timedelta(days=1)}T01:00") as w:
        assert close_due(w, found.until + timedelta(days=1)) == 1


def test_a_struck_item_is_not_told_of(town, make_actor):
    """Its application may stand on another notice by now."""
    case = town.start(KEY, day=date(2024, 3, 4)).reviewed().approve().publish()
    last, on = ends(town.engine), case.day + timedelta(days=5)
    with session_factory(town.engine)() as session, session.begin():
        session.scalars(select(NoticeItem)).one().struck_on = on
    with town.begin(make_actor(Role.LEAD), f"{on}T09:00") as w:
        set_day(w, last, working=False, name="临时放假")
        assert len(prolong_all(w)) == 1
    assert told_of(town.engine, "notice.prolonged") == 0


def test_what_is_over_is_left_and_a_day_less_shortens_nothing(town, make_actor):
    town.start(KEY, day=date(2024, 3, 4)).reviewed().approve().publish()
    lead, last = make_actor(Role.LEAD), ends(town.engine)
    with town.begin(lead, f"{last + timedelta(days=1)}T09:00") as w:
        set_day(w, last, working=False)
        assert shortened(w) == []
    with town.begin(lead, f"{last}T09:00") as w:
        set_day(w, last, working=True)
        set_day(w, last - timedelta(days=2), working=True)
        assert shortened(w) == []


def test_the_time_to_object_is_prolonged_and_the_party_told(engine, begin, make_actor):
    held = accredit(engine, "liaocheng/specialized", "2024-03-20")
    officer, lead = make_actor(Role.OFFICER, "liaocheng"), make_actor(Role.LEAD)
    with begin(officer, "2025-03-10T09:00") as w:
        case = propose(w, held.id, "20(1)", "处分决定书")
    with begin(SYSTEM, "2025-03-10T09:05") as w:
        told(w, case, date(2025, 3, 10))
    with begin(lead, "2025-03-12T09:00") as w:
        assert w.session.get_one(ExitCase, case).objection_until == date(2025, 3, 17)
        set_day(w, date(2025, 3, 17), working=False)
        (found,) = prolong_all(w)
    assert (found.kind, found.until) == ("exit", date(2025, 3, 18))
    with session_factory(engine)() as session:
        assert session.get_one(ExitCase, case).objection_until == date(2025, 3, 18)
        assert session.get_one(Accreditation, held.id).next_due_on <= date(2025, 3, 19)
    assert told_of(engine, "exit.dated") >= 1


def table(rows):
    heads = [column.title.zh for column in COLUMNS]
    return io.BytesIO(book(放假安排=[heads, *rows]))


DAYS = [
    ["2027-01-01", "否", "元旦"],
    *([f"2027-10-{day:02}", "否", "国庆节"] for day in range(1, 19)),
    ["2027-10-23", "是", "国庆节调休"],
]


def test_a_year_is_entered_by_table(begin, make_actor, unchanged):
    admin = make_actor(Role.SYSADMIN)
    for rows, words in (
        ([["2026-12-31", "否", ""], *DAYS], "不是 2027 年"),
        ([*DAYS, DAYS[0]], "重复"),
        (DAYS[:3], "不会少于 20 天"),
        ([], ""),
        ([*DAYS, [Formula("=A2"), "否", "元旦"]], "“日期”：单元格是公式"),
        ([*DAYS, ["2027-10-24", Formula("=B2"), "元旦"]], "“是否上班”：单元格是公式"),
        ([*DAYS, ["2027-10-24", "是", Formula("=C2")]], "“名称”：单元格是公式"),
    ):
        with unchanged(Invalid, words), begin(admin, "2026-12-01T09:00") as w:
            enter_table(w, 2027, "2027.xlsx", table(rows))
    with unchanged(NotAllowed), begin(make_actor(Role.OFFICER), "2026-12-01T09:00") as w:
        enter_table(w, 2027, "2027.xlsx", table(DAYS))
    with begin(admin, "2026-12-01T09:00") as w:
        assert enter_table(w, 2027, "2027.xlsx", table(DAYS)) == 20
        found = days_of(w, 2027)
        assert found[date(2027, 10, 23)].working
        assert not found[date(2027, 10, 1)].working


def test_of_two_sheets_the_one_that_is_named_is_the_year(begin, make_actor, unchanged):
    heads = [column.title.zh for column in COLUMNS]
    two = book(初稿=[heads, *DAYS[:-1]], 定稿=[[*heads, "依据"], *([*row, "通知"] for row in DAYS)])
    admin, said = make_actor(Role.SYSADMIN), []
    with unchanged(Invalid, "初稿、定稿"), begin(admin, "2026-12-01T09:00") as w:
        enter_table(w, 2027, "2027.xlsx", io.BytesIO(two))
    with begin(admin, "2026-12-01T09:00") as w:
        enter_table(w, 2027, "2027.xlsx", io.BytesIO(two), sheet="定稿", tell=said.append)
        assert len(days_of(w, 2027)) == len(DAYS)
    assert [remark.zh for remark in said] == ["读取的是工作表“定稿”", "下列各列不是模板的列，未读入：依据"]
