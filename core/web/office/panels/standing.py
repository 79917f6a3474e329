"""The ranking of a round, on a page and as a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template

from core.domain.lifecycle.states import ApplicationState
from core.rules.text import T
from core.services.applications.case import Case
from core.services.base.work import Work
from core.services.calls import score_sheet
from core.services.calls.quotas import APPROVED, quota_used
from core.services.review import ranking
from core.services.review.ranking import Ranked
from core.services.review.rounds import Round, find, listed, may_decide
from core.web.exports.sending import send_rows
from core.web.frame.language import tr
from core.web.frame.pipeline import reading
from core.web.frame.show import data, track_title
from core.web.lists.columns import Column
from core.web.office.panels.progress import blueprint


@dataclass(frozen=True, slots=True)
class Standing:
    """A round's ranking with its rules and its line."""

    rows: Sequence[Ranked]
    rules: Sequence[T]
    sheet: Sequence[dict[str, Any]]
    quota: int | None
    used: int
    line: int | None
    """After how many rows the quota ends; None where it does not."""
    astride: frozenset[int]
    """The applications that tie across the line: who of them comes first, a person says."""


def standing_of(w: Work, item: Round) -> Standing:
    """The round's ranking: what is under review, and with a call what was approved under it."""
    states = (ApplicationState.UNDER_REVIEW, *(APPROVED if item.call is not None else ()))
    applications = listed(w, item, *states)
    rows = ranking.ranking(w, [Case(w, item) for item in applications])
    sheet = item.call.score_sheet if item.call is not None else []
    rules = ranking.tie_break_of(applications) if applications else score_sheet.BY_DEFAULT
    quota = item.call.quota if item.call is not None else None
    used = quota_used(w, item.call.id) if item.call is not None else 0
    line = _line(rows, quota - used) if quota is not None else None
    return Standing(
        rows,
        [score_sheet.rule_title(rule, sheet) for rule in rules],
        sheet,
        quota,
        used,
        line,
        _astride(rows, line),
    )


def _line(rows: Sequence[Ranked], places: int) -> int | None:
    """After how many rows the places left are taken; None where nobody is left over."""
    waiting = [
        number
        for number, row in enumerate(rows, start=1)
        if row.rank is not None and row.state is ApplicationState.UNDER_REVIEW
    ]
    return waiting[places - 1] if 0 < places < len(waiting) else None


def _astride(rows: Sequence[Ranked], line: int | None) -> frozenset[int]:
    if line is None or line >= len(rows) or rows[line].rank != rows[line - 1].rank:
        return frozenset()
    return frozenset(row.application_id for row in rows if row.rank == rows[line].rank)


@blueprint.get("/<key>/ranking")
def ranking_page(key: str) -> str:
    """The ranking."""
    w = reading()
    item = find(w, key)
    return render_template(
        "office/panels/ranking.html",
        round=item,
        standing=standing_of(w, item),
        widest=w.operation("review_spread"),
        may=may_decide(w, item),
    )


@blueprint.get("/<key>/ranking.xlsx")
def ranking_sheet(key: str) -> Response:
    """The ranking as a sheet, with a column for each criterion."""
    w = reading()
    item = find(w, key)
    standing = standing_of(w, item)
    title = item.call.title if item.call is not None else tr(w.program(item.program).program.title)
    return send_rows(
        "xlsx", tr(T(f"{title}评审排序", f"{title} ranking")), _columns(item, standing), standing.rows
    )


def _columns(item: Round, standing: Standing) -> list[Column]:
    return [
        Column("rank", T("名次", "Rank"), "rank"),
        Column("tied", T("并列", "Tied"), "tied"),
        Column("party", T("主体", "Party"), lambda row: data(row.party)),
        Column("track", T("类别", "Track"), lambda row: track_title(item.program, row.track)),
        Column("state", T("状态", "State"), "state"),
        Column("mean", T("平均分", "Mean"), "mean"),
        Column("spread", T("最大分差", "Spread"), "spread"),
        Column("deviation", T("标准差", "Standard deviation"), "deviation"),
        *(_criterion(criterion) for criterion in standing.sheet),
        Column("finished", T("已评分", "Scored"), lambda row: row.panel.finished),
        Column("asked", T("应评", "To be scored"), lambda row: row.panel.asked),
        Column("preferred", T("满足的优先条件", "Preferred conditions met"), "preferred"),
        Column("verdict", T("条件审查", "Check of the conditions"), lambda row: row.verdict.outcome),
        Column("submitted_at", T("提交时间", "Submitted at"), "submitted_at"),
    ]


def _criterion(criterion: dict[str, Any]) -> Column:
    key = str(criterion["key"])

    def read(row: Ranked) -> float | None:
        points = row.panel.by_criterion.get(key)
        return None if points is None else round(points, 2)

    return Column(key, score_sheet.title_of(criterion), read)
