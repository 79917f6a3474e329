"""What a track's rules say, clause by clause: for the public site and for the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from core.domain.wording import (
    INTAKES,
    duty_text,
    exit_text,
    join,
    material_text,
    named_functions,
    stage_text,
    term_text,
    waiver_text,
    window_text,
)
from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.clauses import Condition, ConditionKind, PartyKind, Procedure, StageKind, Waiver
from core.rules.report import condition_sentence
from core.rules.sentence import sentence
from core.rules.terms import (
    AllOf,
    AnyOf,
    AtLeast,
    Clear,
    Contains,
    Count,
    Elapsed,
    Flag,
    Growth,
    Level,
    NoneOf,
    Number,
    OneOf,
    Share,
    Term,
)
from core.rules.text import EMPTY, T
from core.rules.walk import readings

KINDS: Mapping[ConditionKind, T] = {
    ConditionKind.REQUIRED: T("必备", "required"),
    ConditionKind.PREFERRED: T("优先", "preferred"),
}
PARTIES: Mapping[PartyKind, T] = {
    PartyKind.ORGANIZATION: T("机构", "organisations"),
    PartyKind.PERSON: T("个人", "persons"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A clause: its title in our own words, and what it says; nothing where the title says it all."""

    clause: str
    title: T
    text: T = EMPTY


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition, when it may be set aside, and the readings it rests on."""

    clause: str
    title: T
    kind: ConditionKind
    sentence: T
    head: T
    items: tuple[T, ...]
    """The same sentence as a list; none where it is better read in one."""
    waiver: T
    follows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MaterialText:
    """A document that is handed in."""

    clause: str
    title: T
    note: T
    template: str
    asked: T


@dataclass(frozen=True, slots=True)
class StageText:
    """A stage of the procedure."""

    clause: str
    kind: T
    title: T
    who: T


@dataclass(frozen=True, slots=True)
class TrackText:
    """Everything that the resolved rules of a track say."""

    conditions: tuple[ConditionText, ...]
    materials: tuple[MaterialText, ...]
    term: T
    procedure: tuple[Line, ...]
    stages: tuple[StageText, ...]
    duties: tuple[Line, ...]
    exits: tuple[Line, ...]


def track_text(rules: TrackRules) -> TrackText:
    """The resolved rules of a track in words."""
    return TrackText(
        conditions=tuple(_condition(item) for item in rules.conditions),
        materials=tuple(
            MaterialText(item.clause, item.title, item.note, item.template, material_text(item))
            for item in rules.materials
        ),
        term=term_text(rules.procedure.term),
        procedure=_procedure(rules),
        stages=tuple(
            StageText(stage.clause, stage.kind.label, stage.title, stage_text(stage))
            for stage in rules.procedure.stages
        ),
        duties=tuple(Line(duty.clause, duty.title, duty_text(duty)) for duty in rules.duties),
        exits=tuple(Line(rule.clause, rule.title, exit_text(rule)) for rule in rules.exits),
    )


def followers(loaded: LoadedProgram) -> dict[str, tuple[str, ...]]:
    """By interpretation: the clauses, over all tracks and editions, that change with the reading chosen."""
    found: dict[str, dict[str, None]] = {}
    for rules in loaded.rules.values():
        for clause in rules.clauses:
            for choice in readings(clause):
                found.setdefault(choice.interpretation, {})[clause.clause] = None
    return {name: tuple(clauses) for name, clauses in found.items()}


def _condition(condition: Condition) -> ConditionText:
    waiver = waiver_text(condition.waiver) if isinstance(condition.waiver, Waiver) else EMPTY
    alone = condition.only_if is None and condition.relaxed is None
    head, items = _listed(condition.test) if alone else (EMPTY, ())
    barred = T("不符合的暂不能申报", "who fails it cannot apply") if condition.bars else EMPTY
    return ConditionText(
        condition.clause,
        condition.title,
        condition.kind,
        condition_sentence(condition),
        head,
        items if len(items) > 1 else (),
        join((waiver, barred)),
        condition.follows,
    )


def _listed(term: Term) -> tuple[T, tuple[T, ...]]:
    """What heads the items of a term that is read as a list, and the items."""
    match term:
        case AllOf():
            head = EMPTY
            listed = () if term.title.zh else term.terms
        case AtLeast():
            number, listed = len(term.terms), term.terms
            head = T(
                f"下列 {number} 项中至少满足 {term.bound} 项：", f"at least {term.bound} of these {number}:"
            )
        case AnyOf() | NoneOf() | Share() | Growth():
            return EMPTY, ()
        case Number() | Flag() | Level() | OneOf() | Contains() | Count() | Elapsed() | Clear():
            return EMPTY, ()
        case _:
            assert_never(term)
    return head, tuple(sentence(part) for part in listed)


def _measured(procedure: Procedure) -> Iterator[tuple[str, T]]:
    """What the recommender measures, where the programme says so itself."""
    clauses = [stage.clause for stage in procedure.stages if stage.kind is StageKind.RECOMMENDATION]
    if clauses and procedure.measured:
        zh = "、".join(fact.label.zh for fact in procedure.measured)
        en = ", ".join(fact.label.en for fact in procedure.measured)
        yield clauses[0], T(f"推荐前测评：{zh}", f"measured before it is recommended: {en}")


def _procedure(rules: TrackRules) -> tuple[Line, ...]:
    procedure = rules.procedure
    lines = [Line(procedure.clause, INTAKES[procedure.intake])]
    if procedure.window is not None:
        lines.append(Line(procedure.window.clause, window_text(procedure.window)))
        closed = named_functions(procedure.window.closed_functions)
        if closed.zh:
            closed = T(f"当年不受理：{closed.zh}", f"not taken that year: {closed.en}")
            lines.append(Line(procedure.window.closed_clause, closed))
    lines.append(Line(procedure.term.clause, term_text(procedure.term)))
    named = (
        (procedure.once_a_year, T("申报每年开展一次", "one call a year")),
        (procedure.direct_inclusion, T("受托机构汇总表直接纳入", "direct inclusion by a summary table")),
        (procedure.mobile_required, T("提交时须有有效手机号码", "a mobile number is needed to submit")),
        (procedure.self_recommendation_refused, T("不得推荐本单位", "no body recommends itself")),
        (
            procedure.compliance,
            T("推荐单位逐项审核材料合规性", "the recommender checks the papers, item by item"),
        ),
        (
            procedure.paper_copy,
            T("登记收到纸质材料后方可推荐", "recommended only once the paper copy is registered"),
        ),
        *((clause, kind.label) for clause, kind in procedure.other_recommenders),
        *_measured(procedure),
        (procedure.exit_proposal, T("推荐单位可提出退出", "the recommender may propose an exit")),
        *((clause, title) for clause, _, title in procedure.nomination),
    )
    lines.extend(Line(clause, title) for clause, title in named if clause)
    return tuple(lines)
