"""Reading profiles: everything wrong is named at once, everything good is kept."""

import math
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import facts, profile
from core.domain.clock import SHANGHAI
from core.domain.errors import Invalid
from core.domain.folding import repaired_lines
from core.domain.profile import parse_facts, to_json
from core.domain.reading import LONGEST_TEXT
from core.rules.clauses import PartyKind
from core.rules.terms import Kind, NumberFact, Value
from core.rules.text import T

USCC = "91350100M000100Y43"
ID_NUMBER = "11010519491231002X"


def value(name: str, given: object) -> Value:
    reading = parse_facts({name: given})
    assert reading.errors == {}
    return reading.values[name]


def error(name: str, given: object, **options: object) -> T:
    reading = parse_facts({name: given}, **options)
    assert reading.values == {}
    return reading.errors[name]


def test_null_is_absent_and_not_an_error():
    assert parse_facts({"name": None, "staff_full_time": None}) == profile.ProfileReading({}, {})


def test_good_facts_survive_bad_ones():
    reading = parse_facts(
        {"staff_full_time": 8, "satisfaction_pct": 101, "smes_servd_last_year": 3, "name": 5}
    )
    assert reading.values == {"staff_full_time": 8}
    assert list(reading.errors) == ["satisfaction_pct", "smes_servd_last_year", "name"]
    with pytest.raises(Invalid) as caught:
        reading.require()
    assert caught.value.errors == reading.errors
    assert parse_facts({"staff_full_time": 8}).require() == {"staff_full_time": 8}


@pytest.mark.parametrize(
    ("given", "expected"),
    [(0, 0), (8, 8), (3.0, 3), ("12", 12), (" 12 ", 12), ("3.00", 3), (Decimal("7"), 7), (10**15, 10**15)],
)
def test_counts(given, expected):
    parsed = value("staff_full_time", given)
    assert parsed == expected
    assert type(parsed) is int


@pytest.mark.parametrize(
    ("given", "expected"),
    [(95, "95"), (79.9, "79.9"), ("79.90", "79.90"), (0.1, "0.1"), (1e-7, "1E-7"), (Decimal("80.5"), "80.5")],
)
def test_decimals_are_what_was_written(given, expected):
    parsed = value("satisfaction_pct", given)
    assert parsed == Decimal(expected)
    assert type(parsed) is Decimal


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("staff_full_time", True, "true is not a number"),
        ("staff_full_time", 3.5, "3.5 is not a whole number"),
        ("staff_full_time", "3.5", '"3.5" is not a whole number'),
        ("staff_full_time", "eight", "is not a number"),
        ("staff_full_time", "", "is not a number"),
        ("staff_full_time", "1e3", "is not a number"),
        ("staff_full_time", "٣", "is not a number"),
        ("staff_full_time", "9" * 501, "is not a number"),
        ("staff_full_time", [8], "is not a number"),
        ("staff_full_time", -1, "is negative"),
        ("staff_full_time", -(10**16), "is negative"),
        ("staff_full_time", "-1", "is negative"),
        ("staff_full_time", 10**15 + 1, "is too large"),
        ("staff_full_time", math.nan, "is not a number"),
        ("staff_full_time", math.inf, "is too large"),
        ("total_assets_cny", -math.inf, "is negative"),
        ("total_assets_cny", Decimal("NaN"), "is not a number"),
        ("total_assets_cny", Decimal("Infinity"), "is too large"),
        ("total_assets_cny", -0.01, "is negative"),
        ("premises_area_m2", "80.123456789012345678901", "has too many digits"),
        ("premises_area_m2", 1e-30, "has too many digits"),
        ("satisfaction_pct", 100.01, "is above 100 percent"),
        ("satisfaction_pct", -0.01, "is negative"),
        ("satisfaction_pct", "90%", "is not a number"),
        ("fixed_premises", 1, "is not yes or no"),
        ("fixed_premises", "true", "is not yes or no"),
        ("established_on", "2023-02-29", "does not exist"),
        ("established_on", "2023/02/28", "is not a date"),
        ("established_on", "20230228", "is not a date"),
        ("established_on", "never", "is not a date"),
        ("established_on", 20230228, "is not a date"),
        ("established_on", datetime(2023, 2, 28, tzinfo=SHANGHAI), "is not a date"),
        ("established_on", "1799-12-31", "is not between 1800 and 2199"),
        ("established_on", "2200-01-01", "is not between 1800 and 2199"),
        ("last_penalty_on", False, "is not a date"),
        ("legal_form", "lawfirm", "did you mean law_firm?"),
        ("legal_form", "xyz", "choose from enterprise"),
        ("legal_form", 3, "is not one of the choices"),
        ("education", "phd", "choose from below_college"),
        ("service_functions", "legal", "is not a list"),
        ("service_functions", ["legal", "legl"], "did you mean legal?"),
        ("service_functions", [None], "is not one of the choices"),
        ("name", 5, "is not a text"),
        ("name", "  ", "is blank"),
        ("name", "a\x00b", "cannot be printed"),
        ("name", "\ud800", "cannot be printed"),
        ("name", "长" * 501, "is too long"),
        ("uscc", "91350100M000100Y44", "check digit"),
        ("uscc", 91350100, "is not a text"),
        ("region", 371500, "is not a text"),
        ("region", "3715", "is not a division code"),
        ("mobile", "12800138000", "is not a mainland mobile number"),
        ("email", "a@b", "is not an e-mail address"),
    ],
)
def test_what_is_refused(name, given, words):
    message = error(name, given)
    assert message.en.startswith(f"{name}: ")
    assert words in message.en
    assert f"（{name}）" in message.zh


@pytest.mark.parametrize("given", [0, 100, "0.00", 100.0])
def test_percentages_include_both_ends(given):
    assert value("satisfaction_pct", given) == Decimal(str(given))


def test_dates():
    assert value("established_on", "2024-02-29") == date(2024, 2, 29)
    assert value("established_on", date(2024, 2, 29)) == date(2024, 2, 29)
    assert [value("established_on", d).year for d in ("1800-01-01", "2199-12-31")] == [1800, 2199]
    assert value("last_penalty_on", "never") == "never"
    assert value("last_penalty_on", "2024-01-01") == date(2024, 1, 1)
    assert 'or "never" if there was none' in error("last_penalty_on", "nver").en


def test_choices_and_sets():
    assert value("legal_form", "law_firm") == "law_firm"
    assert value("service_functions", ["legal", "training", "legal"]) == frozenset({"legal", "training"})
    assert value("service_functions", []) == frozenset()


def test_identifiers_are_normalised():
    assert value("uscc", " 91350100m000100y43") == USCC
    assert value("id_number", ID_NUMBER.lower()) == ID_NUMBER
    assert value("mobile", "+86 138-0013-8000") == "13800138000"
    assert value("region", "371500") == "371500"
    assert value("email", "Zhang@Example.CN") == "Zhang@example.cn"
    assert value("name", "\u3000测试机构 ") == "测试机构"


def test_a_birth_date_after_today_is_refused():
    assert value("id_number", ID_NUMBER) == ID_NUMBER
    assert parse_facts({"id_number": ID_NUMBER}, today=date(1949, 12, 31)).errors == {}
    assert "birth date" in error("id_number", ID_NUMBER, today=date(1949, 12, 30)).en


@pytest.mark.parametrize("given", [ID_NUMBER[:-1] + "1", int(ID_NUMBER[:-1] + "1"), [ID_NUMBER]])
def test_no_message_shows_an_id_number_whole(given):
    message = error("id_number", given)
    assert "1949" not in message.en + message.zh


@pytest.mark.parametrize("given", ["1380013800012", 1380013800012])
def test_no_message_shows_a_mobile_number_whole(given):
    message = error("mobile", given)
    assert "138******0012" in message.zh
    assert "1380013800012" not in message.zh + message.en


def test_names_that_no_vocabulary_has():
    assert error("smes_servd_last_year", 3).en.endswith("did you mean smes_served_last_year?")
    assert error("zzz", 3).en == 'no fact is called "zzz"; leave it out'
    assert "?" in error("\ud800", 3).en


def test_a_flood_of_unknown_names_gets_no_suggestions():
    reading = parse_facts({f"staff_full_time{i}": 1 for i in range(100)})
    suggested = [message for message in reading.errors.values() if "did you mean" in message.en]
    assert len(reading.errors) == 100
    assert len(suggested) == profile.MOST_SUGGESTIONS


def test_facts_of_the_other_kind_of_party():
    reading = parse_facts({"uscc": USCC, "name": "张三"}, PartyKind.PERSON)
    assert reading.values == {"name": "张三"}
    assert reading.errors["uscc"].en == '"uscc" is not a fact of a party of kind person; leave it out'
    assert (
        error("id_number", ID_NUMBER, party=PartyKind.ORGANIZATION).zh
        == '"id_number" 不是机构的事实项；请删去'
    )
    assert parse_facts({"uscc": USCC, "id_number": ID_NUMBER}).errors == {}


def test_a_programme_adds_facts_of_its_own():
    own = NumberFact("liaocheng_visits", Kind.INTEGER, T("走访次数", "Visits"))
    raw = {"liaocheng_visits": 3}
    assert parse_facts(raw, PartyKind.ORGANIZATION, [own]).values == raw
    assert "liaocheng_visits" in parse_facts(raw).errors


def test_values_that_cannot_be_shown_are_named_by_type():
    assert error("staff_full_time", 10**6000).en.startswith("staff_full_time: int is too large")
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert error("staff_full_time", deep).en.startswith("staff_full_time: list is not a number")


numbers = st.decimals(0, 10**15, allow_nan=False, allow_infinity=False).filter(
    lambda number: len(number.as_tuple().digits) <= 20 and int(number.as_tuple().exponent) >= -20
)
BY_KIND: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.FLAG: st.booleans(),
    Kind.INTEGER: st.integers(0, 10**15),
    Kind.DECIMAL: numbers,
    Kind.MONEY: st.decimals(0, 10**12, places=2),
    Kind.PERCENT: st.decimals(0, 100, places=4),
    Kind.DATE: st.dates(date(1800, 1, 1), date(2199, 12, 31)),
    Kind.DATE_OR_NEVER: st.one_of(st.just("never"), st.dates(date(1800, 1, 1), date(2199, 12, 31))),
    Kind.TEXT: st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=LONGEST_TEXT)
    .map(repaired_lines)
    .filter(bool),
    Kind.USCC: st.just(USCC),
    Kind.ID_NUMBER: st.just(ID_NUMBER),
    Kind.REGION: st.integers(100000, 999999).map(str),
    Kind.MOBILE: st.integers(13_000_000_000, 19_999_999_999).map(str),
    Kind.EMAIL: st.just("zhang@example.cn"),
}


def _values_of(name: str) -> st.SearchStrategy[Value]:
    fact = facts.ALL[name]
    keys = [key for key, _ in fact.choices]
    if fact.kind is Kind.SET:
        return st.frozensets(st.sampled_from(keys))
    return st.sampled_from(keys) if keys else BY_KIND[fact.kind]


@given(st.fixed_dictionaries({}, optional={name: _values_of(name) for name in facts.ALL}))
def test_writing_as_json_and_reading_again_changes_nothing(values):
    again = parse_facts(to_json(values))
    assert again.errors == {}
    assert again.values == values


def test_decimals_in_json_are_ints_floats_or_strings():
    values: dict[str, Value] = {
        "satisfaction_pct": Decimal("95.00"),
        "public_benefit_share_pct": Decimal("33.3"),
        "premises_area_m2": Decimal("80.1234567890123456"),
        "service_functions": frozenset({"training", "legal"}),
        "established_on": date(2024, 2, 29),
        "fixed_premises": False,
    }
    assert to_json(values) == {
        "satisfaction_pct": 95,
        "public_benefit_share_pct": 33.3,
        "premises_area_m2": "80.1234567890123456",
        "service_functions": ["legal", "training"],
        "established_on": "2024-02-29",
        "fixed_premises": False,
    }


junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.decimals(), st.dates()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=4,
)


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(facts.ALL)), st.text()), junk, max_size=8))
def test_whatever_comes_is_read_or_refused_by_name(raw):
    reading = parse_facts(raw)
    assert not set(reading.values) & set(reading.errors)
    known = {name for name, given in raw.items() if given is not None or name not in facts.ALL}
    assert set(reading.values) | set(reading.errors) == known
    for message in reading.errors.values():
        (message.zh + message.en).encode()


def test_a_kept_value_that_the_fact_no_longer_takes_is_none():
    fact = facts.ALL["legal_form"]
    assert profile.stored(fact, "law_firm") == "law_firm"
    assert profile.stored(fact, "guild") is None
    assert profile.stored(fact, None) is None


def test_a_fraction_given_for_a_percentage_is_taken_and_warned_of():
    told = profile.doubts(parse_facts({"satisfaction_pct": 0.95, "staff_full_time": 1}).values)
    assert {name: text.en for name, text in told.items()} == {
        "satisfaction_pct": "taken as 0.95%; for 95% write 95"
    }
    for clear in (0, 1.01, 95):
        assert profile.doubts(parse_facts({"satisfaction_pct": clear}).values) == {}
    assert profile.doubts(parse_facts({"satisfaction_pct": 1}).values)["satisfaction_pct"].zh.endswith("100")
