"""Tracks side by side: a row for each fact that a rule asks about, a cell for what each track asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never, get_args

from core.domain.facts import GROUPS
from core.domain.wording import INTAKES, duty_text, exit_text, join, stage_text, term_text
from core.hooks.loaded import TrackRules
from core.rules.brief import brief, topic
from core.rules.clauses import Condition, ConditionKind, PartyKind, StageKind
from core.rules.obligations import (
    ConductDuty,
    Duty,
    ExitRule,
    ReportDuty,
    Reverification,
    ServiceDuty,
    Trigger,
)
from core.rules.sentence import sentence
from core.rules.terms import AllOf, AtLeast, Contains, Term
from core.rules.text import EMPTY, T


@dataclass(frozen=True, slots=True)
class Said:
    """What one clause says in a cell; `when` limits it, `preferred` only ranks."""

    clause: str
    text: T
    when: T = EMPTY
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One topic over all columns; `differs` unless every column says the same."""

    label: T
    cells: tuple[tuple[Said, ...], ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together."""

    title: T
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The columns' rules, and what they say."""

    columns: tuple[TrackRules, ...]
    sections: tuple[Section, ...]


@dataclass
class _Sheet:
    """Rows by section and topic while they are filled."""

    width: int
    rows: dict[str, dict[str, tuple[T, list[list[Said]]]]] = field(default_factory=dict)

    def add(self, section: str, key: str, label: T, column: int, said: Said) -> None:
        _label, cells = self.rows.setdefault(section, {}).setdefault(
            key, (label, [[] for _ in range(self.width)])
        )
        if said not in cells[column]:
            cells[column].append(said)


OTHER = T("其他", "Other")
_BASIS, _DUTIES, _EXITS = "procedure", "duties", "exits"
_TITLES = {
    _BASIS: T("程序和有效期", "Procedure and term"),
    _DUTIES: T("认定后的义务", "Duties of the accredited"),
    _EXITS: T("警告、整改与退出", "Warnings, rectification and exits"),
}
CLAIMED = T("申报该功能的", "for those who claim the function")


def compare(kind: PartyKind, columns: Sequence[TrackRules]) -> Comparison:
    """The resolved rules of several tracks for one kind of party."""
    sheet = _Sheet(len(columns))
    places = {fact.name: str(at) for at, (_title, facts) in enumerate(GROUPS[kind]) for fact in facts}
    for column, rules in enumerate(columns):
        for condition in rules.conditions:
            for term, said in _leaves(condition):
                about = topic(term)
                sheet.add(places.get(about.fact.name, "other"), about.key, about.label, column, said)
        _procedure(sheet, column, rules)
        for duty in rules.duties:
            key, label = _duty_row(duty)
            text = duty_text(duty)
            sheet.add(_DUTIES, key, label, column, Said(duty.clause, text if text.zh else duty.title))
        for rule in rules.exits:
            _exit(sheet, column, rule)
    order = [fact.name for _title, facts in GROUPS[kind] for fact in facts]
    found = [
        (title, _sorted(sheet.rows.get(str(at), {}), order)) for at, (title, _) in enumerate(GROUPS[kind])
    ]
    found.append((OTHER, list(sheet.rows.get("other", {}).values())))
    found += [(title, _in_turn(sheet.rows.get(key, {}), key)) for key, title in _TITLES.items()]
    sections = (Section(title, tuple(_row(label, cells) for label, cells in rows)) for title, rows in found)
    return Comparison(tuple(columns), tuple(section for section in sections if section.rows))


_Rows = list[tuple[T, list[list[Said]]]]


def _sorted(rows: dict[str, tuple[T, list[list[Said]]]], order: list[str]) -> _Rows:
    return [rows[key] for key in sorted(rows, key=lambda key: order.index(key.rpartition("/")[2]))]


def _in_turn(rows: dict[str, tuple[T, list[list[Said]]]], section: str) -> _Rows:
    return [rows[key] for key in (sorted(rows) if section == _EXITS else rows)]


def _row(label: T, cells: list[list[Said]]) -> Row:
    said = {tuple((item.text, item.when, item.preferred) for item in cell) for cell in cells}
    return Row(label, tuple(tuple(cell) for cell in cells), len(said) > 1)


def _leaves(condition: Condition) -> Iterator[tuple[Term, Said]]:
    """The tests of a condition, one by one, with what limits or eases them."""
    preferred = condition.kind is ConditionKind.PREFERRED
    when = EMPTY
    if condition.only_if is not None:
        limit = sentence(condition.only_if)
        when = T(f"如{limit.zh}", f"if {limit.en}")
    yield from _parts(condition.test, condition.clause, when, preferred=preferred)
    if condition.relaxed is not None:
        ground = sentence(condition.relaxed.ground)
        eased = T(f"{ground.zh}的", f"given {ground.en}")
        yield from _parts(condition.relaxed.test, condition.relaxed.clause, eased, preferred=preferred)


def _parts(term: Term, clause: str, when: T, *, preferred: bool) -> Iterator[tuple[Term, Said]]:
    if isinstance(term, AllOf):
        for part in term.terms:
            yield from _parts(part, term.clause or clause, when, preferred=preferred)
        return
    yield term, Said(clause, brief(term), when, preferred)
    if isinstance(term, AtLeast):
        for group in term.terms:
            if isinstance(group, AllOf) and group.title.zh:
                inner = tuple(part for part in group.terms if not isinstance(part, Contains))
                for part in inner:
                    yield from _parts(part, group.clause or clause, CLAIMED, preferred=preferred)


def _procedure(sheet: _Sheet, column: int, rules: TrackRules) -> None:
    procedure = rules.procedure
    lines: Iterable[tuple[str, T, str, T]] = (
        ("intake", T("受理方式", "Mode of intake"), procedure.clause, INTAKES[procedure.intake]),
        (
            "stages",
            T("程序", "Procedure"),
            procedure.clause,
            join([stage.kind.label for stage in procedure.stages], " → ", " → "),
        ),
        *(
            ("notice", T("公示", "Public notice"), stage.clause, stage_text(stage))
            for stage in procedure.stages
            if stage.kind is StageKind.NOTICE
        ),
        ("term", T("有效期", "Term"), procedure.term.clause, term_text(procedure.term)),
    )
    for key, label, clause, text in lines:
        sheet.add(_BASIS, key, label, column, Said(clause, text))
    asked = sum(1 for item in rules.materials if item.required and item.only_if is None)
    number = T(
        f"必交 {asked} 项，共 {len(rules.materials)} 项", f"{asked} required, {len(rules.materials)} in all"
    )
    clause = rules.materials[0].clause if rules.materials else procedure.clause
    sheet.add(_BASIS, "materials", T("申报材料", "Materials"), column, Said(clause, number))


def _duty_row(duty: Duty) -> tuple[str, T]:
    match duty:
        case ServiceDuty():
            return "service", T("年度服务要求", "Yearly services")
        case ReportDuty():
            return "report", T("年度报告", "Annual report")
        case Reverification():
            return "verification", T("复核", "Re-verification")
        case ConductDuty():
            return "conduct", T("其他义务", "Other duties")
        case _:
            assert_never(duty)


def _exit(sheet: _Sheet, column: int, rule: ExitRule) -> None:
    place = get_args(Trigger).index(type(rule.trigger))
    text, title = exit_text(rule), rule.title
    said = T(f"{title.zh}：{text.zh}", f"{title.en}: {text.en}")
    sheet.add(_EXITS, f"{place:02}", rule.trigger.row, column, Said(rule.clause, said))
