"""What reviewers score by: a call's criteria, and the rules that order equal scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from core.rules.text import T

MOST_POINTS = 999
WHOLE_SHEET: list[dict[str, Any]] = [
    {"key": "overall", "title": {"zh": "综合评分", "en": "Overall"}, "weight": 1, "max": 100}
]
"""What reviewers score where the call sets no criteria."""
PREFERRED, SPREAD, SUBMITTED = "preferred", "spread", "submitted"
BY_DEFAULT = (PREFERRED,)
"""Preferred conditions rank, where a call says nothing else."""
TIE_RULES: dict[str, T] = {
    PREFERRED: T("满足的优先条件多者在前", "more preferred conditions met comes first"),
    SPREAD: T("专家分差小者在前", "the smaller spread of scores comes first"),
    SUBMITTED: T("提交时间早者在前", "the earlier submission comes first"),
}


def title_of(criterion: Mapping[str, Any], part: str = "title") -> T:
    """A criterion's title or hint in both languages."""
    given = criterion.get(part) or ""
    if isinstance(given, Mapping):
        zh, en = str(given.get("zh", "")), str(given.get("en", ""))
        return T(zh or en, en or zh)
    return T(str(given), str(given))


def rule_title(rule: str, sheet: Sequence[Mapping[str, Any]]) -> T:
    """A tie rule in words; a criterion's by its title."""
    if rule in TIE_RULES:
        return TIE_RULES[rule]
    title = next((title_of(item) for item in sheet if str(item["key"]) == rule), T(rule, rule))
    return T(f"“{title.zh}”得分高者在前", f"the higher score for {title.en} comes first")


def sheet_errors(sheet: Sequence[Mapping[str, Any]]) -> dict[str, T]:
    """What is wrong with the criteria, by line."""
    errors: dict[str, T] = {}
    keys = [str(item.get("key", "")).strip() for item in sheet]
    for number, (item, key) in enumerate(zip(sheet, keys, strict=True), 1):
        field = f"score_sheet.{number}"
        if not key or keys.count(key) > 1 or key in TIE_RULES:
            errors[field] = T("评分项代码为空或重复", "its key is empty or comes twice")
        elif not item.get("title"):
            errors[field] = T("评分项没有名称", "it has no title")
        elif not (_positive(item.get("weight")) and _positive(item.get("max"))):
            errors[field] = T(
                f"权重和满分应大于 0 且不超过 {MOST_POINTS}",
                f"weight and max are above 0 and at most {MOST_POINTS}",
            )
    return errors


def tie_errors(rules: Sequence[str], sheet: Sequence[Mapping[str, Any]]) -> dict[str, T]:
    """What is wrong with the tie rules: one that is none, or comes twice."""
    known = {*TIE_RULES, *(str(item.get("key", "")) for item in sheet)}
    foreign = [rule for rule in rules if rule not in known]
    if not foreign and len(set(rules)) == len(rules):
        return {}
    listed = "、".join(foreign or rules)
    return {"tie_break": T(f"并列规则无效或重复：{listed}", f"tie rules unknown or given twice: {listed}")}


def _positive(number: object) -> bool:
    try:
        return 0 < Decimal(str(number)) <= MOST_POINTS
    except InvalidOperation:
        return False
