"""Names: what people see as one is one; what is kept is repaired only where it is certain."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import folding
from core.domain.folding import folded, number_key, repaired, repaired_lines

SAME = [
    ("鲁西某某服务中心（聊城）", "鲁西某某服务中心(聊城)"),
    ("鲁西某某服务中心【聊城】", "鲁西某某服务中心（聊城）"),
    *(("阿依努尔·买买提", f"阿依努尔{dot}买买提") for dot in "•・．.‧∙⋅･˙●⦁⸳ꞏ"),
    ("长春市文化服务中心", "⻓春市⽂化服务中心"),
    ("龙口市龟山镇", "⻰口市⻳山镇"),
    ("ＡＢＣ　咨询", "abc咨询"),
    ("中\u200b小\u00ad企\ufeff业\u2060局", "中小企业局"),
    ("葛\U000e0100城", "葛城"),
    ("甲－乙公司", "甲—乙公司"),
    ("“新”服务", '"新"服务'),
    *((f"甲{left}新{right}", "甲(新)") for left, right in ("⟨⟩", "〈〉", "⦅⦆", "｟｠", "「」", "｢｣")),
    *(("O'Neil", f"O{mark}Neil") for mark in "ʼ’´`＇"),
    ("甲-乙", "甲⁃乙"),
    ("NGUYỄN", "nguyễn"),
    ("ԱՆԻ", "անի"),
    ("ἈΘΗΝΑ", "ἀθηνα"),
    ("STRAẞE", "strasse"),
    *((f"甲{chr(code)}乙", "甲乙") for code in (0xFFF0, 0xFFF8, 0xE0000, 0xE0080, 0xE01F0, 0xE0FFF)),
    ("Société", "SOCIE\u0301TE\u0301"),
    ("①号楼", "1号楼"),
    ("", " \u3000\n"),
]
APART = [("甲乙", "乙甲"), ("聊城(东)", "聊城东"), ("1号", "2号"), ("长", "镸"), ("龙", "龍")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_one_name(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_is_another_name(one, other):
    assert folded(one) != folded(other)


def test_every_radical_of_both_blocks_is_an_ideograph():
    radicals = [chr(code) for code in (*range(0x2E81, 0x2EF4), *range(0x2F00, 0x2FD6)) if code != 0x2E9A]
    for text in (folded("".join(radicals)), repaired("".join(radicals))):
        assert len(text) == len(radicals) == 114 + 214
        assert all("CJK UNIFIED IDEOGRAPH" in unicodedata.name(each) for each in text)


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=30))
def test_a_repaired_name_is_the_same_name(text):
    once = repaired(text)
    assert folded(once) == folded(text)
    assert repaired(once) == once
    assert repaired_lines(repaired_lines(text)) == repaired_lines(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("⻓春 \u3000⽂化\t中\n心 ", "长春 文化 中 心"),
        ("长春 \x1b\r中心", "长春 中心"),
        ("中\u200b小\u00ad企业\u2029局", "中小企业 局"),
        ("阿依努尔•买买提（聊城）", "阿依努尔•买买提（聊城）"),
        ("ＡＢＣ", "ＡＢＣ"),
    ],
)
def test_only_what_is_certain_is_repaired(typed, kept):
    assert repaired(typed) == kept


def test_a_text_keeps_its_lines():
    assert repaired_lines("  第一行\n⻓\u200b期：\t二\u200c ") == "第一行\n长期：\t二\u200c"


PRINTED = "HB-S-2024-0042"
WRITTEN = (
    "HB\u2011S\u20112024\u20110042", "HB–S–2024–0042", "HB⁃S⁃2024⁃0042", "hb-s-2024-0042", "HBS20240042",
    " HB S 2024 0042 ", "HB-S-2024-0042\u200b", "ＨＢ－Ｓ－２０２４－００４２", "HB-S-2024-0042\U000e0080",
)  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_what_is_one_number(written):
    assert number_key(written) == number_key(PRINTED) == "hbs20240042"


@pytest.mark.parametrize("other", ["HB-S-2024-0043", "HB-Z-2024-0042", "HB-S-2024-42", "HB/S/2024/0042", ""])
def test_what_is_another_number(other):
    assert number_key(other) != number_key(PRINTED)


def test_brackets_of_every_kind_are_one_in_a_number():
    assert {
        number_key(f"鄂服{left}2024{right}3号") for left, right in ("（）", "()", "〔〕", "［］", "[]")
    } == {"鄂服(2024)3号"}


def test_the_statement_names_its_function():
    assert folding.SQL_NAME in folding.sql()
