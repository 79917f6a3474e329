"""Calls: score sheet as rows, edition, and changes while nothing rests on what is changed."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.domain.clock import today
from core.domain.roles import Role
from core.storage.models import Call
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser, Page

TRACK = "liaocheng/comprehensive"


@pytest.fixture
def officer(make_user: MakeUser, log_in: LogIn) -> Browser:
    """An officer of Liaocheng."""
    return Browser(log_in(make_user(Role.OFFICER, "liaocheng", "371500")))


def announce(browser: Browser, ok: bool = True, **more: object) -> Page:
    """Send the form of a new call with a score sheet of the given rows."""
    return browser.post(
        "/admin/register/calls/new",
        {
            "title": ["2026 年申报"],
            "tracks": [TRACK],
            "opens_at": [f"{today()}T00:00"],
            "submit_by": [f"{today() + timedelta(days=10)}T17:00"],
            **{name: value if isinstance(value, list) else [value] for name, value in more.items()},
        },
        ok=ok,
    )


ROWS = {
    "score_sheet.title": ["服务能力 2026", "服务 | 业绩", ""],
    "score_sheet.weight": ["40", "60", ""],
    "score_sheet.max": ["100", "10", ""],
    "score_sheet.hint": ["团队、场地与制度", "", ""],
}


def test_a_score_sheet_is_filled_in_row_by_row(officer: Browser, session: Session) -> None:
    page = announce(officer, **ROWS)
    call = session.query(Call).one()
    assert [(row["title"]["zh"], row["weight"], row["max"]) for row in call.score_sheet] == [
        ("服务能力 2026", 40, 100),
        ("服务 / 业绩", 60, 10),
    ]
    assert call.score_sheet[0]["hint"]["zh"] == "团队、场地与制度"
    assert "服务能力 2026" in page.text


def test_numbers_are_typed_with_their_units(officer: Browser, session: Session) -> None:
    rows = {**ROWS, "score_sheet.weight": ["３０", "70%", ""], "score_sheet.max": ["100分", "１０ 分", ""]}
    announce(officer, **rows, quota="20家")
    call = session.query(Call).one()
    assert [(row["weight"], row["max"]) for row in call.score_sheet] == [(30, 100), (70, 10)]
    assert call.quota == 20


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("title", "", "没有名称"),
        ("weight", "0", "1 至 999"),
        ("max", "1000", "1 至 999"),
        ("weight", "x", "1 至 999"),
        ("weight", "1.5", "第 1 项的权重应为 1 至 999 的整数"),
        ("max", "100人", "“人”不是此项的单位"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_kept(
    officer: Browser, session: Session, column: str, value: str, word: str
) -> None:
    rows = {**ROWS, f"score_sheet.{column}": [value, *ROWS[f"score_sheet.{column}"][1:]]}
    page = announce(officer, ok=False, **rows)
    assert page.status == 422
    assert any(word in text for text in page.complaints)
    assert page.doc is not None
    assert page.doc.xpath("//input[@name='score_sheet.title']/@value")[1] == "服务 | 业绩"
    assert session.query(Call).count() == 0


def test_a_call_is_changed_with_what_it_has(officer: Browser, session: Session) -> None:
    announce(officer, **ROWS)
    call = session.query(Call).one()
    page = officer.get(f"/admin/register/calls/{call.id}/edit")
    page.send(title="2026 年第一批申报", quota=12)
    session.expire_all()
    assert (call.title, call.quota) == ("2026 年第一批申报", 12)
    assert len(call.score_sheet) == 2, "the rows that were there are sent again"
    again = officer.get(f"/admin/register/calls/{call.id}/edit")
    refused = again.send(edition="hubei/2023", ok=False)
    assert refused.status == 422
    english = officer.get(f"/admin/register/calls/{call.id}/edit?lang=en")
    assert "Highest" in english.text


def test_who_may_not_change_a_call(
    officer: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    announce(officer)
    number = session.query(Call).one().id
    for role, program, code in (
        (Role.OFFICER, "hubei", 404),
        (Role.AUDITOR, None, 403),
        (Role.RECOMMENDER, "liaocheng", 403),
    ):
        client = log_in(make_user(role, program))
        assert client.get(f"/admin/register/calls/{number}/edit").status_code == code, role
