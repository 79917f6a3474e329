"""Passwords: what each profile asks, to its bounds; common ones are named; a new rule locks nobody out."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from core.domain.clock import moment
from core.domain.errors import Invalid
from core.domain.roles import Role
from core.services.entry.common import COMMON
from core.services.entry.passwords import POLICIES, VARIABLE, due, errors, faults, hint, policy
from core.services.people import users
from core.storage.models import FormerPassword, User
from core.storage.models.people import PasswordDue

GOOD = "Kiefer7-Ufer-Glas"
AT = moment("2026-03-02T09:00")
TIME = "2026-03-02T09:00"


@pytest.fixture
def mlps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "mlps")


def said(password: str, *own: str) -> str:
    return errors(password, own).get("password", hint()).zh if errors(password, own) else ""


@pytest.mark.parametrize(("length", "fault"), [(11, "至少 12 个字符，现在是 11 个"), (12, ""), (13, "")])
def test_the_length_is_the_default_profiles_one_rule(length: int, fault: str) -> None:
    assert said("vkiqhxzufegln"[:length]) == fault


@pytest.mark.parametrize(("length", "fits"), [(199, True), (200, True), (201, False)])
def test_a_long_one_is_taken_whole(length: int, fits: bool) -> None:
    password = ("kiefer-ufer-glas-" * 12)[:length]
    assert (not faults(password)) is fits


def test_no_kinds_of_characters_are_asked_for_and_any_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for password in ("kiefer ufer glas", "松树湖岸玻璃灯塔信封月台", "🌲 ufer glas leuchte"):
        assert faults(password) == []


@pytest.mark.parametrize(
    "password",
    [
        *("password1234", "qwertyuiop12", "123456789012", "aaaaaaaaaaaaaaaa", "1qaz2wsx3edc4rfv"),
        *("woaini1314520", "Woaini5201314", "zhongguo2024", "Admin@123456", "liwei19900101"),
        *("P@ssw0rd2024!", "iloveyou1314", "13800138000a", "Huawei@123456"),
    ],
)
def test_what_many_have_is_refused_and_why_is_said(password: str) -> None:
    assert "过于常见" in said(password)


@pytest.mark.parametrize("password", ["zhangsanfeng@firm", "zhangsanfeng1", "13912345678-1"])
def test_what_everyone_knows_of_the_account_is_refused(password: str) -> None:
    assert "过于常见" in said(password, "zhangsanfeng@firm.example", "13912345678")


def test_every_fault_is_said_at_once_in_both_languages(mlps: None) -> None:
    (why,) = errors("password").values()
    for part in ("至少 10 个字符，现在是 8 个", "须包含 3 种字符，还缺大写字母、数字、其他符号", "过于常见"):
        assert part in why.zh
    for part in ("at least 10 characters", "a capital letter, a digit, another character", "too common"):
        assert part in why.en


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Kief7-Ufe", "至少 10 个字符，现在是 9 个"),
        ("Kief7-Ufer", ""),
        ("Kief7-Ufers", ""),
        ("kiefer-ufers", "须包含 3 种字符，还缺大写字母、数字"),
        ("kiefer7-ufer", ""),
        ("Kiefer7-ufer", ""),
    ],
)
def test_the_other_profile_asks_for_kinds(mlps: None, password: str, fault: str) -> None:
    assert said(password) == fault


@pytest.mark.parametrize(
    ("age", "because"),
    [
        (timedelta(days=90) - timedelta(seconds=1), None),
        (timedelta(days=90), PasswordDue.AGED),
        (timedelta(days=91), PasswordDue.AGED),
        (None, PasswordDue.AGED),
    ],
)
def test_the_other_profile_wants_another_after_ninety_days(
    mlps: None, age: timedelta | None, because: PasswordDue | None
) -> None:
    set_at = AT - age if age is not None else None
    user = SimpleNamespace(password_set_at=set_at, email="a@b.example", mobile="", name="")
    assert due(user, GOOD, AT) is because


def test_the_default_profile_wants_another_only_where_it_does_not_fit() -> None:
    user = SimpleNamespace(password_set_at=None, email="a@b.example", mobile="", name="")
    assert due(user, GOOD, AT) is None
    assert due(user, "short", AT) is PasswordDue.UNFIT


@pytest.mark.parametrize(("since", "fits"), [(3, False), (4, False), (5, True)])
def test_the_other_profile_takes_none_of_the_last_five(
    mlps: None, session, make_actor, begin, since: int, fits: bool
) -> None:
    owner = make_actor(Role.OFFICER)
    with begin(owner, TIME) as w:
        users.replace_password(w, users.by_id(w.session, owner.user_id), GOOD)
    for number in range(since):
        with begin(owner, TIME) as w:
            users.replace_password(w, users.by_id(w.session, owner.user_id), f"{GOOD}-{number}")
    with begin(owner, TIME) as w:
        again = partial(users.replace_password, w, users.by_id(w.session, owner.user_id), GOOD)
        if fits:
            again()
        else:
            with pytest.raises(Invalid, match="last 5 passwords"):
                again()
    assert session.scalar(select(func.count()).select_from(FormerPassword)) <= POLICIES["mlps"].history - 1


def test_the_default_profile_keeps_no_former_password(session, make_actor, begin) -> None:
    owner = make_actor(Role.OFFICER)
    for password in (GOOD, f"{GOOD}-2"):
        with begin(owner, TIME) as w:
            users.replace_password(w, users.by_id(w.session, owner.user_id), password)
    assert session.scalar(select(func.count()).select_from(FormerPassword)) == 0
    row = session.get_one(User, owner.user_id)
    assert (row.password_set_at, row.password_due) == (AT, None)


@pytest.mark.parametrize(("given", "meant"), [("", "asvs"), ("asvs", "asvs"), ("mlps", "mlps")])
def test_the_profile_is_a_setting_of_the_installation(given: str, meant: str) -> None:
    assert policy({VARIABLE: given}) is POLICIES[meant]


def test_a_profile_that_there_is_not_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="ACCREDIT_PASSWORD_POLICY is 'strong'; give asvs or mlps"):
        policy({VARIABLE: "strong"})


def test_the_hint_says_what_is_asked(mlps: None) -> None:
    assert "至少 10 个字符" in hint().zh
    assert "90 days" in hint().en


def test_the_words_of_the_country_are_each_named_once() -> None:
    assert len(set(COMMON)) == len(COMMON)
