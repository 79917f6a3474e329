"""Staff rosters: each person once, the head-counts of a day, and where they go."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotFound, Refused
from core.domain.roles import Role
from core.rules.text import T
from core.services.applications import facts
from core.services.applications.case import find
from core.services.base.paging import Wish
from core.services.base.work import Actor
from core.services.files.sheet_errors import with_errors
from core.services.files.sheets import write_sheet
from core.services.granting import starting
from core.services.profile import roster, roster_sheet
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, Party, StaffMember
from core.storage.models.applications import Provenance
from tests.services.factory import id_number
from tests.services.journey import Case, Town

DAY = date(2024, 6, 28)
NOW = f"{DAY}T10:00:00"
KEY = "a-key-of-this-installation"
HEADERS = [column.title.zh for column in roster_sheet.COLUMNS]
PROVIDER = "shanghai/comprehensive"


def person(name: str = "张三", number: str = "", **changes: Any) -> list[Any]:
    """A row of the table."""
    given = {
        "education": "本科",
        "title": "中级",
        "experienced": "是",
        "full_time": "是",
        "since": "2023-01-01",
    } | changes
    return [name, number or id_number(), *given.values()]


def sheet(rows: Sequence[Sequence[object]], headers: Sequence[str] = HEADERS) -> io.BytesIO:
    """The table as a file."""
    return io.BytesIO(write_sheet("花名册", headers, rows))


def read(*rows: Sequence[object], headers: Sequence[str] = HEADERS) -> tuple[roster_sheet.Line, ...]:
    """What is read from a table."""
    return roster_sheet.read_roster("花名册.xlsx", sheet(rows, headers), DAY)


def put(
    town: Town, user: Actor, party: int, *rows: Sequence[object], replace: bool = False, now: str = NOW
) -> roster.Imported:
    """Read and import."""
    lines = read(*rows)
    with town.begin(user, now) as w:
        return roster.save_roster(w, party, roster.entries_of(lines, KEY), replace=replace)


def errors_of(*rows: Sequence[object]) -> dict[str, T]:
    """What is wrong with the rows of a table."""
    with pytest.raises(Invalid) as caught:
        read(*rows)
    return dict(caught.value.errors)


@pytest.fixture
def someone(town: Town) -> tuple[Actor, int]:
    """A user with an organisation."""
    return town.applicant(PROVIDER, NOW)


def counts_of(town: Town, someone: tuple[Actor, int], day: date = DAY) -> dict[str, int]:
    """The head-counts of a day."""
    with town.begin(someone[0], NOW) as w:
        return roster.head_counts(w, someone[1], day)


def test_each_head_count_counts_whom_it_names(town: Town, someone: tuple[Actor, int]) -> None:
    user, party = someone
    assert counts_of(town, someone) == {}
    people = [
        person(education="大专", title="无"),
        person(education="大专以下", title="中级"),
        person(education="本科", title="初级", experienced="否"),
        person(education="博士研究生", title="正高级"),
        person(education="博士", title="正高级", full_time="否"),
    ]
    assert put(town, user, party, *people) == roster.Imported(5, 0, 0, 0)
    assert counts_of(town, someone) == {
        "staff_full_time": 4,
        "staff_college_plus": 3,
        "staff_bachelor_plus": 2,
        "staff_mid_title_plus": 2,
        "staff_college_plus_and_mid_title": 1,
        "staff_bachelor_plus_and_mid_title": 1,
        "staff_field_experienced": 3,
    }


def test_what_an_import_would_do_is_told_and_nothing_is_done(town: Town, someone: tuple[Actor, int]) -> None:
    put(town, *someone, person(), person(full_time="否"))
    before = counts_of(town, someone)
    lines = read(person(), person())
    with town.begin(someone[0], NOW) as w:
        people = roster.entries_of(lines, KEY)
        tried, _ = roster.look_at_roster(w, someone[1], people, replace=True)
    assert counts_of(town, someone) == before
    assert tried == roster.Imported(2, 0, 0, 2)
    assert tried.counts["staff_full_time"] == (1, 2)
    done = put(town, *someone, person(), person(), replace=True)
    assert (done, done.counts) == (tried, tried.counts)
    assert counts_of(town, someone)["staff_full_time"] == 2


def test_whoever_begins_counts_from_that_day(town: Town, someone: tuple[Actor, int]) -> None:
    put(town, *someone, person(since=DAY.isoformat()), person(since=None))
    before, on = DAY - timedelta(days=1), DAY
    assert counts_of(town, someone, before)["staff_full_time"] == 1
    assert counts_of(town, someone, on)["staff_full_time"] == 2


def test_a_person_is_there_once_however_the_number_is_written(
    town: Town, someone: tuple[Actor, int], engine: Engine
) -> None:
    user, party = someone
    number = id_number()
    spaced = f" {number[:6]} {number[6:].lower()}"
    twice = errors_of(person("张三", number), person("张三丰", spaced))
    assert list(twice) == ["3.id_number"]
    assert twice["3.id_number"].zh == "第 3 行，与第 2 行为同一人（身份证号相同）"
    put(town, user, party, person("张三", number))
    assert put(town, user, party, person("张三", spaced)) == roster.Imported(0, 0, 1, 0)
    assert put(town, user, party, person("张三丰", spaced)) == roster.Imported(0, 1, 0, 0)
    with session_factory(engine)() as session:
        rows = session.scalars(select(StaffMember).where(StaffMember.party_id == party)).all()
        assert [row.name for row in rows] == ["张三丰"]
        assert rows[0].id_masked == f"{number[:3]}***********{number[-4:]}"
        assert number not in rows[0].id_key
        trail = session.scalars(select(AuditEvent).where(AuditEvent.subject == "staff_member")).all()
        assert trail
        assert all(number not in str(event.changes) for event in trail)


def test_merge_keeps_and_replace_removes(town: Town, someone: tuple[Actor, int]) -> None:
    user, party = someone
    first, second, third = person("甲"), person("乙"), person("丙")
    put(town, user, party, first, second)
    assert put(town, user, party, third) == roster.Imported(1, 0, 0, 0)
    assert put(town, user, party, second, third, replace=True) == roster.Imported(0, 0, 2, 1)
    with town.begin(user, NOW) as w:
        assert [item.name for item in roster.roster(w, party).page.rows] == ["乙", "丙"]
        assert roster.roster(w, party, Wish(1, 1)).page.rows[0].name == "丙"
        assert roster.roster(w, party, search="乙").page.total == 1


def test_the_same_person_may_work_for_two_bodies(town: Town, someone: tuple[Actor, int]) -> None:
    number = id_number()
    put(town, *someone, person("张三", number))
    other = town.applicant(PROVIDER, NOW)
    assert put(town, *other, person("张三", number)).added == 1


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        ({"number": "11010519491231002X1"}, "“身份证号”：", "ID number: "),
        ({"education": "小学"}, "“学历”：“小学”不在可选项中", "'小学' is not one of"),
        ({"title": "教授"}, "“专业技术职称”：", "Professional title: "),
        ({"full_time": "也许"}, "“专职”：请填 是 或 否", "Full-time: write yes or no"),
        ({"since": "2024-02-30"}, "“到岗日期”：日期应写作", "In post since: write the date as"),
        ({"since": "2025-06-29"}, "“到岗日期”：2025-06-29 过晚；不晚于 2025-06-28", "not after 2025-06-28"),
        ({"name": ""}, "“姓名”：请填写", "Name: please fill this in"),
        ({"education": None}, "“学历”：请填写", "Education: please fill this in"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_beside_it(change: dict[str, Any], zh: str, en: str) -> None:
    ((key, text),) = errors_of(person(), person(**change)).items()
    assert key.startswith("3.")
    assert zh in text.zh
    assert en in text.en


def test_every_error_of_every_row_is_told_at_once() -> None:
    wrong = errors_of(person(name="", education="小学"), person(), person(number="1"))
    assert list(wrong) == ["2.name", "2.education", "4.id_number"]


def test_a_table_that_came_back_is_mended_and_taken() -> None:
    table = sheet([person("甲", "1")])
    back = with_errors("花名册.xlsx", table, errors_of(person("甲", "1")))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(back)).get_sheet_by_index(0).to_python()
    assert rows[1][-1].startswith("第 2 行“身份证号”：")
    rows[1][1] = id_number()
    assert [line.name for line in read(rows[1], headers=[str(cell) for cell in rows[0]])] == ["甲"]


def test_english_and_chinese_words_are_understood() -> None:
    headers = [column.title.en for column in roster_sheet.COLUMNS]
    row = person(education="Master's degree", title="senior", experienced="yes", full_time=True, since=DAY)
    (line,) = read(row, headers=headers)
    assert line.attributes["education"] == "master"
    assert line.since == DAY


def test_what_is_no_roster_is_refused_whole() -> None:
    for name, content, said in (
        ("a.xlsx", b"PK", "请另存为 .xlsx"),
        ("a.xlsx", sheet([], ["姓名"]).getvalue(), "缺少列“身份证号”"),
        ("a.xlsx", sheet([], [*HEADERS, "姓名"]).getvalue(), "“姓名”重复：请只保留一列"),
        ("a.xlsx", sheet([]).getvalue(), "没有数据"),
    ):
        with pytest.raises(Invalid) as caught:
            roster_sheet.read_roster(name, io.BytesIO(content), DAY)
        assert said in caught.value.errors["file"].zh


def test_the_template_reads_back_and_explains_itself() -> None:
    for language in ("zh", "en"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(roster_sheet.template(language)))
        header = book.get_sheet_by_index(0).to_python()[0]
        assert header == [column.title.get(language) for column in roster_sheet.COLUMNS]
        assert any("中级" in str(row[0]) for row in book.get_sheet_by_index(1).to_python())


def stated(case: Case, name: str) -> tuple[Any, Provenance | None]:
    """What holds of a fact of the case, and from where."""
    with case.as_applicant() as w:
        found = next(
            item for item in facts.asked_facts(find(w, case.application_id)) if item.fact.name == name
        )
        return found.value, found.provenance


def test_counts_go_to_drafts_and_profile_and_come_before_claims(town: Town, engine: Engine) -> None:
    case = town.start(PROVIDER).fill()
    claimed = stated(case, "staff_full_time")
    assert claimed[1] is Provenance.CLAIMED
    later = (case.day + timedelta(days=3)).isoformat()
    put(town, case.applicant, case.party_id, person(since=None), person(since=later), now=case.on(0))
    assert stated(case, "staff_full_time") == (1, Provenance.DERIVED)
    with session_factory(engine)() as session:
        assert session.get_one(Party, case.party_id).profile["staff_full_time"] == 1
    case.attach_all().submit(days=3)
    assert stated(case, "staff_full_time") == (2, Provenance.DERIVED)
    put(town, case.applicant, case.party_id, person(since=None), now=case.on(4))
    assert stated(case, "staff_full_time") == (2, Provenance.DERIVED)


def test_a_new_application_starts_with_the_counts_and_an_empty_roster_gives_them_back(town: Town) -> None:
    user, party = town.applicant("jilin/provider", NOW)
    put(town, user, party, person(), person())
    with town.begin(user, NOW) as w:
        number = starting.start(w, "jilin", "provider", party)
        asked = {item.fact.name: item.provenance for item in facts.asked_facts(find(w, number))}
        counted = [name for name in roster.COUNTS if name in asked]
        assert all(asked[name] is Provenance.DERIVED for name in counted)
        people = roster.roster(w, party).page.rows
    for one in people:
        with town.begin(user, NOW) as w:
            roster.remove_person(w, party, one.id)
    with town.begin(user, NOW) as w:
        origin = find(w, number).origins
        assert Provenance.DERIVED not in origin.values()


def test_a_roster_is_for_members_of_bodies_only(town: Town, someone: tuple[Actor, int]) -> None:
    user, party = someone
    put(town, user, party, person("张三"))
    expert, own = town.applicant("jilin/expert", NOW)
    with town.begin(expert, NOW) as w, pytest.raises(Refused):
        roster.save_roster(w, own, (), replace=False)
    officer = town.make_actor(Role.OFFICER)
    for stranger, target in ((expert, party), (officer, party), (expert, own)):
        with town.begin(stranger, NOW) as w, pytest.raises(NotFound):
            roster.roster(w, target)
    with town.begin(user, NOW) as w:
        found = roster.roster(w, party).page.rows[0]
    other = town.applicant(PROVIDER, NOW)
    with town.begin(other[0], NOW) as w, pytest.raises(NotFound):
        roster.remove_person(w, other[1], found.id)
