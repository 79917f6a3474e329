"""The texts in two languages that the code and the templates hold, and where two of them disagree."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes

CODE = ("core", "plugins")
TEMPLATES = Path("core/web/templates")
NAMES = frozenset({"T", "t", "tr"})
PLACE = re.compile(r"\{[^}]*\}|%\w")
SMALL = frozenset({"a", "an", "the"})


class Text(NamedTuple):
    """One literal text and the place where it stands."""

    zh: str
    en: str
    place: str


@cache
def texts() -> list[Text]:
    """Every pair of literals given to `T`, `t` or `tr`."""
    return [*in_code(), *in_templates()]


def in_code() -> Iterator[Text]:
    """The pairs of the Python modules; what an f-string fills in is shown as `{}`."""
    for path in sorted(chain.from_iterable(Path(root).rglob("*.py") for root in CODE)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node.func) in NAMES and len(node.args) >= 2:
                zh, en = literal(node.args[0]), literal(node.args[1])
                if zh and en:
                    yield Text(zh, en, f"{path}:{node.lineno}")


def called(function: ast.expr) -> str:
    """The last name of what is called."""
    return getattr(function, "id", getattr(function, "attr", ""))


def literal(node: ast.expr) -> str:
    """The text of a literal, empty for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def in_templates() -> Iterator[Text]:
    """The pairs of the templates."""
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=True)
    for path in sorted(TEMPLATES.rglob("*.html")):
        for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in NAMES:
                given = [item.value for item in call.args[:2] if isinstance(item, nodes.Const)]
                if len(given) == 2:
                    yield Text(given[0], given[1], f"{path}:{call.lineno}")


def folded(english: str) -> str:
    """An English text without what Chinese does not write: capitals, articles, plurals, the closing stop."""
    words = english.lower().strip(" .").split()
    return " ".join(singular(word) for word in words if word not in SMALL)


def singular(word: str) -> str:
    """A word without the ending of its plural."""
    return re.sub(r"(?<=[a-z]{2})s\b", "", re.sub(r"ies\b", "y", word))


def says_something(text: str) -> bool:
    """Whether a text holds a letter beside the places that are filled in."""
    return bool(re.search(r"[^\W\d_]", PLACE.sub("", text)))


def programmes() -> list[str]:
    """The folders of the programmes, and core's own."""
    return ["core", *sorted(str(path.parent) for path in Path("plugins").glob("*/__init__.py"))]


def conflicts(found: Iterable[Text]) -> dict[str, dict[str, list[str]]]:
    """Each text that stands with two wordings of the other language, with the places of each wording.

    A programme follows its own text: what two of them say alike in English may differ in Chinese.
    """
    chinese: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    english: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    folders = programmes()
    for text in found:
        if says_something(text.en):
            zh, en = text.zh.strip(" 。"), folded(text.en)
            chinese[zh][en].append(text.place)
            for programme in folders:
                if text.place.startswith(("core", f"{programme}/")):
                    english[programme, en][zh].append(text.place)
    pairs = chain(chinese.items(), ((en, wordings) for (_, en), wordings in english.items()))
    return {text: dict(wordings) for text, wordings in pairs if len(wordings) > 1}
