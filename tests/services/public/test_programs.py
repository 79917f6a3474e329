"""Programmes as everyone reads them: rules under today's settings, calls, and all tracks side by side."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from core.domain.clock import SHANGHAI
from core.domain.errors import NotFound
from core.hooks.comparison import Comparison, Row
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS
from core.services.public import programs
from core.storage.models import Call, SettingOverride
from core.storage.models.operations import SettingKind
from tests.conftest import Begin

STAFF = "5(2).staff_full_time"


def override(session: Session, value: str, on: date, name: str = STAFF, **more: object) -> None:
    values = {"track": "comprehensive", "kind": SettingKind.PARAMETER, **more}
    session.add(
        SettingOverride(
            program="hubei",
            name=name,
            value=value,
            effective_on=on,
            reason="内部理由",
            set_at=datetime(2024, 1, 1, tzinfo=SHANGHAI),
            **values,
        )
    )
    session.commit()


def row(table: Comparison, label: str) -> Row:
    return next(row for section in table.sections for row in section.rows if row.label.zh == label)


def cell(table: Comparison, label: str, track: str) -> list[tuple[str, str]]:
    at = [f"{rules.program}/{rules.track}" for rules in table.columns].index(track)
    return [(said.clause, said.text.zh) for said in row(table, label).cells[at]]


def test_numbers_are_those_of_the_day(session: Session, begin: Begin) -> None:
    override(session, "12", date(2024, 6, 10))
    override(session, "20", date(2025, 1, 1))
    for day, shown in (("2024-06-09", "8"), ("2024-06-10", "12"), ("2024-06-11", "12")):
        _shows(begin, day, shown)


def _shows(begin: Begin, day: str, shown: str) -> None:
    with begin(ANONYMOUS, f"{day}T10:00") as w:
        page = programs.track_page(w, "hubei", "comprehensive")
        other = programs.track_page(w, "hubei", "specialized")
        line = next(item for item in page.parameters if item.id == STAFF)
        assert (line.value, line.default) == (shown, "8")
        assert line.since == (date(2024, 6, 10) if shown == "12" else None)
        assert line.coming[-1] == (date(2025, 1, 1), "20")
        team = next(item for item in page.text.conditions if item.clause == "5(2)")
        assert f"不少于 {shown} 人" in team.sentence.zh
        assert f"at least {shown} people" in team.sentence.en
        assert next(item for item in other.parameters if item.id == STAFF).value == "8"
        table = programs.comparison(w, PartyKind.ORGANIZATION)
        assert cell(table, "从事中小企业服务的专职人员数", "hubei/comprehensive") == [
            ("5(2)", f"不少于 {shown} 人")
        ]


def test_readings_say_what_was_chosen_and_what_not(session: Session, begin: Begin) -> None:
    override(
        session, "waivable", date(2024, 6, 1), "hubei.in_principle", track="", kind=SettingKind.INTERPRETATION
    )
    with begin(ANONYMOUS, "2024-06-05T10:00") as w:
        page = programs.track_page(w, "hubei", "comprehensive")
        item = w.program("hubei").interpretations
    known = next(one for one in item if one.id == "hubei.in_principle")
    line = next(one for one in page.readings if one.question == known.question)
    assert line.chosen == dict(known.values)["waivable"]
    assert line.since == date(2024, 6, 1)
    assert dict(known.values)[known.default] in line.others
    assert line.why.zh == "", "our reasons are those for the usual reading"
    assert all(one.why.zh for one in page.readings if one is not line)


def test_tracks_stand_side_by_side_in_one_row(begin: Begin) -> None:
    with begin(ANONYMOUS, "2024-06-05T10:00") as w:
        table = programs.comparison(w, PartyKind.ORGANIZATION)
        persons = programs.comparison(w, PartyKind.PERSON)
        pair = programs.comparison(w, PartyKind.ORGANIZATION, ["hubei/specialized", "shanghai/specialized"])
    staff = "从事中小企业服务的专职人员数"
    assert cell(table, staff, "hubei/comprehensive") == [("5(2)", "不少于 8 人")]
    assert cell(table, staff, "shanghai/specialized") == [("2.1(2)", "不少于 10 人")]
    assert cell(table, staff, "jilin/provider") == []
    eased = cell(table, staff, "liaocheng/comprehensive")
    assert [clause for clause, _ in eased] == ["8(7)", "8(last)"]
    assert row(table, staff).differs
    assert len(pair.columns) == 2
    assert not row(pair, "服务场所面积").differs
    assert cell(pair, "占从事中小企业服务的专职人员数的比例", "hubei/specialized")[0][1].startswith(
        "不低于 70%"
    )
    assert [rules.track for rules in persons.columns] == ["expert", "expert"]
    assert cell(persons, "学历", "jilin/expert") == [("7(2)3", "本科及以上")]
    assert [section.title.zh for section in table.sections][-1] == "警告、整改与退出"
    for each in (table, persons):
        for section in each.sections:
            for one in section.rows:
                assert one.label.en
                assert all(said.text.en and said.text.zh for said_in in one.cells for said in said_in)
                assert any(one.cells), one.label


def test_calls_are_open_between_their_moments(session: Session, begin: Begin) -> None:
    opens, closes = (datetime(2024, 6, day, 9, tzinfo=SHANGHAI) for day in (3, 10))
    session.add(
        Call(
            program="hubei", edition="measures", tracks=["comprehensive"], title="通知",
            opens_at=opens, submit_by=closes,
        )
    )  # fmt: skip
    session.commit()
    for at, found in (
        ("2024-06-03T08:59:59", [False]),
        ("2024-06-03T09:00", [True]),
        ("2024-06-10T09:00", [True]),
        ("2024-06-10T09:00:01", []),
    ):
        with begin(ANONYMOUS, at) as w:
            assert [call.open for call in programs.calls(w).rows] == found, at
            assert programs.calls(w, program="jilin").rows == ()


def test_what_is_not_there_is_not_found(begin: Begin) -> None:
    with begin(ANONYMOUS, "2024-06-05T10:00") as w:
        for wanted in (("nowhere", "expert"), ("jilin", "nowhere"), ("jilin", "expert", "nowhere")):
            with pytest.raises(NotFound):
                programs.track_page(w, *wanted)
        assert {track.id for _, track in programs.rolling(w)} == {"provider", "expert"}
