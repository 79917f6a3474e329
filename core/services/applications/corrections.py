"""Items to correct: which facts and materials a return for correction may mark, kept with that return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.rules.text import EMPTY, T
from core.services.applications.case import Case
from core.services.applications.checklist import ChecklistRow
from core.services.applications.facts import FUNCTIONS, IDENTITY, Asked, asked_facts
from core.services.base.words import unkept
from core.services.base.work import Work
from core.storage.models import Application, CorrectionItem
from core.storage.models.applications import Provenance
from core.storage.models.decisions import CorrectionKind

LONGEST_NOTE = 200
OF_THE_PARTY = (None, Provenance.CLAIMED, Provenance.DERIVED)
"""Whose word the party can change: its own, and what its roster gives."""

Key = tuple[CorrectionKind, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to correct, with a word on it."""

    kind: CorrectionKind
    key: str
    note: str = ""


def markable(application: Application, asked: Iterable[Asked], rows: Iterable[ChecklistRow]) -> dict[Key, T]:
    """What can be marked, with its name: the facts that the form asks of the party, and its checklist."""
    claimed = application.facts.get(FUNCTIONS) or ()
    found = {
        (CorrectionKind.FACT, item.fact.name): item.fact.label
        for item in asked
        if not item.fact.judged
        and item.fact.name not in IDENTITY
        and item.provenance in OF_THE_PARTY
        and (item.value is not None or not item.function or item.function in claimed)
    }
    return found | {(CorrectionKind.MATERIAL, row.key): row.title for row in rows}


def known(case: Case) -> dict[Key, T]:
    """What can be marked on an application as it stands."""
    return markable(case.application, asked_facts(case), case.checklist)


def problems(names: Mapping[Key, T], marks: Iterable[Mark]) -> dict[str, T]:
    """What is wrong with the marks of a return, each named."""
    wrong: list[T] = []
    for mark in marks:
        name = names.get((mark.kind, mark.key))
        if name is None:
            wrong.append(
                T(
                    f"“{mark.key}”不是本申请要填报的事项或材料，不能标注",
                    f"{mark.key} is neither stated nor handed in for this application and cannot be marked",
                )
            )
            continue
        for why in unkept(mark.note, "marks", longest=LONGEST_NOTE).values():
            wrong.append(T(f"“{name.zh}”的说明：{why.zh}", f"the note on {name.en}: {why.en}"))
    if not wrong:
        return {}
    return {"marks": T("；".join(why.zh for why in wrong), "; ".join(why.en for why in wrong))}


def keep(case: Case, names: Mapping[Key, T], marks: Iterable[Mark]) -> T:
    """Keep the marks of the return that is made now; as a text they go on from its reason."""
    given = {(mark.kind, mark.key): mark.note.strip() for mark in marks}
    listed = [(key, given[key]) for key in names if key in given]
    for (kind, key), note in listed:
        case.w.session.add(
            CorrectionItem(application_id=case.id, returned_at=case.w.now, kind=kind, key=key, note=note)
        )
    if not listed:
        return EMPTY
    lines = [(names[key], note) for key, note in listed]
    zh = "".join(f"\n{n}. {name.zh}{f'：{note}' if note else ''}" for n, (name, note) in enumerate(lines, 1))
    en = "".join(f"\n{n}. {name.en}{f': {note}' if note else ''}" for n, (name, note) in enumerate(lines, 1))
    return T(f"\n补正事项：{zh}", f"\nItems to correct:{en}")


def marks_of(w: Work, application_id: int, returned_at: datetime) -> list[Mark]:
    """What one return marked, in the order of the form."""
    query = select(CorrectionItem).where(
        CorrectionItem.application_id == application_id, CorrectionItem.returned_at == returned_at
    )
    return [
        Mark(item.kind, item.key, item.note) for item in w.session.scalars(query.order_by(CorrectionItem.id))
    ]
