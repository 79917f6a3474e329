"""Identifiers: what is read, what is refused, and what is shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from core.domain import identifiers
from core.domain.errors import MalformedError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check_digit(first_17: str) -> str:
    return first_17 + ric.calc_check_digit(first_17 + "0")


@pytest.mark.parametrize(
    "text",
    [
        "91350100M000100Y43",
        "91350100m000100y43",
        " 9135 0100-M000100Y43\u200b",
        "９１３５０１００Ｍ０００１００Ｙ４３",
    ],
)
def test_a_uscc_is_normalised(text):
    assert identifiers.uscc(text) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("91350100M000100Y44", "check digit"),
        ("91350100M000100Y4", "is not a unified social credit code"),
        ("91350100M000100Y4I", "is not a unified social credit code"),
        ("9135010AM000100Y43", "is not a unified social credit code"),
        ("", "is not a unified social credit code"),
        ("9" * 100, "…"),
    ],
)
def test_a_wrong_uscc_is_refused(text, words):
    with pytest.raises(MalformedError, match=words):
        identifiers.uscc(text)


@given(
    st.sampled_from(["11", "12", "31", "51", "91", "A1", "N2", "Y1"]),
    st.integers(110000, 659999).map(str),
    st.text(ALPHABET, min_size=9, max_size=9),
)
def test_every_registering_authority_is_known_and_one_slip_is_caught(authority, division, organization):
    body = authority + division + organization
    code = body + stdnum_uscc.calc_check_digit(body)
    assert identifiers.uscc(code) == code
    for position in (9, 16, 17):
        other = ALPHABET[(ALPHABET.index(code[position]) + 1) % 31]
        with pytest.raises(MalformedError, match="check digit"):
            identifiers.uscc(code[:position] + other + code[position + 1 :])


@pytest.mark.parametrize(
    "first_17",
    [
        "11010519491231002",
        "81000019900101001",
        "82000019900101001",
        "83000019900101001",
        "71000019900101001",
        "37159919900101001",  # a county that no list has
        "91112419810803002",  # a permanent resident from abroad
    ],
)
def test_id_numbers_residence_permits_and_permanent_residents(first_17):
    number = with_check_digit(first_17)
    assert identifiers.id_number(f" {number.lower()} ", date(2024, 6, 28)) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("110105194912310021", "check digit"),
        ("1101051949123100", "is not the number of a resident"),
        ("A1010519491231002X", "is not the number of a resident"),
        (with_check_digit("84000019900101001"), "is not the number of a resident"),
        (with_check_digit("96612419810803002"), "is not the number of a resident"),
        (with_check_digit("91112419811303002"), "birth date"),
        (with_check_digit("66010519900101001"), "is not the number of a resident"),
        ("110105491231002", "15 digits"),
        (with_check_digit("11010519490231002"), "birth date"),
        (with_check_digit("11010518991231002"), "birth date"),
        (with_check_digit("11010520240629002"), "birth date"),
    ],
)
def test_wrong_id_numbers_are_refused_without_being_shown(number, words):
    with pytest.raises(MalformedError, match=words) as caught:
        identifiers.id_number(number, date(2024, 6, 28))
    text = caught.value.text
    assert number not in text.zh + text.en


def test_a_birth_today_is_possible_and_without_today_the_future_is_not_asked():
    number = with_check_digit("11010520240628002")
    assert identifiers.id_number(number, date(2024, 6, 28)) == number
    assert identifiers.id_number(number) == number


@given(st.dates(date(1900, 1, 1), date(2023, 12, 31)), st.integers(0, 999))
def test_a_swap_of_neighbours_is_caught(born, order):
    number = with_check_digit(f"371502{born:%Y%m%d}{order:03d}")
    assert identifiers.id_number(number) == number
    swapped = number[:15] + number[16] + number[15] + number[17]
    if swapped != number:
        with pytest.raises(MalformedError):
            identifiers.id_number(swapped)


@pytest.mark.parametrize(
    "text", ["13800138000", "+8613800138000", "008613800138000", "86 138 0013 8000", "１３８-0013-8000"]
)
def test_mobile_numbers(text):
    assert identifiers.mobile(text) == "13800138000"


@pytest.mark.parametrize("text", ["12800138000", "1380013800", "138001380001", "+85291234567", "110", ""])
def test_what_gets_no_text_message_is_refused(text):
    with pytest.raises(MalformedError, match="mainland mobile"):
        identifiers.mobile(text)


@pytest.mark.parametrize("text", ["0635-8241234", "010-82312345", "82412345", "+86 531 82412345", "2412345"])
def test_a_landline_is_refused_with_the_reason(text):
    with pytest.raises(MalformedError, match="landline, which receives no text messages") as caught:
        identifiers.mobile(text)
    assert text[-6:-4] not in caught.value.text.en


def test_a_code_whose_check_digit_does_not_fit_is_taken_where_it_is_accepted():
    code = "91350100M000100Y44"
    for accepted in (identifiers.AS_KEPT, identifiers.accepted_among([code.lower()])):
        assert identifiers.uscc("9135 0100-m000100y44", accepted) == code
        assert identifiers.enterprise_key("甲", code, accepted) == f"uscc:{code}"
    for accepted in (
        identifiers.NOT_ACCEPTED,
        identifiers.accepted_among(None),
        identifiers.accepted_among([]),
    ):
        with pytest.raises(identifiers.UnfitCheckDigit, match="ask the authority to accept it"):
            identifiers.uscc(code, accepted)
    with pytest.raises(MalformedError, match="18 digits") as caught:
        identifiers.uscc("9135", identifiers.AS_KEPT)
    assert not isinstance(caught.value, identifiers.UnfitCheckDigit)
    for wrong in (code, [1]):
        with pytest.raises(MalformedError, match="must be a list"):
            identifiers.accepted_among(wrong)


def test_regions():
    assert identifiers.region(" 371500 ") == "371500"
    for text in ("3715", "071500", "37150A", ""):
        with pytest.raises(MalformedError, match="division code"):
            identifiers.region(text)


@pytest.mark.parametrize("text", ["a@b.cn", "first.last+tag@mail.example.com.cn"])
def test_email_addresses(text):
    assert identifiers.email(f" {text} ") == text


@pytest.mark.parametrize(
    "text", ["a@b", "@b.cn", "a@", "a b@c.cn", "a@@b.cn", "a@b..cn", "x" * 65 + "@b.cn", f"a@{'x' * 250}.cn"]
)
def test_wrong_email_addresses(text):
    with pytest.raises(MalformedError, match="e-mail"):
        identifiers.email(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ｚｈａｎｇ＠Example.CN", "zhang@example.cn"),
        ("zhang\u200b@example.cn\u00ad", "zhang@example.cn"),
        ("zhang@例子.中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
        ("zhang@xn--fsqu00a.xn--fiqs8s", "zhang@xn--fsqu00a.xn--fiqs8s"),
        ("zhang@mail.intranet", "zhang@mail.intranet"),
    ],
)
def test_an_address_as_mail_servers_take_it(typed, kept):
    assert identifiers.email(typed) == kept
    assert identifiers.email(kept) == kept


@pytest.mark.parametrize(
    "typed", ["张三 <zhang@example.cn>", "<zhang@example.cn>", '"张, 三" < zhang@example.cn >']
)
def test_a_display_name_is_told_apart(typed):
    with pytest.raises(MalformedError) as refused:
        identifiers.email(typed)
    assert refused.value.mend.zh == "请只填地址，如 zhang@example.cn"


@pytest.mark.parametrize(
    "typed",
    ["张@163.com", "张三@例子.中国", "a..b@x.cn", ".a@x.cn", "a@-b.cn", "a@b_c.cn", "a@[1.2.3.4]", "a@x.cn."],
)
def test_what_no_mail_server_takes(typed):
    with pytest.raises(MalformedError):
        identifiers.email(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("聊城（测试）有限公司", "聊城(测试)有限公司"),
        ("ＡＢＣ 科技", "abc科技"),
        (" 企业\u3000001 ", "企业001"),
        ("测\u200b试", "测试"),
        ("Straße", "STRASSE"),
        ("企\u0362\u1fcd\u22b8", "企\u0362\u0313\u0300\u22b8"),
    ],
)
def test_names_of_one_enterprise(one, other):
    assert identifiers.enterprise_key(one) == identifiers.enterprise_key(other)


def test_a_uscc_decides_over_the_name():
    code = "91350100M000100Y43"
    assert identifiers.enterprise_key("甲", code) == identifiers.enterprise_key("乙", code.lower())
    assert identifiers.enterprise_key("甲", code) != identifiers.enterprise_key("甲")
    assert identifiers.enterprise_key("甲") != identifiers.enterprise_key("乙")
    with pytest.raises(MalformedError, match="check digit"):
        identifiers.enterprise_key("甲", code[:-1] + "4")
    with pytest.raises(MalformedError, match="no name"):
        identifiers.enterprise_key(" \u200b")


@given(st.text(max_size=30).map(lambda text: f"企业{text}"))
def test_a_key_is_its_own_key(name):
    key = identifiers.enterprise_key(name)
    assert identifiers.enterprise_key(key.removeprefix("name:")) == key


def test_masks():
    assert identifiers.mask_id_number("11010519491231002X") == "110***********002X"
    assert identifiers.mask_mobile("13800138000") == "138****8000"
    assert identifiers.mask_mobile("1380013800") == "*" * 10


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("账号 13800138000 已开通", "账号 138****8000 已开通"),
        ("550 <11010519491231002X>: unknown", "550 <110***********002X>: unknown"),
        ("11010519491231002x", "110***********002x"),
        ("11010519491231002Y", "11010519491231002Y"),
        ("91350100M000100Y43", "91350100M000100Y43"),
        ("110105194912310021", "110105194912310021"),
        ("12800138000", "12800138000"),
        ("138001380001", "138001380001"),
        ("1380013800", "1380013800"),
        ("13800138000、13900139000", "138****8000、139****9000"),
        ("", ""),
    ],
)
def test_numbers_of_people_within_words_are_masked_and_no_others(words, read):
    assert identifiers.masked_within(words) == read


@given(st.text())
def test_a_mask_keeps_the_length_and_hides_four_characters_or_all(text):
    for mask in (identifiers.mask_id_number, identifiers.mask_mobile):
        masked = mask(text)
        assert len(masked) == len(text)
        assert masked == "*" * len(text) or masked[3:-4] == "*" * (len(text) - 7)
        assert masked.count("*") >= min(4, len(text))
