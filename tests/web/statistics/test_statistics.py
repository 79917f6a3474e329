"""The statistics as pages: charts with their tables, exports, reach, both languages."""

import inspect
import io
import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from core.domain.clock import today
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.web.figures import topics
from tests.services.factory import accredit, serve
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser, Page

TOPICS = ("", "duties", "calls", "services")


@pytest.fixture(autouse=True)
def held(engine: Engine) -> None:
    """A few accreditations of two programmes."""
    wuhan = accredit(engine, "hubei/comprehensive", "2026-05-01", functions=["legal"])
    accredit(
        engine, "hubei/specialized", "2024-05-01", region="420502",
        state=AccreditationState.EXPIRED, ended_on=date(2026, 5, 2),
    )  # fmt: skip
    accredit(engine, "liaocheng/comprehensive", "2026-05-01")
    serve(engine, wuhan, today().isoformat(), "2", ("甲",), satisfaction_pct=90)


def charts(page: Page) -> dict[str, dict]:
    """What the charts of a page are drawn from, by the figure that they belong to."""
    assert page.doc is not None
    return {
        section.get("id"): json.loads(box.get("data-chart"))
        for section in page.doc.xpath("//section[contains(@class, 'figure')]")
        for box in section.xpath(".//*[@data-chart]")
    }


def table(page: Page, key: str) -> list[list[str]]:
    """The rows of the table beneath a chart."""
    assert page.doc is not None
    rows = page.doc.xpath(f"//section[@id='{key}']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./td")] for row in rows]


def test_each_chart_stands_with_the_table_that_it_is_drawn_from(make_user: MakeUser, log_in: LogIn) -> None:
    page = Browser(log_in(make_user(Role.AUDITOR))).get("/admin/statistics/")
    drawn = charts(page)
    assert set(drawn) == {"tracks", "regions", "functions", "months"}
    assert drawn["functions"]["categories"] == ["法律服务"]
    assert drawn["functions"]["series"] == [{"name": "有效", "values": [1]}]
    assert table(page, "functions") == [["法律服务", "湖北省中小企业公共服务严选服务机构", "1"]]
    months = drawn["months"]
    assert len(months["categories"]) == 24
    assert [row[0] for row in table(page, "months")] == months["categories"]
    assert page.doc is not None
    for box in page.doc.xpath("//*[@data-chart]"):
        assert box.get("role") == "img"
        assert box.get("aria-label")


def test_figures_keep_to_the_reach_and_to_what_the_address_asks(make_user: MakeUser, log_in: LogIn) -> None:
    officer = Browser(log_in(make_user(Role.OFFICER, "hubei")))
    names = [row[0] for row in table(officer.get("/admin/statistics/"), "tracks")]
    assert set(names) == {"湖北省中小企业公共服务严选服务机构"}
    lead = Browser(log_in(make_user(Role.LEAD)))
    page = lead.get("/admin/statistics/?program=liaocheng&months=12")
    assert len(table(page, "tracks")) == 1
    assert len(table(page, "months")) == 12
    for call in ("y", "-1", "0", "9223372036854775808", "99999999999999999999"):
        assert lead.get(f"/admin/statistics/calls?call={call}").status == 200
    odd = lead.get("/admin/statistics/?program=nothing&region=xx&months=7&call=y")
    assert len(table(odd, "tracks")) == 3
    assert len(table(odd, "months")) == 24
    assert table(lead.get("/admin/statistics/?region=420500"), "tracks")[0][-2:] == ["0", "0"]


def test_an_empty_chart_is_a_sentence(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.OFFICER, "shanghai")))
    page = browser.get("/admin/statistics/")
    assert charts(page) == {}
    assert "所选范围内没有数据" in page.text
    assert "没有临近期满而服务量不足的认定" in browser.get("/admin/statistics/duties").text


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_in_both_languages(make_user: MakeUser, log_in: LogIn, topic: str) -> None:
    browser = Browser(log_in(make_user(Role.LEAD)))
    chinese, english = (browser.get(f"/admin/statistics/{topic}?lang={lang}") for lang in ("zh", "en"))
    assert "统计" in chinese.text
    assert "Statistics" in english.text
    assert english.doc is not None
    for heading in english.doc.xpath("//main//h2 | //main//th | //main//label"):
        assert heading.text_content().isascii(), heading.text_content()
    for data in charts(english).values():
        assert data["language"] == "en"
        assert all(run["name"].isascii() for run in data["series"])


def test_a_table_leaves_as_xlsx_with_numbers_and_as_csv(make_user: MakeUser, log_in: LogIn) -> None:
    client = log_in(make_user(Role.AUDITOR))
    answer = client.get("/admin/statistics/register/tracks.xlsx?program=hubei")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert tuple(rows[0][:4]) == ("项目", "类别", "有效", "整改中")
    assert [row[2] for row in rows[1:]] == [1, 0]
    text = client.get("/admin/statistics/services/volume.csv?months=12").data.decode()
    assert text.startswith("\ufeff月份,")
    assert len(text.strip().splitlines()) == 13
    for path in ("register/nothing.csv", "register/tracks.pdf", "elsewhere/tracks.csv", "elsewhere"):
        assert client.get(f"/admin/statistics/{path}").status_code == 404


def test_who_sees_no_accreditations_sees_no_statistics(make_user: MakeUser, log_in: LogIn) -> None:
    for role in (Role.REVIEWER, Role.SYSADMIN, None):
        assert log_in(make_user(role)).get("/admin/statistics/").status_code == 403


def test_the_dashboard_has_two_charts_at_most(make_user: MakeUser, log_in: LogIn) -> None:
    page = Browser(log_in(make_user(Role.LEAD, "hubei"))).get("/admin/")
    assert set(charts(page)) == {"months", "regions"}
    assert charts(Browser(log_in(make_user(Role.SYSADMIN))).get("/admin/")) == {}


def test_everyone_sees_who_holds_a_status_and_nothing_of_how_it_ended(app: Flask) -> None:
    page = Browser(app.test_client()).get("/statistics/")
    assert {row[0] for row in table(page, "tracks")} == {
        "湖北省中小企业公共服务严选服务机构",
        "聊城市中小企业公共服务示范平台",
    }
    assert "撤销" not in page.text
    assert charts(page)["months"]["series"][1]["name"] == "已结束"
    english = app.test_client().get("/statistics/?lang=en&program=hubei")
    assert "Accreditations in force by region" in english.text
    assert len(html.fromstring(english.text).xpath("//section[@id='tracks']//tbody/tr")) == 1
    answer = app.test_client().get("/statistics/regions.csv?program=hubei")
    assert answer.data.decode("utf-8-sig").splitlines() == ["地区,有效", "420106,1"]
    assert app.test_client().get("/statistics/nothing.csv").status_code == 404


def test_every_figure_stands_on_a_page() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in Path("core/web").glob("[!f]*/*.py"))
    made = [
        name
        for name, item in vars(topics).items()
        if inspect.isfunction(item) and "Figure" in str(item.__annotations__.get("return")) and name[0] != "_"
    ]
    assert made
    assert [name for name in made if f"topics.{name}(" not in pages] == []
