"""No Chinese page has an English word and no English page a Chinese one, as written and as shown."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.traced import unmeasured
from tests.web import addresses
from tests.web.crawl import Crawl
from tests.web.filled import PEOPLE, Filled
from tests.web.speech import (
    CHINESE,
    ROOT,
    WORD,
    page_words,
    python_texts,
    script_literals,
    strange_words,
    template_literals,
    template_texts,
    wrong_words,
)

TEMPLATES = sorted((ROOT / "core").rglob("templates/**/*.html"))
SOURCES = sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")])
SCRIPTS = sorted((ROOT / "core/web/static").glob("*.js"))
SAME = {"—", "·", "、", ", ", "-", "–", "%", "KB", "MB", "PDF", "CSV", "JSON", "xlsx", ""}
"""Texts that may be the same in both languages."""
FILLED_IN = re.compile(r"\{[^}]*\}|%[sd]")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_says_everything_in_both_languages(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert template_literals(source) == []
    wrong = [pair for pair in template_texts(source) if fault(*pair)]
    assert wrong == []


def fault(zh: str | None, en: str | None) -> str:
    """What is wrong with the two languages of a text; empty where nothing is."""
    if zh is not None and zh == en and (zh.strip() in SAME or not (WORD.search(zh) or CHINESE.search(zh))):
        return ""
    if en is not None and CHINESE.search(en):
        return "Chinese in the English text"
    if zh is not None and not CHINESE.search(zh) and strange_words(FILLED_IN.sub("", zh)):
        return "no Chinese in the Chinese text"
    return ""


@unmeasured()
def test_every_text_of_the_code_is_in_both_languages() -> None:
    wrong = []
    number = 0
    for path in SOURCES:
        for line, zh, en in python_texts(path.read_text(encoding="utf-8")):
            number += 1
            if why := fault(zh, en):
                wrong.append(f"{name(path)}:{line}: {why}: {zh!r} / {en!r}")
    assert number > 1000
    assert wrong == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_has_no_words_of_its_own(path: Path) -> None:
    assert script_literals(path.read_text(encoding="utf-8")) == []


def test_every_chinese_page_speaks_chinese(crawled: Crawl) -> None:
    wrong: dict[str, set[str]] = {}
    for (who, path), answer in crawled.answers.items():
        if answer.page is not None and answer.code == answer.wanted == 200:
            found = wrong_words(answer.page, "zh")
            if found:
                wrong[f"{who} {path}"] = found
    assert not wrong, "\n".join(f"{page}: {said}" for page, said in wrong.items())


def test_every_english_page_speaks_english(filled: Filled, filled_app: Flask) -> None:
    wrong: dict[str, set[str]] = {}
    browsers = {who: filled.browser(filled_app, who) for who in PEOPLE}
    for _endpoint, path, who, code in addresses.visits(filled):
        answer = browsers[who].get(f"{path}{'&' if '?' in path else '?'}lang=en")
        if answer.mimetype == "text/html" and answer.status_code == code == 200:
            found = wrong_words(answer.text, "en")
            if found:
                wrong[f"{who} {path}"] = found
        answer.close()
    assert not wrong, "\n".join(f"{page}: {said}" for page, said in wrong.items())


@pytest.mark.parametrize("code", [403, 404, 405])
def test_error_pages_speak_one_language(filled: Filled, filled_app: Flask, code: int) -> None:
    path, method = {
        403: ("/admin/users/", "GET"),
        404: ("/admin/nothing", "GET"),
        405: ("/admin/parties/action/", "GET"),
    }[code]
    for language in ("zh", "en"):
        answer = filled.browser(filled_app, "officer").open(f"{path}?lang={language}", method=method)
        assert answer.status_code == code
        assert wrong_words(answer.text, language) == set()


# What the checks themselves find and pass over.
@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{{ t('甲', 'A') }} · 12</p>", []),
        ("<p>Hello {{ x }}</p>", ["Hello …"]),
        ("<p>你好</p>", ["你好"]),
        ('<input placeholder="name">', ['placeholder="name"']),
        ("<input placeholder=\"{{ t('名', 'name') }}\">", []),
        ('<span translate="no">xlsx</span> <b>no</b>', ["no"]),
        ("<script>let word = 1;</script><p>&nbsp;&mdash;</p>", []),
        ("{# a remark #}{% if word %}<i>x</i>{% endif %}", []),
    ],
)
def test_literals_of_a_template_are_found(source: str, found: list[str]) -> None:
    assert template_literals(source) == found


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("{{ t('甲', 'A') }}", 0),
        ("{{ t('甲', '甲') }}", 1),
        ("{{ t('word here', 'word here') }}", 1),
        ("{{ t('第 %d 页' % n, 'page %d' % n) }}", 0),
        ("{{ 'shown' if a else b }}", 1),
        ("{{ '乙' ~ b }}", 1),
        ("{{ b if a == 'name' else c['key'] }}", 0),
        ("{% set x = 'value' %}{{ f('x', kind='name') }}", 0),
        ("{% set x = '丙' %}", 1),
    ],
)
def test_texts_of_a_template_are_looked_at(source: str, faults: int) -> None:
    assert len([pair for pair in template_texts(source) if fault(*pair) or pair[0] == pair[1]]) == faults


def test_texts_of_a_source_are_looked_at() -> None:
    source = 'T("甲", "A")\nT(f"{x} 条", f"{x} rows")\nT(zh="乙", en="乙")\nT(a, b)\nt("PDF", "PDF")'
    found = [(line, bool(fault(zh, en))) for line, zh, en in python_texts(source)]
    assert found == [(1, False), (2, False), (3, True), (4, False), (5, False)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x.textContent = item.dataset.done;", []),
        ("x.textContent = 'done';", ["done"]),
        ("x.textContent = `${a} / ${b}`;", []),
        ("confirm('Really?')", ["Really?"]),
        ('let y = "已";', ["已"]),
        ("// a remark 注\nlet z = 'data-key';", []),
    ],
)
def test_words_of_a_script_are_found(source: str, found: list[str]) -> None:
    assert script_literals(source) == found


def test_data_and_scripts_of_a_page_are_not_its_voice() -> None:
    page = '<p title="Hint">甲 <span translate="no">ACME Ltd</span> Word</p><script>var zhi = 1</script>'
    assert wrong_words(page, "zh") == {"Hint", "Word"}
    assert wrong_words(page, "en") == {"甲  Word"}
    assert "ACME" not in page_words(page)
