"""The checklist of an application: what is asked, and which files were handed in for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from core.rules.clauses import Material
from core.rules.evaluate import Outcome, evaluate
from core.rules.terms import Value
from core.rules.text import EMPTY, T
from core.services.applications.handling import Desk
from core.services.files.marks import Mark
from core.storage.models import MaterialFile

OF_INCLUSION = {
    "summary_table": T("汇总表", "Summary table"),
    "sealed_scan_pdf": T("盖章扫描件（pdf）", "Sealed scan (pdf)"),
    "sealed_scan_docx": T("盖章件（docx）", "Sealed copy (docx)"),
}
"""What stands for an application that was included directly, by the keys of its files."""


class Needed(StrEnum):
    """Whether a material must be handed in for this application."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"
    """Whether it is needed depends on a fact that is not known yet."""


@dataclass(frozen=True, slots=True)
class FileView:
    """One uploaded file; another took its place at `replaced_at`; `redacted`: it is a redacted copy."""

    id: int
    key: str
    filename: str
    content_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    replaced_at: datetime | None
    accepted: bool | None
    remark: str
    redacted: Mark | None = None
    store: ClassVar[str] = "materials"


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """A material that the text asks, and the files handed in for it, the present ones first."""

    key: str
    clause: str
    title: T
    note: T
    template: str
    needed: Needed
    files: tuple[FileView, ...]

    @property
    def present(self) -> tuple[FileView, ...]:
        """Files that stand: not replaced."""
        return tuple(file for file in self.files if file.replaced_at is None)

    @property
    def settled(self) -> bool:
        """Whether nothing is missing: a file stands that was not turned down, or none is needed."""
        given = any(file.accepted is not False for file in self.present)
        return given or self.needed in (Needed.OPTIONAL, Needed.NOT_NEEDED)


def rows_of(
    desk: Desk,
    values: Mapping[str, Value],
    items: Iterable[MaterialFile],
    today: date,
    marks: Mapping[int, Mark],
    *,
    direct: bool,
) -> tuple[ChecklistRow, ...]:
    """What the rules ask, with the files handed in; of an application included directly, its sealed table."""
    files = [view(item, marks.get(item.id)) for item in items]
    if direct:
        clause = desk.rules.procedure.direct_inclusion
        return tuple(
            ChecklistRow(
                key,
                clause,
                title,
                EMPTY,
                "",
                Needed.REQUIRED,
                tuple(file for file in files if file.key == key),
            )
            for key, title in OF_INCLUSION.items()
        )

    def needed(material: Material) -> Needed:
        if not material.required:
            return Needed.OPTIONAL
        if material.only_if is None:
            return Needed.REQUIRED
        outcome = evaluate(material.only_if, values, today).outcome
        return {Outcome.MET: Needed.REQUIRED, Outcome.NOT_MET: Needed.NOT_NEEDED}.get(outcome, Needed.UNKNOWN)

    return tuple(
        ChecklistRow(
            material.key,
            material.clause,
            material.title,
            material.note,
            material.template,
            needed(material),
            tuple(file for file in files if file.key == material.key),
        )
        for material in desk.rules.materials
    )


def why_incomplete(rows: Iterable[ChecklistRow]) -> T | None:
    """Which materials are missing, were turned down, or wait for a fact; None where nothing is."""
    open_rows = [row for row in rows if not row.settled]
    if not open_rows:
        return None
    zh = "、".join(f"{row.clause} {row.title.zh}{_why(row).zh}" for row in open_rows)
    en = ", ".join(f"{row.clause} {row.title.en}{_why(row).en}" for row in open_rows)
    return T(f"必交材料不齐：{zh}", f"required materials are missing: {en}")


def view(item: MaterialFile, redacted: Mark | None = None) -> FileView:
    """A file as it is shown."""
    return FileView(
        item.id,
        item.key,
        item.filename,
        item.content_type,
        item.size,
        item.sha256,
        item.uploaded_at,
        item.replaced_at,
        item.accepted,
        item.remark,
        redacted,
    )


def _why(row: ChecklistRow) -> T:
    if row.needed is Needed.UNKNOWN:
        return T("（请先填写相关信息，以确定是否需要）", " (needed or not: fill in the facts first)")
    if row.present:
        return T("（退回，需重新上传）", " (turned down, upload it anew)")
    return EMPTY
