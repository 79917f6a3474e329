"""What an application was returned for, and what its party changed since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.domain.lifecycle.states import ApplicationState
from core.domain.profile import stored
from core.rules.report import shown
from core.rules.text import T
from core.services.applications.case import Case
from core.services.applications.corrections import Key, marks_of
from core.services.applications.handling import Desk
from core.services.applications.statements import effective
from core.services.applications.verdicts import Row
from core.services.base.work import Work
from core.storage.models import Application, AuditEvent, FactEntry, MaterialFile
from core.storage.models.applications import Provenance
from core.storage.models.decisions import CorrectionKind

STRONGER = (Provenance.VERIFIED, Provenance.ATTESTED)
OWN = (Provenance.CLAIMED, Provenance.DERIVED)
"""What comes from the party: its word, and its roster."""


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A statement of the party that is another than it was."""

    name: str
    label: T
    before: T
    after: T
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangedMaterial:
    """A material whose files changed: what came, and what was replaced or taken back."""

    key: str
    title: T
    added: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """An item that the return marked, and whether it was changed since."""

    kind: CorrectionKind
    key: str
    name: T
    note: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """A return for correction, and what was changed after it."""

    returned_at: datetime
    reason: str
    facts: tuple[ChangedFact, ...]
    materials: tuple[ChangedMaterial, ...]
    marks: tuple[Marked, ...]

    @property
    def any(self) -> bool:
        """Whether anything was changed."""
        return bool(self.facts or self.materials)

    @property
    def untouched(self) -> tuple[Marked, ...]:
        """What was marked and is as it was."""
        return tuple(mark for mark in self.marks if not mark.changed)


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """A file that was not accepted and still stands."""

    key: str
    title: T
    filename: str
    remark: str


@dataclass(frozen=True, slots=True)
class Differing:
    """A fact that was found otherwise than it was claimed."""

    label: T
    claimed: T
    found: T
    note: str


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """What a returned application has to change."""

    reason: str
    materials: tuple[TurnedDown, ...]
    facts: tuple[Differing, ...]
    conditions: tuple[Row, ...]
    """Required conditions that are not met, or wait for a statement of the party."""

    @property
    def any(self) -> bool:
        """Whether there is anything beside the reason."""
        return bool(self.materials or self.facts or self.conditions)


def changes_since(case: Case) -> Changes | None:
    """What changed since the last return for correction; None where it was never returned."""
    returned_at = last_return(case.w, case.application)
    if returned_at is None:
        return None
    facts = _facts(case, returned_at)
    materials = _materials(case, returned_at)
    changed = {(CorrectionKind.FACT, fact.name) for fact in facts}
    changed |= {(CorrectionKind.MATERIAL, material.key) for material in materials}
    marks = _marks(case, returned_at, changed)
    return Changes(returned_at, case.application.return_reason, facts, materials, marks)


def to_correct(case: Case) -> ToCorrect:
    """What the party of an application has to change, as far as the register knows."""
    turned_down = tuple(
        TurnedDown(row.key, row.title, file.filename, file.remark)
        for row in case.checklist
        for file in row.present
        if file.accepted is False
    )
    open_rows = tuple(
        row
        for row in case.verdict.obstacles
        if row.lacks
        and not row.awaits_judgement
        and not all(seen.judged for part in row.parts for seen in part.observed)
    )
    return ToCorrect(case.application.return_reason, turned_down, _differing(case), open_rows)


def last_return(w: Work, application: Application) -> datetime | None:
    """When the application was last returned, by the audit trail."""
    if not application.return_reason:
        return None
    query = select(AuditEvent.at).where(
        AuditEvent.subject == "application",
        AuditEvent.subject_id == str(application.id),
        AuditEvent.changes[("state", "1")].astext == ApplicationState.RETURNED.value,
    )
    return w.session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))


def _facts(case: Case, since: datetime) -> tuple[ChangedFact, ...]:
    desk = case.desk
    entries = [entry for entry in case.entries if entry.provenance in OWN]
    before = effective(entry for entry in entries if entry.at <= since)
    now = effective(entries)
    latest = {entry.name: entry.at for entry in entries if entry.at > since}
    return tuple(
        ChangedFact(
            name,
            desk.vocabulary[name].label,
            _said(desk, name, _value(before, name)),
            _said(desk, name, _value(now, name)),
            at,
        )
        for name, at in latest.items()
        if name in desk.vocabulary and _value(before, name) != _value(now, name)
    )


def _materials(case: Case, since: datetime) -> tuple[ChangedMaterial, ...]:
    titles = {row.key: row.title for row in case.checklist}
    query = select(MaterialFile).where(MaterialFile.application_id == case.id).order_by(MaterialFile.id)
    added: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    for file in case.w.session.scalars(query):
        new = file.uploaded_at > since
        if new and file.replaced_at is None:
            added.setdefault(file.key, []).append(file.filename)
        elif not new and file.replaced_at is not None and file.replaced_at > since:
            gone.setdefault(file.key, []).append(file.filename)
    return tuple(
        ChangedMaterial(key, title, tuple(added.get(key, ())), tuple(gone.get(key, ())))
        for key, title in titles.items()
        if key in added or key in gone
    )


def _marks(case: Case, since: datetime, changed: Collection[Key]) -> tuple[Marked, ...]:
    found = marks_of(case.w, case.id, since)
    if not found:
        return ()
    names: dict[Key, T] = {
        (CorrectionKind.FACT, name): fact.label for name, fact in case.desk.vocabulary.items()
    }
    names |= {(CorrectionKind.MATERIAL, row.key): row.title for row in case.checklist}
    return tuple(
        Marked(
            mark.kind,
            mark.key,
            # The rules may have changed in between, and ask it no more.
            names.get((mark.kind, mark.key), T(mark.key, mark.key)),
            mark.note,
            (mark.kind, mark.key) in changed,
        )
        for mark in found
    )


def _differing(case: Case) -> tuple[Differing, ...]:
    """Facts whose stronger word is another than the party's last claim."""
    desk = case.desk
    claimed: dict[str, Any] = {}
    found: dict[str, FactEntry] = {}
    for entry in case.entries:
        if entry.provenance is Provenance.CLAIMED:
            claimed[entry.name] = entry.value
        elif entry.provenance in STRONGER and entry.value is not None:
            found[entry.name] = entry
    return tuple(
        Differing(
            desk.vocabulary[name].label,
            _said(desk, name, claimed[name]),
            _said(desk, name, entry.value),
            entry.note,
        )
        for name, entry in found.items()
        if name in desk.vocabulary and claimed.get(name) is not None and claimed[name] != entry.value
    )


def _said(desk: Desk, name: str, value: object) -> T:
    fact = desk.vocabulary[name]
    return shown(fact, stored(fact, value))


def _value(holding: dict[str, tuple[Any, Provenance]], name: str) -> Any:
    return holding.get(name, (None, None))[0]
