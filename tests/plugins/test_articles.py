"""Every article of every text is listed once, and none that the text lacks."""

import re
from importlib.resources import files

import pytest

from core.hooks.coverage import coverage_rows, within
from core.rules.clauses import Coverage
from tests.plugins.profiles import programs

DIGITS = "零一二三四五六七八九"
ARTICLE = re.compile(r"^[\s\-]*(?:\[[^\]]*\]\s*)?第([一二三四五六七八九十百]+)条", re.MULTILINE)
ANNEX = re.compile(r"^附件\s*([1-4])\s*$", re.MULTILINE)
ITEM = re.compile(r"^([一二三四五六七八九十]+)、", re.MULTILINE)

PROGRAMS = ("jilin", "liaocheng", "hubei", "shanghai", "miit_volunteer")


def number(chinese):
    """二十一 -> 21; up to 99, which no text here passes."""
    tens, ten, ones = chinese.rpartition("十")
    if not ten:
        return DIGITS.index(chinese)
    return 10 * (DIGITS.index(tens) if tens else 1) + (DIGITS.index(ones) if ones else 0)


def articles_of(text, prefix=""):
    return [f"{prefix}{number(found)}" for found in ARTICLE.findall(text)]


def miit_articles(text):
    """N1-N5 of the notice, A1.n and A2.n of the measures, and the tables A3 and A4."""
    notice, *annexes = ANNEX.split(text)
    clauses = [f"N{number(found)}" for found in ITEM.findall(notice)]
    for annex, body in zip(annexes[::2], annexes[1::2], strict=True):
        clauses += articles_of(body, f"A{annex}.") or [f"A{annex}"]
    return clauses


def shanghai_articles(text):
    """二、 is section 2, 1. within it 2.1, （1） within that 2.1(1); only the innermost are listed.

    A paragraph after numbered ones, but for the categories of 2.2(2), closes their list: `2.1(last)`.
    """
    clauses = []
    section = item = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if found := re.match(r"([一二三四五])、", line):
            section = item = str(number(found[1]))
            clauses.append(section)
        elif not section:
            continue
        elif found := re.match(r"(\d)[.．]", line):
            item = f"{section}.{found[1]}"
            clauses.append(item)
        elif found := re.match(r"[（(](\d)[）)]", line):
            clauses.append(f"{item}({found[1]})")
        elif clauses[-1] != section and not re.match(r"\w+类：", line):
            clauses.append(f"{item if '(' in clauses[-1] else section}(last)")
    return [clause for clause in clauses if not any(c != clause and within(c, clause) for c in clauses)]


READERS = {"miit_volunteer": miit_articles, "shanghai": shanghai_articles}


def text_of(loaded):
    return files(loaded.plugin.__name__).joinpath("text.zh.txt").read_text(encoding="utf-8")


def test_the_five_programmes_are_loaded():
    assert not programs().problems, "\n".join(str(problem) for problem in programs().problems)
    assert sorted(programs().programs) == sorted(PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_article_of_the_text_is_listed_in_its_order(program):
    loaded = programs()[program]
    text = READERS.get(program, articles_of)(text_of(loaded))
    assert len(text) == len(set(text)), "the text was misread"
    assert [article.clause for article in loaded.articles] == text


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_article_ends_in_one_of_three_ways(program):
    loaded = programs()[program]
    asked = [item.clause for item in loaded.interpretations]
    for row in coverage_rows(loaded):
        if row.coverage is Coverage.INFORMATIONAL:
            assert not row.encoded_by, f"{row.article} is encoded after all: {row.encoded_by}"
            assert row.why.zh, row.article
            assert row.why.en, row.article
        else:
            assert row.encoded_by or row.why.zh, row.article
        if row.coverage is Coverage.INTERPRETED:
            assert row.interpretations, row.article
        else:
            assert not any(within(clause, row.article) for clause in asked), f"{row.article} is interpreted"


def test_chinese_numerals_are_read():
    assert [number(text) for text in ("一", "九", "十", "十一", "二十", "二十一")] == [1, 9, 10, 11, 20, 21]


def test_a_text_is_taken_apart_as_it_is_written():
    assert articles_of("第一条 为了\n[bookmark: _GoBack]第二条 见第九条\n  - 第三条 …") == ["1", "2", "3"]
    assert miit_articles("一、甲\n二、乙\n附件 1\n第一条 丙\n附件 3\n序号") == ["N1", "N2", "A1.1", "A3"]
    text = "各区：\n一、甲\n并\n二、乙\n　　1.丙\n　　（1）丁\n信息类：戊\n　　（2）己\n但\n　　2.庚\n"
    text += "三、辛\n1.壬\n又"
    assert shanghai_articles(text) == ["1", "2.1(1)", "2.1(2)", "2.1(last)", "2.2", "3.1", "3(last)"]
