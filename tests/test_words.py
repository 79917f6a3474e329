"""One Chinese text has one English, and one English one Chinese, wherever they stand."""

import re
from pathlib import Path

from tests.traced import unmeasured
from tests.wording import Text, conflicts, folded, texts

ALLOWED = {
    "a menu says in one word what its page says in full": {
        "register",
        "登记查询",
        "证书查验",
        "条件对比",
        "投诉举报",
        "complaint",
        "verify",
        "compare",
    },
    "a tally puts its number last": {"%d not met"},
    "a Chinese word that is noun and verb, of a state and of the step to it: English bends the word": {
        "不予推荐",
        "不予认定",
        "不予采信",
        "不同意",
        "主动退出",
        "修改",
        "删除",
        "到期",
        "启用",
        "延续",
        "推荐",
        "撤销认定",
        "整改通过",
        "直接纳入",
        "认定",
        "责令整改",
        "退回",
        "退回补正",
        "通过",
    },
    "the state 已…, and the event or act that brings it about: English has the participle for both": {
        "accredited",
        "changed",
        "deleted",
        "expired",
        "rejected",
        "revoked",
        "withdrawn",
    },
    "the glossary's own terms: a body withdraws from its status, an application or value is withdrawn": {
        "withdraw",
    },
    "the glossary's own terms: a fact is attested by the authority, a party accredited": {"已认定"},
    "the glossary's own terms: a record is verified by its reader, an account by an officer": {"verified"},
    "an application is rejected or accepted for review, an inspection not passed, a report accepted": {
        "已受理",
        "未通过",
    },
    "within a sentence that says what a code is for": {"注册账号", "重设密码"},
    "a measure word: English names what is counted": {
        "enterprise",
        "organisation",
        "year",
        "家",
        "{}: {} short",
        "cny {}",
    },
    "a number is not less (不少于), a rate not lower (不低于)": {"at least"},
    "a body has a 名称, a person a 姓名": {"name"},
    "项目 stands for 认定项目 where the word before or after says which": {"programme"},
}
"""The conflicts that stay, by why: the text that has two wordings, English as `folded` gives it."""


@unmeasured()
def test_a_text_is_worded_once() -> None:
    found = conflicts(texts())
    allowed = set().union(*ALLOWED.values())
    new = [f"{text}: {wordings}" for text, wordings in found.items() if text not in allowed]
    assert not new, "worded twice; say one, or list it with the reason:\n" + "\n".join(new)


def test_what_is_allowed_still_occurs() -> None:
    gone = set().union(*ALLOWED.values()) - set(conflicts(texts()))
    assert not gone, f"no longer worded twice, take it off the list: {sorted(gone)}"


def test_no_text_is_allowed_for_two_reasons() -> None:
    listed = [text for reason in ALLOWED.values() for text in reason]
    assert len(listed) == len(set(listed))


def test_conflicts_are_seen_in_both_directions() -> None:
    assert set(conflicts([Text("编号", "Number", "core/a.py:1"), Text("编号", "Code", "core/b.py:2")])) == {
        "编号"
    }
    assert set(conflicts([Text("编号", "Number", "core/a.py:1"), Text("数", "number", "core/b.py:2")])) == {
        "number"
    }


def test_grammar_is_no_conflict() -> None:
    same = ("The party", "Parties.", "parties", "a party")
    assert not conflicts(Text("主体", english, f"core/a.py:{line}") for line, english in enumerate(same))


def test_texts_of_places_alone_are_no_wording() -> None:
    assert not conflicts([Text("{}：{}", "{}: {}", "core/a.py:1"), Text("{}（{}）", "{}: {}", "core/b.py:1")])


def test_programmes_follow_their_own_text() -> None:
    """Of one English, that is; in one programme, and with core, they say it once."""
    hubei, jilin = Text("目的与依据", "Purpose", "plugins/hubei/a.py:1"), "plugins/jilin/a.py:1"
    assert not conflicts([hubei, Text("目的和依据", "Purpose", jilin)])
    assert conflicts([hubei, Text("目的", "Purpose", "core/a.py:1")])
    assert conflicts([hubei, Text("目的", "Purpose", "plugins/hubei/b.py:1")])


PAGE = Path("docs/glossary.md").read_text(encoding="utf-8").partition("## As screens show them")[0]


def test_the_terms_of_the_glossary_are_those_of_the_labels() -> None:
    """A label that stands alone on a screen shares the stem of a word with its term in the glossary."""
    terms = re.findall(r"^\| ([^|]+) \| ([^|`]+) \| [^|]+ \|$", PAGE, re.MULTILINE)
    stems = {label: stem for term, label in terms for stem in [stems_of(term)]}
    strange = {
        (text.zh, text.en) for text in texts() if text.zh in stems and not stems[text.zh] & stems_of(text.en)
    }
    assert not strange, f"worded otherwise than in docs/glossary.md: {sorted(strange)}"


def stems_of(english: str) -> set[str]:
    """The first letters of each word."""
    return {
        word[:4] for word in re.findall(r"\w+", folded(english.replace("sysadmin", "system administrator")))
    }
