"""A recommender recommends ten at once: first the list, then the word, in Chinese and in English."""

from datetime import date, timedelta

import pytest

from core.domain.lifecycle.states import ApplicationState
from tests.e2e.conftest import Enter, Look, OpenAccount, Site
from tests.e2e.person import Person
from tests.services.journey import Case, Town

KEY = "hubei/specialized"
DAY = date(2025, 9, 1)


def ten(town: Town) -> list[Case]:
    """Ten applications that meet their conditions, and one that does not."""
    names = [f"武汉江汉服务机构第{number}家" for number in "一二三四五六七八九十"]
    cases = [town.start(KEY, day=DAY, name=name) for name in names]
    for case in cases:
        case.fill().attach_all().submit()
    short = town.start(KEY, day=DAY, name="武汉江汉人手不足机构")
    short.fill({"staff_full_time": 1}).attach_all().submit()
    return [*cases, short]


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.assurance)])
def test_ten_are_recommended_at_once(
    site: Site, town: Town, open_account: OpenAccount, enter: Enter, look: Look, language: str
) -> None:
    cases = ten(town)
    account = open_account(town.recommender("hubei"))
    person = enter(account, f"{DAY + timedelta(days=1)}T10:00")
    words = WORDS[language]
    if language == "en":
        person.open("/admin/?lang=en")
    choose(person, words, look)
    confirm(person, words, look)
    for case in cases[:-1]:
        assert case.load().state is ApplicationState.RECOMMENDED
    assert cases[-1].load().state is ApplicationState.SUBMITTED
    if language == "en":
        person.all_english()
    site.verify()


def choose(person: Person, words: dict[str, str], look: Look) -> None:
    """From the menu to the list of who would be recommended."""
    person.menu(words["queue"])
    person.sees("武汉江汉服务机构第一家", "武汉江汉人手不足机构")
    look(person, f"1-{words['key']}")
    person.send(words["all"])
    person.sees(words["nobody yet"])
    look(person, f"2-{words['key']}")
    # Nothing was measured one by one: they were seen to be as claimed.
    person.send(words["as claimed"])
    person.sees("武汉江汉服务机构第十家", words["10 would"])
    person.sees_not("武汉江汉人手不足机构")


def confirm(person: Person, words: dict[str, str], look: Look) -> None:
    """The opinion, and the result application by application."""
    person.send(words["confirm"])
    person.sees(words["fill in"])
    person.fill({words["opinion"]: "实地核实，情况属实，同意推荐。"})
    for field in person.page.locator("textarea[name^=basis_], textarea[name^=hubei_operation_]").all():
        field.fill("走访现场，抽查服务台账，运营正常。")
    look(person, f"3-{words['key']}")
    person.send(words["confirm"])
    person.sees(words["result"])
    look(person, f"4-{words['key']}")
    person.link(words["back"])
    person.sees("武汉江汉人手不足机构")
    person.sees_not("武汉江汉服务机构第一家")


WORDS = {
    "zh": {
        "key": "zh",
        "queue": "待推荐的申请",
        "all": "推荐全部没有不符项的（先预览）",
        "nobody yet": "所选申请都不能推荐",
        "as claimed": "确认实测与申报一致，重新预览",
        "10 would": "将推荐",
        "confirm": "确认推荐",
        "fill in": "请填写",
        "opinion": "推荐意见",
        "result": "已推荐 10 件，未推荐 0 件",
        "back": "返回列表",
    },
    "en": {
        "key": "en",
        "queue": "Applications to recommend",
        "all": "Recommend all with nothing against them (preview first)",
        "nobody yet": "None of them can be recommended now",
        "as claimed": "They are as claimed: preview again",
        "10 would": "would be recommended",
        "confirm": "Recommend them",
        "fill in": "please fill this in",
        "opinion": "Opinion",
        "result": "10 recommended, 0 not",
        "back": "Back to the list",
    },
}
