"""A score sheet and its tie rules as lines of text, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.rules.text import T
from core.services.calls.score_sheet import PREFERRED, SPREAD, SUBMITTED, title_of

FIGURES = 2
"""Weight and points, behind a title."""
TIE_HINT = T(
    "平均分相同时依次比较，每行一条：优先条件、分差、提交时间，或评分项名称；留空则比较优先条件。仍相同的标为并列",
    "What is compared in turn where means are equal, one per line: preferred, spread, submitted, or the "
    "title of a criterion. Left empty: preferred conditions. What still ties is shown as tied",
)
WORDS: dict[str, tuple[str, str]] = {
    PREFERRED: ("优先条件", "preferred"),
    SPREAD: ("分差", "spread"),
    SUBMITTED: ("提交时间", "submitted"),
}


def sheet(text: str) -> list[dict[str, Any]]:
    """The criteria of a score sheet, one a line."""
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(filter(None, (part.strip() for part in text.splitlines())), start=1):
        said, _, hint = line.replace("｜", "|").partition("|")
        words = said.split()
        figures = [int(word) for word in words[-FIGURES:] if word.isascii() and word.isdigit()]
        whole = len(figures) == FIGURES
        weight, most = figures if whole else (1, 100)
        title = " ".join(words[:-FIGURES] if whole else words)
        row = {"key": f"c{number}", "title": {"zh": title, "en": title}, "weight": weight, "max": most}
        if hint.strip():
            row["hint"] = {"zh": hint.strip(), "en": hint.strip()}
        rows.append(row)
    return rows


def sheet_text(criteria: Sequence[Mapping[str, Any]]) -> str:
    """The criteria as their lines."""
    lines = []
    for item in criteria:
        hint = title_of(item, "hint").zh
        lines.append(f"{title_of(item).zh} {item['weight']} {item['max']}" + (f" | {hint}" if hint else ""))
    return "\n".join(lines)


def tie_break(text: str, criteria: Sequence[Mapping[str, Any]]) -> list[str]:
    """The tie rules, one a line; what is none stays as it was typed, to be refused by name."""
    known = {word: key for key, words in WORDS.items() for word in words}
    known |= {title: str(item["key"]) for item in criteria for title in _titles(item)}
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return [known.get(line, line) for line in lines]


def tie_text(rules: Sequence[str], criteria: Sequence[Mapping[str, Any]], language: str) -> str:
    """The tie rules as their lines, in the reader's language."""
    titles = {str(item["key"]): title_of(item).get(language) for item in criteria}
    position = 1 if language == "en" else 0
    return "\n".join(WORDS[rule][position] if rule in WORDS else titles.get(rule, rule) for rule in rules)


def _titles(criterion: Mapping[str, Any]) -> set[str]:
    title = title_of(criterion)
    return {title.zh, title.en}
