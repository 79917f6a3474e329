"""How the audit trail tells a change: names of columns and values, before and after, in both languages."""

from __future__ import annotations

from flask import Flask

from core.web.system.trail import _plain, changed, changes_text


def test_the_trail_shows_moments_of_the_wall_clock_and_words(app: Flask) -> None:
    changes = {"since": "2024-06-03T02:00:00+00:00", "main": [None, True], "note": ["旧", None]}
    with app.test_request_context("/?lang=zh"):
        assert changes_text("membership", changes).striptags() == (
            "since: 2024-06-03 10:00; main: 是; 说明: 旧 → —"
        )


def test_the_trail_tells_each_value_by_its_name_before_and_after(app: Flask) -> None:
    changes = {
        "state": ["active", "revoked"],
        "program": [None, "jilin"],
        "settings": [{"parameters": {"a": "1"}, "old": [1, 2]}, {"parameters": {"a": "2"}}],
        "facts": [None, {"staff_full_time": 7, "nothing_known": {"x": True}}],
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
        ("设置 · parameters", "a: 1", "a: 2"),
        ("设置 · old", "1、2", "—"),
        ("事实 · 从事中小企业服务的专职人员数", "—", "7"),
        ("事实 · nothing_known", "—", "x: 是"),
        ("made_up", "—", "<b>"),
    ]
    assert told("en")[0] == ("State", "In force", "Revoked")
