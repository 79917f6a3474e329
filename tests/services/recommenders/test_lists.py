"""A recommender's list: dated, kept by the association itself or by the authority, also as a table."""

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.services.files.columns import WrongTable
from core.services.files.sheets import write_sheet
from core.services.recommenders import list_sheet, lists
from core.services.recommenders.lists import Entry
from core.storage.engine import session_factory
from core.storage.models import Listed
from tests.services.factory import uscc

DAY = date(2024, 5, 1)
JOINED = date(2024, 1, 1)


def put(body, *entries, actor=None):
    with body.town.begin(actor or body.actor, str(DAY)) as w:
        return lists.put_on(w, body.id, entries)


def rows(body):
    with session_factory(body.town.engine)() as session:
        query = select(Listed).where(Listed.recommender_id == body.id)
        return [(row.name, row.joined_on, row.left_on) for row in session.scalars(query.order_by(Listed.id))]


def test_the_association_keeps_its_members_and_the_authority_sees_them(town, begin, association, department):
    entry = Entry(uscc(), "甲服务中心", JOINED)
    assert put(association, entry) == lists.Imported(1, 0, 0)
    assert put(association, entry) == lists.Imported(0, 0, 1)
    for actor in (town.officer("hubei"), town.recommender("hubei"), department.actor):
        with pytest.raises((NotAllowed, NotFound)):
            put(association, entry, actor=actor)
    with begin(town.officer("hubei"), str(DAY)) as w:
        assert [row.name for row in lists.entries(w, association.id).rows] == ["甲服务中心"]
    with pytest.raises(NotFound), begin(department.actor, str(DAY)) as w:
        lists.entries(w, association.id)


def test_the_authority_keeps_whom_it_assigns_and_the_department_sees_them(town, begin, department):
    entry = Entry(uscc(), "乙服务中心", JOINED)
    with pytest.raises(NotAllowed):
        put(department, entry)
    assert put(department, entry, actor=town.officer("hubei")).added == 1
    with begin(department.actor, str(DAY)) as w:
        assert lists.entries(w, department.id, search="乙服务").total == 1
        assert lists.entries(w, department.id, search=entry.uscc.lower()).total == 1
        assert lists.entries(w, department.id, search="丙").total == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"uscc": "123"}, "uscc"),
        ({"joined_on": date(2024, 5, 2)}, "joined_on"),
        ({"left_on": JOINED}, "left_on"),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_and_nothing_is_kept(association, changes, field):
    wrong = Entry(**{"uscc": uscc(), "name": "丙", "joined_on": JOINED, **changes})
    with pytest.raises(Invalid) as caught:
        put(association, Entry(uscc(), "丁", JOINED), wrong)
    assert set(caught.value.errors) == {f"1.{field}"}
    assert rows(association) == []
    with pytest.raises(Invalid) as alone, association.as_recommender(str(DAY)) as w:
        lists.put_one(w, association.id, wrong)
    assert set(alone.value.errors) == {field}


def test_the_day_of_joining_and_the_day_after_it_are_the_bounds(association):
    code = uscc()
    assert put(association, Entry(code, "甲", DAY)).added == 1
    assert put(association, Entry(code, "甲", JOINED, date(2024, 1, 2))).added == 1
    assert rows(association) == [("甲", DAY, None), ("甲", JOINED, date(2024, 1, 2))]


def test_who_left_may_join_again_but_is_never_on_it_twice(association):
    code = uscc()
    put(association, Entry(code, "甲", JOINED, date(2024, 3, 1)))
    with pytest.raises(Invalid, match="overlaps"):
        put(association, Entry(code, "甲", date(2024, 2, 29)))
    assert put(association, Entry(code, "甲", date(2024, 3, 1))).added == 1
    with pytest.raises(Invalid, match="overlaps"):
        put(association, Entry(code, "甲", date(2024, 2, 28)))
    assert [row[2] for row in rows(association)] == [date(2024, 3, 1), None]
    # What lies wholly before does not overlap.
    put(association, Entry(code, "甲", date(2023, 1, 1), JOINED))


@pytest.mark.parametrize(
    ("left_on", "kept"),
    [
        (date(2023, 12, 31), [(date(2024, 1, 1), None), (date(2022, 1, 1), date(2023, 12, 31))]),
        (date(2024, 1, 1), [(date(2024, 1, 1), None), (date(2022, 1, 1), date(2024, 1, 1))]),
        (date(2024, 1, 2), [(date(2022, 1, 1), date(2024, 1, 2))]),
    ],
)
def test_an_earlier_time_does_not_take_the_place_of_the_present_one(association, left_on, kept):
    code = uscc()
    put(association, Entry(code, "甲", JOINED))
    put(association, Entry(code, "甲", date(2022, 1, 1), left_on))
    assert [(joined, left) for _, joined, left in rows(association)] == kept


@pytest.mark.parametrize(("left_on", "fits"), [(JOINED, True), (date(2024, 1, 2), False), (None, False)])
def test_an_earlier_time_is_not_lengthened_into_the_present_one(association, left_on, fits):
    code = uscc()
    put(association, Entry(code, "甲", date(2022, 1, 1), date(2023, 6, 1)), Entry(code, "甲", JOINED))
    longer = Entry(code, "甲", date(2022, 1, 1), left_on)
    if fits:
        assert put(association, longer) == lists.Imported(0, 1, 0)
        return
    with pytest.raises(Invalid) as caught:
        put(association, longer)
    assert "重叠" in caught.value.errors["0.joined_on"].zh
    assert rows(association)[0] == ("甲", date(2022, 1, 1), date(2023, 6, 1))


def test_one_is_taken_off_once_from_a_day_after_it_joined_and_not_in_advance(town, begin, association):
    put(association, Entry(uscc(), "甲", JOINED))
    with session_factory(town.engine)() as session:
        number = session.scalar(select(Listed.id))

    def off(day, actor=association.actor):
        with begin(actor, str(DAY)) as w:
            lists.take_off(w, number, day)

    for day in (JOINED, date(2024, 5, 2)):
        with pytest.raises(Invalid):
            off(day)
    with pytest.raises(NotAllowed):
        off(DAY, town.officer("hubei"))
    off(DAY)
    with pytest.raises(Refused, match="2024-05-01"):
        off(DAY)
    with pytest.raises(NotFound), begin(association.actor, str(DAY)) as w:
        lists.take_off(w, number + 1000, DAY)
    with begin(association.actor, str(DAY)) as w:
        assert lists.entries(w, association.id).total == 0
        assert lists.entries(w, association.id, former=True).total == 1
        assert len(w.session.scalars(lists.every(w, association.id)).all()) == 1


def table(*rows):
    titles = [column.title.zh for column in list_sheet.COLUMNS]
    return io.BytesIO(write_sheet("名单", titles, rows))


def take(body, *rows):
    with body.town.begin(body.actor, str(DAY)) as w:
        return list_sheet.take_in(w, body.id, "名单.xlsx", table(*rows))


def test_a_filled_template_is_taken_in_and_whoever_is_not_named_stays(association):
    one, other = uscc(), uscc()
    put(association, Entry(one, "旧名", JOINED), Entry(other, "不在表中", JOINED))
    assert take(association, ["新名", one, JOINED, None], ["新会员", uscc(), DAY, None]) == lists.Imported(
        1, 1, 0
    )
    assert [row[0] for row in rows(association)] == ["新名", "不在表中", "新会员"]


def test_a_look_before_says_what_it_would_come_to_and_changes_nothing(association):
    one = uscc()
    put(association, Entry(one, "旧名", JOINED))
    filled = ["新名", one, JOINED, None], ["新会员", uscc(), DAY, None]
    with association.town.begin(association.actor, str(DAY)) as w:
        seen = list_sheet.look(w, association.id, "名单.xlsx", table(*filled))
    assert seen.comes_to == lists.Imported(1, 1, 0)
    assert [cells[0] for _, cells in seen.values.rows] == ["新名", "新会员"]
    assert [row[0] for row in rows(association)] == ["旧名"]
    with pytest.raises(WrongTable), association.town.begin(association.actor, str(DAY)) as w:
        list_sheet.look(w, association.id, "名单.xlsx", table(["甲", "12", DAY, None]))


def test_errors_come_by_row_and_with_one_nothing_is_taken(association):
    code = uscc()
    with pytest.raises(WrongTable) as caught:
        take(
            association,
            ["甲", code, JOINED, None],
            ["乙", "123", JOINED, None],
            ["丙", uscc(), date(2024, 5, 2), None],
        )
    assert set(caught.value.errors) == {"3.uscc", "4.joined_on"}
    with pytest.raises(WrongTable) as twice:
        take(association, ["甲", code, JOINED, None], ["甲", code, JOINED, None])
    assert set(twice.value.errors) == {"3.uscc"}
    with pytest.raises(WrongTable) as unread:
        take(association, ["甲", code, "不知", None])
    assert set(unread.value.errors) == {"2.joined_on"}
    assert rows(association) == []


def test_the_template_has_the_columns():
    book = CalamineWorkbook.from_filelike(io.BytesIO(list_sheet.template()))
    heads = book.get_sheet_by_index(0).to_python()[0]
    assert [str(head).rstrip("*") for head in heads] == [column.title.zh for column in list_sheet.COLUMNS]
