"""Checks of a plugin at start-up: each problem names plugin, hook, clause and the mend."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never, get_args

from core.domain.profile import vocabulary
from core.hooks.coverage import citations, coverage_rows, within
from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.clauses import ConditionKind, Coverage, Intake, Procedure, Stage, StageKind
from core.rules.numbers import LONGEST_AHEAD
from core.rules.obligations import (
    Effect,
    ExitRule,
    FindingKind,
    OnFinding,
    ReportDuty,
    ReportOverdue,
    Trigger,
)
from core.rules.text import T
from core.rules.walk import Parameter, parameters, readings

ID = re.compile(r"[a-z][a-z0-9_]*")
FEWEST_VALUES = 2
"""Of an interpretation: with one there is nothing to choose."""
NEEDED_STAGES = (StageKind.SUBMISSION, StageKind.REVIEW, StageKind.ACCREDITATION)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a plugin, where, and how to mend it."""

    plugin: str
    hook: str
    clause: str
    message: str

    def __str__(self) -> str:
        where = f", clause {self.clause}" if self.clause else ""
        return f"plugin {self.plugin}, hook {self.hook}{where}: {self.message}"


def check_program(name: str, loaded: LoadedProgram) -> list[Problem]:
    """Every problem of a loaded plugin; none means that it can be used."""
    found = (Problem(name, hook, clause, message) for hook, clause, message in _problems(loaded))
    return list(dict.fromkeys(found))  # both tracks may share the clause that is wrong


Found = Iterator[tuple[str, str, str]]
Clauses = tuple[tuple[str, tuple[object, ...]], ...]


def _problems(loaded: LoadedProgram) -> Found:
    program = loaded.program
    if not ID.fullmatch(program.id):
        yield "program", "", f"the id {program.id!r} must be lower-case letters, digits and underscores"
    if not program.tracks:
        yield "program", "", "there is no track: add at least one"
    if not program.editions:
        yield "program", "", "there is no edition: add at least one"
    for track in program.tracks:
        try:
            track.number_pattern.format(year=2024, sequence=1)
        except (KeyError, IndexError, ValueError) as error:
            yield "program", track.id, f"number_pattern fails ({error!r}); use only {{year}} and {{sequence}}"
    for fact in program.extra_facts:
        if not fact.name.startswith(f"{program.id}_"):
            yield "program", "", f"the fact {fact.name!r} must begin with {program.id}_"
    yield from _twice("interpretations", (item.id for item in loaded.asked))
    for item in loaded.interpretations:
        if item.default not in dict(item.values):
            yield (
                "interpretations",
                item.clause,
                f"{item.id}: the default {item.default!r} is none of its values",
            )
        if len(item.values) < FEWEST_VALUES:
            yield (
                "interpretations",
                item.clause,
                f"{item.id} leaves nothing to choose: give it a second value, or make it a Stated",
            )
    for rules in loaded.rules.values():
        yield from _track_problems(loaded, rules)
    yield from _article_problems(loaded)
    for table in loaded.summary_tables:
        if table.track not in {track.id for track in program.tracks}:
            yield (
                "summary_tables",
                table.clause,
                f"there is no track {table.track!r}; name one of the programme's",
            )


def _track_problems(loaded: LoadedProgram, rules: TrackRules) -> Found:
    hooks: Clauses = (
        ("eligibility", rules.conditions),
        ("required_materials", rules.materials),
        ("procedure", (rules.procedure, *rules.procedure.stages)),
        ("duties", rules.duties),
        ("exit_rules", rules.exits),
    )
    known = {item.id: dict(item.values) for item in loaded.interpretations}
    stated = {item.id for item in loaded.stated}
    for hook, clauses in hooks:
        for clause in clauses:
            yield from _clause_problems(hook, clause, known, stated)
    if not any(item.kind is ConditionKind.REQUIRED for item in rules.conditions):
        yield "eligibility", "", f"track {rules.track}: there is no required condition"
    yield from _twice("required_materials", (item.key for item in rules.materials))
    yield from _twice("procedure", (stage.kind for stage in rules.procedure.stages))
    kinds = [stage.kind for stage in rules.procedure.stages]
    for needed in NEEDED_STAGES:
        if needed not in kinds:
            yield "procedure", rules.procedure.clause, f"track {rules.track}: the stage {needed} is missing"
    if kinds != sorted(kinds, key=list(StageKind).index):
        yield (
            "procedure",
            rules.procedure.clause,
            f"track {rules.track}: the stages are not in the order of StageKind",
        )
    known_facts = vocabulary(loaded.program.track(rules.track).party, loaded.program.extra_facts)
    for fact in rules.procedure.measured or ():
        if known_facts.get(fact.name) != fact:
            yield (
                "procedure",
                rules.procedure.clause,
                f"{fact.name} is measured, and is no fact of track {rules.track}: take one of `facts`, or put"
                " it into the programme's extra_facts",
            )
    if rules.procedure.window is not None and rules.procedure.intake is Intake.ROLLING:
        yield (
            "procedure",
            rules.procedure.clause,
            "a rolling intake has no window: remove it or use Intake.CALL",
        )
    yield from _closed_problems(rules.procedure)
    yield from _parameter_problems(hooks, rules)
    yield from _exit_problems(rules)


def _closed_problems(procedure: Procedure) -> Found:
    window = procedure.window
    if window is None:
        return
    foreign = [function for function in window.closed_functions if function not in procedure.functions]
    if foreign:
        yield (
            "procedure",
            window.closed_clause or window.clause,
            f"closed_functions names {foreign}, which the procedure's functions do not have",
        )
    if bool(window.closed_clause) != bool(window.closed_functions):
        yield (
            "procedure",
            window.clause,
            "closed_functions and closed_clause go together: give both, or neither",
        )


def _parameter_problems(hooks: Clauses, rules: TrackRules) -> Found:
    owed = {parameter for duty in rules.duties for parameter in parameters(duty)}
    owner: dict[str, tuple[str, Parameter]] = {}
    # The stages stand in the hook's list beside the procedure that holds them: they are counted with it.
    for hook, clause in ((hook, clause) for hook, clauses in hooks for clause in clauses):
        if isinstance(clause, Stage):
            continue
        for parameter in parameters(clause):
            if parameter.operational and not 0 <= parameter.default <= LONGEST_AHEAD:
                yield (
                    hook,
                    parameter.clause,
                    f"{parameter.id} is {parameter.default}: give 0 (no reminder) to {LONGEST_AHEAD} days",
                )
            if parameter.id not in owner:
                owner[parameter.id] = hook, parameter
                continue
            first, known = owner[parameter.id]
            # An exit rule may cite a duty's number, duties of one clause may share a reminder, a plan and a
            # report all their numbers: one setting then moves both.
            cited = isinstance(clause, ExitRule) and parameter in owed
            shared = parameter == known and (parameter.operational or isinstance(clause, ReportDuty))
            if not (cited or shared):
                yield (
                    hook,
                    parameter.clause,
                    f"track {rules.track}: the parameter {parameter.id} stands in {first} too; "
                    "give the clauses different ids or put them in one",
                )


def _exit_problems(rules: TrackRules) -> Found:
    reports = {duty.clause for duty in rules.duties if isinstance(duty, ReportDuty)}
    for rule in rules.exits:
        if type(rule.trigger) not in get_args(Trigger):
            raise TypeError(f"{rule.clause}: {rule.trigger!r} is no trigger; take one of core.plugin_api")
        if isinstance(rule.trigger, ReportOverdue) and rule.trigger.duty not in reports:
            yield (
                "exit_rules",
                rule.clause,
                f"there is no report duty with clause {rule.trigger.duty!r} in duties",
            )
        if isinstance(rule.trigger, OnFinding):
            for kind in rule.trigger.kinds:
                if kind not in list(FindingKind):
                    known = ", ".join(FindingKind)
                    yield "exit_rules", rule.clause, f"{kind!r} is no kind of finding; choose from {known}"
        if rule.effect is Effect.RECTIFY and rule.rectify_days <= 0:
            yield "exit_rules", rule.clause, "an order to rectify needs a deadline: set rectify_days"
        possible = rule.trigger.effects
        if rule.effect not in possible:
            can, named = " or ".join(map(_verb, possible)), " or ".join(effect.name for effect in possible)
            yield "exit_rules", rule.clause, f"{rule.trigger.spoken} can {can}: set effect to {named}"


def _verb(effect: Effect) -> str:
    match effect:
        case Effect.WARN:
            return "warn"
        case Effect.RECTIFY:
            return "order to rectify"
        case Effect.OPEN_FINDING:
            return "open a finding"
        case Effect.REVOKE:
            return "revoke"
        case Effect.WITHDRAW:
            return "end the status"
        case _:
            assert_never(effect)


def _clause_problems(
    hook: str, clause: object, known: dict[str, dict[str, T]], stated: Collection[str]
) -> Found:
    name = str(getattr(clause, "clause", ""))
    title = getattr(clause, "title", None)
    if not name:
        yield hook, "", f"{type(clause).__name__} has no clause: name the clause of the text"
    if isinstance(title, T) and not (title.zh and title.en):
        yield hook, name, "the title needs a Chinese and an English text"
    for choice in readings(clause):
        if choice.interpretation not in known:
            yield (
                hook,
                name,
                f"interpretation {choice.interpretation!r} is not declared: add it to interpretations()",
            )
        elif set(dict(choice.values)) != set(known[choice.interpretation]):
            yield (
                hook,
                name,
                f"{choice.interpretation}: the readings must be {', '.join(known[choice.interpretation])}",
            )
    for followed in getattr(clause, "follows", ()):
        if followed not in known and followed not in stated:
            yield hook, name, f"interpretation {followed!r} is not declared: add it to interpretations()"


def _article_problems(loaded: LoadedProgram) -> Found:
    yield from _twice("articles", (item.clause for item in loaded.articles))
    used = {item.clause for rules in loaded.rules.values() for item in citations(rules) if item.kind}
    used |= {item.clause for item in loaded.asked} | {item.clause for item in loaded.summary_tables}
    open_to = {row.article for row in coverage_rows(loaded) if row.interpretations}
    for article in loaded.articles:
        encoded = any(within(clause, article.clause) for clause in used)
        if article.coverage is Coverage.INTERPRETED and article.clause not in open_to:
            yield "articles", article.clause, "no interpretation is about it: it is encoded"
        match article.coverage:
            case Coverage.INFORMATIONAL:
                if not article.by.zh:
                    yield "articles", article.clause, "say in `by` why nothing is encoded"
            case Coverage.ENCODED | Coverage.INTERPRETED:
                if not (encoded or article.by.zh):
                    yield (
                        "articles",
                        article.clause,
                        "no rule has a clause of this article: encode it, or say in `by` what does",
                    )
            case _:
                assert_never(article.coverage)
    names = [article.clause for article in loaded.articles]
    for clause in sorted(used - {""}):
        of_text = clause[0].isdigit() or clause[0].isupper()
        if of_text and not any(within(clause, article) for article in names):
            yield (
                "articles",
                clause,
                "a rule cites this clause, but no article of the list holds it: add the article",
            )


def _twice(hook: str, names: Iterable[str]) -> Found:
    for name, times in Counter(names).items():
        if times > 1:
            yield hook, name, f"{name!r} stands {times} times: each may stand once"
