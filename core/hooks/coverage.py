"""Article by article: what encodes the text, by which readings, and why the rest computes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeAlias, assert_never, cast

from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.clauses import (
    Article,
    Condition,
    Coverage,
    Extension,
    Material,
    Procedure,
    Relaxation,
    Stage,
    SummaryTable,
    ValidityTerm,
    Waiver,
    Window,
)
from core.rules.obligations import ConductDuty, Duty, ExitRule, ReportDuty, Reverification, ServiceDuty
from core.rules.terms import AllOf, ByReading, Fact
from core.rules.text import T

Clause: TypeAlias = (
    Condition
    | Relaxation
    | Waiver
    | Material
    | Procedure
    | Stage
    | ValidityTerm
    | Extension
    | Window
    | Duty
    | ExitRule
    | SummaryTable
)
"""What encodes a clause of a text."""
EXIT_RULE = "exit rule"


def kind_of(clause: Clause) -> str:
    """What a clause is called as the encoding of an article."""
    match clause:
        case Condition():
            return "condition"
        case Relaxation():
            return "relaxation"
        case Waiver():
            return "waiver"
        case Material():
            return "material"
        case Procedure():
            return "procedure"
        case Stage():
            return "stage"
        case ValidityTerm():
            return "term"
        case Extension():
            return "extension"
        case Window():
            return "intake window"
        case ConductDuty() | ServiceDuty() | ReportDuty() | Reverification():
            return "duty"
        case ExitRule():
            return EXIT_RULE
        case SummaryTable():
            return "summary table"
        case _:
            assert_never(clause)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of the text that a rule cites: as what, and under which reading (then `kind` is empty)."""

    clause: str
    kind: str = ""
    interpretation: str = ""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One article: how it ends, `encoded_by` as kind and clause (`condition 8(3)`), and `why` in words."""

    article: str
    title: T
    coverage: Coverage
    encoded_by: tuple[str, ...]
    interpretations: tuple[str, ...]
    stated: tuple[str, ...]
    why: T


def coverage_rows(loaded: LoadedProgram) -> list[CoverageRow]:
    """The articles of a programme in the order of its text, over all tracks and editions."""
    cited = [citation for rules in loaded.rules.values() for citation in citations(rules)]
    cited += [Citation(table.clause, kind_of(table)) for table in loaded.summary_tables]
    cited += [Citation(item.clause, interpretation=item.id) for item in loaded.asked]
    stated = {item.id for item in loaded.stated}
    return [_row(article, cited, stated) for article in loaded.articles]


def citations(rules: TrackRules) -> Iterator[Citation]:
    """Every clause that the rules of a track cite, and every interpretation that they follow."""
    yield from _walk(rules.clauses, "", "")
    procedure = rules.procedure
    named = (
        (procedure.term.withdrawal_clause, "withdrawal"),
        (procedure.direct_inclusion, "direct inclusion"),
        (procedure.once_a_year, "one call a year"),
        (procedure.window.closed_clause if procedure.window is not None else "", "closed functions"),
        (procedure.mobile_required, "mobile number"),
        (procedure.self_recommendation_refused, "own recommendation refused"),
        (procedure.compliance, "compliance check"),
        (procedure.paper_copy, "paper copy"),
        (procedure.exit_proposal, "exit proposal"),
        *((clause, "other recommenders") for clause, _ in procedure.other_recommenders),
        *((clause, "nomination") for clause, _, _ in procedure.nomination),
    )
    yield from (Citation(clause, kind) for clause, kind in named if clause)


def within(clause: str, article: str) -> bool:
    """Whether a clause is the article itself or a part of it: `10(1)` is in `10`, not in `1`."""
    return clause == article or (clause.startswith(article) and not clause[len(article)].isdigit())


def _row(article: Article, cited: list[Citation], stated: Collection[str]) -> CoverageRow:
    inside = [citation for citation in cited if within(citation.clause, article.clause)]
    followed = dict.fromkeys(item.interpretation for item in inside if item.interpretation)
    return CoverageRow(
        article.clause,
        article.title,
        article.coverage,
        tuple(dict.fromkeys(f"{item.kind} {item.clause}" for item in inside if item.kind)),
        tuple(name for name in followed if name not in stated),
        tuple(name for name in followed if name in stated),
        article.by,
    )


def _walk(node: object, kind: str, clause: str) -> Iterator[Citation]:
    if isinstance(node, tuple):
        for item in node:
            yield from _walk(item, kind, clause)
    elif isinstance(node, ByReading):
        yield Citation(clause, interpretation=node.interpretation)
        yield from _walk(node.values, kind, clause)
    elif is_dataclass(node) and not isinstance(node, Fact):
        if isinstance(node, Clause):
            kind = kind_of(node)
        own = getattr(node, "clause", "")
        # A group that an exit rule names is a number cited from elsewhere, not an encoding of that clause.
        if own and not (isinstance(node, AllOf) and kind == EXIT_RULE):
            clause = own
            yield Citation(own, kind)
        for followed in getattr(node, "follows", ()):
            yield Citation(clause, interpretation=followed)
        for item in fields(cast(Any, node)):
            yield from _walk(getattr(node, item.name), kind, clause)
