"""How the audit trail tells a change: names of columns and values, before and after, in both languages."""

from __future__ import annotations

from flask import Flask

from core.web.system.trail import _plain, changed, changes_text

READINGS = {"jilin.mode": "confirm"}


def test_the_trail_shows_moments_of_the_wall_clock_and_words(app: Flask) -> None:
    changes = {"since": "2024-06-03T02:00:00+00:00", "main": [None, True], "note": ["旧", None]}
    with app.test_request_context("/?lang=zh"):
        assert changes_text("membership", changes).striptags() == (
            "起算日期: 2024-06-03 10:00; 主要联系人: 是; 说明: 旧 → —"
        )


def test_the_trail_tells_each_value_by_its_name_before_and_after(app: Flask) -> None:
    changes = {
        "state": ["active", "revoked"],
        "program": [None, "jilin"],
        "settings": [
            {"parameters": {"9(5).financing_lectures": "4"}, "old": [1, 2]},
            {"parameters": {"9(5).financing_lectures": "5", "agreement.years": "3"}, "readings": READINGS},
        ],
        "facts": [None, {"staff_full_time": 7, "education": "bachelor", "nothing_known": {"x": True}}],
        "verdict": [None, {"outcome": "eligible", "sentence": {"zh": "满足", "en": "Met"}}],
        "made_up": [None, "<b>"],
    }

    def told(language: str) -> list[tuple[str, ...]]:
        with app.test_request_context(f"/?lang={language}"):
            rows = changed("accreditation", changes)
            assert "{" not in changes_text("accreditation", changes)
            return [tuple(_plain(text) for text in (row.name, row.before, row.after)) for row in rows]

    assert told("zh") == [
        ("状态", "有效", "已撤销"),
        ("项目", "—", "吉林市中小企业服务商及志愿服务中小企业专家"),
        ("设置 · 条款中的数字", "9(5) 年融资讲座次数: 4", "9(5) 年融资讲座次数: 5；协议约定 年数: 3"),
        ("设置 · old", "1、2", "—"),
        ("设置 · 条款的理解", "—", "考核未达标的解除是否自动生效？: 须由两名工作人员确认"),
        ("事实 · 从事中小企业服务的专职人员数", "—", "7 人"),
        ("事实 · 学历", "—", "本科"),
        ("事实 · nothing_known", "—", "x: 是"),
        ("审查结论 · 结论", "—", "符合条件"),
        ("审查结论 · 理由全文", "—", "满足"),
        ("made_up", "—", "<b>"),
    ]
    assert told("en")[0] == ("State", "In force", "Revoked")


def test_what_a_row_says_beside_a_value_tells_its_words(app: Flask) -> None:
    fact = {"name": [None, "education"], "value": [None, "master"]}
    call = {"program": [None, "hubei"], "edition": [None, "measures"], "tracks": [None, ["comprehensive"]]}
    with app.test_request_context("/?lang=zh"):
        assert changes_text("fact_entry", fact).striptags() == "名称: 学历; 取值: 硕士"
        assert "hubei" not in changes_text("call", call)
        assert "comprehensive" not in changes_text("call", call)
        assert changes_text("fact_entry", {"value": [None, 7]}).striptags() == "取值: 7"
