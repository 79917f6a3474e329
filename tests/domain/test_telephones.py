"""Telephone numbers are kept in one form, and what is none is refused; docs/data-entry.md shows more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import MalformedError
from core.domain.identifiers import telephones as t

NUMBERS = (
    "13800138000",
    "0531-82412345",
    "010-82312345转801",
    "0635-8241234",
    "400-123-4567转1",
    "+852-2345-6789转12",
    "+1-650-253-0000",
)


@given(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=5), st.sampled_from("、，,;；/\n|"))
def test_numbers_in_one_form_stay_as_they_are(several, parted):
    kept = t.telephones(parted.join(several))
    assert kept == "、".join(dict.fromkeys(several))
    assert t.telephones(kept) == kept
    assert t.numbers(kept) == tuple(dict.fromkeys(several))


@pytest.mark.parametrize(
    "written",
    [
        "(0531)82412345转801",
        "（0531） 8241 2345 转 801",
        "０５３１－８２４１２３４５－８０１",
        "0531‑8241‑2345 ext. 801",
        "+86 531 82412345 #801",
        "0086-531-82412345x801",
        "0531—82412345（分机：801）",
        "\u202a0531\u00ad-82412345\u200b转801\u202c",
        "53182412345-801",
    ],
)
def test_a_landline_however_it_is_written(written):
    assert t.telephones(written) == "0531-82412345转801"


def test_a_landline_behind_another_lies_in_the_same_area():
    assert t.telephones("0531-82412345 82412346") == "0531-82412345、0531-82412346"
    assert t.telephones("0531-82412345、138 0013 8000、12345678") == (
        "0531-82412345、13800138000、0531-12345678"
    )
    for first in ("82412346、0531-82412345", "13800138000、82412346", "400-123-4567、82412346"):
        with pytest.raises(MalformedError, match="no area code"):
            t.telephones(first)


@pytest.mark.parametrize(
    "written",
    [
        "0531-824123",
        "0531-8241234",
        "0531-824123456",
        "0531-02345678",
        "0999-82412345",
        "+999 12345678",
        "95588",
        "0531-82412345/46",
        "0531-82412345转8011234",
        "0531-82412345 见附件",
        "张三 13800138000",
        "+",
        "()",
        "",
        "、，",
    ],
)
def test_what_nobody_can_dial_is_refused(written):
    with pytest.raises(MalformedError, match="is not a telephone number"):
        t.telephones(written)


def test_a_text_is_taken_up_to_two_hundred_characters():
    many = "、".join(f"138001380{place}" for place in range(10, 26)) + "、"
    assert len(t.telephones(many + " " * (200 - len(many)))) == 191
    with pytest.raises(MalformedError, match="200"):
        t.telephones(many + " " * (201 - len(many)))
    local = "0531-82412345、" + "、".join(f"824123{place}" for place in range(10, 30))
    assert len(local) < 200
    with pytest.raises(MalformedError, match="200"):
        t.telephones(local)


def test_mobile_numbers_among_others_are_found_and_numbers_masked():
    kept = "0531-82412345、13900139000、13800138000"
    assert (t.first_mobile(kept), t.first_mobile("0531-82412345"), t.first_mobile("")) == (
        "13900139000",
        "",
        "",
    )
    assert t.mask_telephones(kept) == "053******2345、139****9000、138****8000"
    assert t.all_numbers("13900139000", kept, "") == "13900139000、0531-82412345、13800138000"
