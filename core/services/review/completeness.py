"""Whether an application is complete: documents, facts, the party; and what to write when it goes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from core.rules.clauses import StageKind, clause_name
from core.rules.evaluate import Outcome
from core.rules.text import EMPTY, T
from core.services.applications.case import Case
from core.services.applications.checklist import ChecklistRow, Needed
from core.services.applications.materials import JUDGED_IN
from core.services.applications.verdicts import Row
from core.services.base.words import LONGEST_REASON

OPENING = T("请补正以下内容：", "Please correct:")
ROOM_FOR_THE_END = 60


class Missing(StrEnum):
    """What kind of thing is missing."""

    MATERIAL = "material"
    TURNED_DOWN = "turned_down"
    FACT = "fact"
    UNJUDGED = "unjudged"
    PARTY = "party"

    @property
    def for_party(self) -> bool:
        """Whether the party has to mend it; the rest is the office's own work."""
        return self in (self.MATERIAL, self.TURNED_DOWN, self.FACT)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing, under its clause; `anchor` names the part of the case where it is mended."""

    missing: Missing
    clause: str
    text: T
    anchor: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the check found."""

    lacks: tuple[Lack, ...]
    failed: tuple[tuple[str, T], ...]
    """Required conditions that are not met: no lack, and named beside them."""
    materials: int
    judged: int
    """Files that stand, and those of them with a word on them."""
    paper_received_on: date | None
    checked: bool
    """Whether it is at a stage at which it is checked."""

    @property
    def to_mend(self) -> tuple[Lack, ...]:
        """What the party has to mend."""
        return tuple(lack for lack in self.lacks if lack.missing.for_party)

    @property
    def to_do(self) -> tuple[Lack, ...]:
        """What the office has still to do."""
        return tuple(lack for lack in self.lacks if not lack.missing.for_party)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that the party has to mend."""
        return not self.to_mend

    @property
    def reason(self) -> T:
        """What to write when it goes back: what is to be mended by clause, as far as there is room."""
        return T(*(_letter(self.to_mend, language) for language in ("zh", "en")))


def _letter(lacks: Sequence[Lack], language: str) -> str:
    lines: list[str] = []
    for clause, group in groupby(lacks, key=lambda lack: (lack.missing, lack.clause)):
        texts = [lack.text.get(language) for lack in group]
        name = _clause(clause[1]).get(language)
        lines.append(f"{len(lines) + 1}. {name}{T('；', '; ').get(language).join(texts)}")
    if not lines:
        return ""
    letter = OPENING.get(language)
    for number, line in enumerate(lines):
        rest = len(lines) - number
        if len(letter) + len(line) + ROOM_FOR_THE_END > LONGEST_REASON:
            more = T(
                f"另有 {rest} 项，见系统中的材料清单和条件", f"{rest} more: see the checklist and conditions"
            )
            return f"{letter}\n{more.get(language)}"
        letter += f"\n{line}"
    return letter


def check(case: Case) -> Completeness:
    """Go through an application that the caller may see."""
    application, rows = case.application, case.checklist
    present = [file for row in rows for file in row.present]
    verdict = None if case.direct else case.verdict
    failed = [] if verdict is None else [row for row in verdict.obstacles if row.outcome is Outcome.NOT_MET]
    facts = () if verdict is None else tuple(_facts(verdict.rows))
    return Completeness(
        (*_party(case), *_documents(rows), *facts),
        tuple((row.clause, row.title) for row in failed),
        len(present),
        sum(file.accepted is not None for file in present),
        application.paper_received_on,
        application.state in JUDGED_IN,
    )


def _party(case: Case) -> Iterator[Lack]:
    stages = {stage.kind: stage for stage in case.desk.rules.procedure.stages}
    stage = stages.get(StageKind.VERIFICATION)
    if stage is not None and case.application.party.verified_at is None:
        yield Lack(
            Missing.PARTY, stage.clause, T("主体尚未核验", "the party is not verified yet"), "do-title"
        )


def _documents(rows: tuple[ChecklistRow, ...]) -> Iterator[Lack]:
    for row in rows:
        down = [file for file in row.present if file.accepted is False]
        if not row.present and row.needed is Needed.REQUIRED:
            text = T(f"未提交“{row.title.zh}”", f"{row.title.en} was not handed in")
            yield Lack(Missing.MATERIAL, row.clause, text, "materials")
        elif not row.present and row.needed is Needed.UNKNOWN:
            text = T(
                f"“{row.title.zh}”是否必交，取决于尚未填写的事实",
                f"whether {row.title.en} is needed depends on a fact that is not given",
            )
            yield Lack(Missing.MATERIAL, row.clause, text, "materials")
        elif down and not row.settled:
            why = "；".join(file.remark for file in down if file.remark)
            zh, en = (f"：{why}", f": {why}") if why else ("", "")
            text = T(f"“{row.title.zh}”不合格{zh}", f"{row.title.en} was turned down{en}")
            yield Lack(Missing.TURNED_DOWN, row.clause, text, "materials")
        waiting = sum(file.accepted is None for file in row.present)
        if waiting:
            text = T(
                f"“{row.title.zh}”有 {waiting} 个文件未审核",
                f"{row.title.en}: {waiting} file{'s' if waiting > 1 else ''} to examine",
            )
            yield Lack(Missing.UNJUDGED, row.clause, text, "materials")


def _facts(rows: Iterable[Row]) -> Iterator[Lack]:
    """What a required condition reads and nobody has given; what a person judges is not for the party."""
    named: set[str] = set()
    for row in rows:
        if row.stands or row.outcome is not Outcome.UNKNOWN:
            continue
        for part in row.parts:
            if part.relaxed or part.outcome is not Outcome.UNKNOWN:
                continue
            for fact in part.observed:
                if fact.value is None and not fact.judged and fact.name not in named:
                    named.add(fact.name)
                    text = T(f"未填写“{fact.label.zh}”", f"{fact.label.en} is not given")
                    yield Lack(Missing.FACT, row.clause, text, "facts")


def _clause(clause: str) -> T:
    name = clause_name(clause)
    return T(f"（{name.zh}）", f"({name.en}) ") if clause else EMPTY
