"""What pages, templates and texts say in their own voice, and words that are in the wrong language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes
from lxml import html

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
WORD = re.compile(r"[A-Za-z]{2,}")
SPOKEN = ("title", "placeholder", "aria-label", "alt", "data-confirm", "data-label", "aria-description")
"""Attributes that people read or hear."""
NAMES = frozenset(
    {"never", "English", "xlsx", "ods", "csv", "pdf", "docx", "zip", "json", "jpg", "png", "KB", "MB", "GB"}
    | {
        "PDF",
        "CSV",
        "JSON",
        "JSONL",
        "XLSX",
        "DOCX",
        "ZIP",
        "USCC",
        "API",
        "URL",
        "ID",
        "App",
        "QR",
        "SHA",
        "DA",
        "TOTP",
    }
)
"""Words that a Chinese page writes in Latin letters: values to type, files, standards, short names."""
_EXPRESSION = "\x00"


def strange_words(text: str) -> set[str]:
    """Latin words that a Chinese text should not have."""
    return {word for word in WORD.findall(text) if word not in NAMES}


def page_words(page: str) -> str:
    """What a page says in its own voice: without data and scripts, and the title, which names data."""
    doc = html.fromstring(page)
    for element in doc.xpath("//script | //style | //title | //*[@translate='no']"):
        if element.getparent() is not None:
            element.drop_tree()
    said = doc.xpath("//text() | " + " | ".join(f"//@{name}" for name in SPOKEN))
    return "\n".join(text.strip() for text in said if text.strip())


def wrong_words(page: str, language: str) -> set[str]:
    """What of a page is in the other language."""
    text = page_words(page)
    if language == "zh":
        return strange_words(text)
    return {line for line in text.splitlines() if CHINESE.search(line)} - {"中文"}


class _Literals(HTMLParser):
    """Collects what a template says without `t(...)`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN and value and (WORD.search(value) or CHINESE.search(value)):
                self.found.append(f'{name}="{value}"')
        silent = tag in ("script", "style") or dict(attrs).get("translate") == "no"
        if silent or (self._silent and tag == self._silent[-1]):
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and (WORD.search(data) or CHINESE.search(data)):
            self.found.append(" ".join(data.replace(_EXPRESSION, "…").split()))


def template_literals(source: str) -> list[str]:
    """Words in a template's own text or attributes that are the same in both languages."""
    said, within = "", False
    for _line, kind, value in Environment(autoescape=True).lex(source):
        if kind == "data":
            said += value
        elif kind.endswith("_begin"):
            within = True
        elif kind.endswith("_end") and within:
            # A tag's name that is worked out is some tag; what stands within a tag parts its attributes.
            said += "div" if said.endswith(("<", "</")) else " " if _in_tag(said) else _EXPRESSION
            within = False
    parser = _Literals()
    parser.feed(said)
    parser.close()
    return parser.found


def _in_tag(said: str) -> bool:
    """Whether the end of the text stands within a tag, outside an attribute's value."""
    tag = said[said.rfind("<") :] if "<" in said else ""
    return bool(tag) and ">" not in re.sub(r'"[^"]*"?|\'[^\']*\'?', "", tag)


def template_texts(source: str) -> Iterator[tuple[str, str]]:
    """(Chinese, English) of every `t(...)`; of other strings that are shown, the string twice."""
    yield from _Texts().below(Environment(autoescape=True).parse(source))


class _Texts:
    """Walks through a template in its order, and knows whether it stands within a tag."""

    def __init__(self) -> None:
        self._said = ""

    def below(self, node: nodes.Node, *, shown: bool = False) -> Iterator[tuple[str, str]]:
        """The texts of a part of the template."""
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "t":
            zh, en = (" ".join(_strings(argument)) for argument in node.args)
            yield zh, en
        elif isinstance(node, nodes.TemplateData):
            self._said = (self._said + node.data)[-2000:]
        elif isinstance(node, nodes.Const):
            if isinstance(node.value, str) and (
                CHINESE.search(node.value) or (shown and WORD.search(node.value))
            ):
                yield node.value, node.value
        else:
            for child in node.iter_child_nodes():
                # Only what an output has at its top, or chooses between, is a text; deeper strings are names.
                top = isinstance(node, nodes.Output | nodes.Concat) and not _in_tag(self._said)
                chosen = shown and isinstance(node, nodes.CondExpr) and child is not node.test
                yield from self.below(child, shown=top or chosen)


def _strings(node: nodes.Node) -> list[str]:
    found = [node] if isinstance(node, nodes.Const) else list(node.find_all(nodes.Const))
    return [item.value for item in found if isinstance(item.value, str)]


def python_texts(source: str) -> Iterator[tuple[int, str | None, str | None]]:
    """Line, Chinese and English of every `T(...)` and `t(...)`; None for what isn't written there."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("T", "t"):
            given: dict[str, Any] = dict(zip(("zh", "en"), node.args, strict=False))
            given |= {word.arg: word.value for word in node.keywords if word.arg}
            if {"zh", "en"} <= given.keys():
                yield node.lineno, _written(given["zh"]), _written(given["en"])


def _written(node: ast.expr) -> str | None:
    """The words of a string in the source, without what is filled in; None where there are none."""
    match node:
        case ast.Constant(value=str()):
            return str(node.value)
        case ast.JoinedStr():
            parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
            return "".join(str(part) for part in parts)
        case ast.BinOp(left=left, op=ast.Mod()):
            return _written(left)
        case _:
            return None


_SHOWN_BY_SCRIPT = re.compile(
    r"(?:textContent|innerText|innerHTML|placeholder|title|ariaLabel|alt|alert|confirm|prompt)\s*"
    r"(?:=|\()\s*([\"'`])(?P<text>.*?)\1"
)


def script_literals(source: str) -> list[str]:
    """Words in a script that people would read; they belong into the page's data attributes."""
    bare = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", source, flags=re.DOTALL)
    found = [match["text"] for match in _SHOWN_BY_SCRIPT.finditer(bare)]
    shown = [re.sub(r"\$\{[^}]*\}", "", text) for text in found]
    return [text for text in shown if WORD.search(text)] + CHINESE.findall(bare)
