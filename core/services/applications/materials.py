"""Documents of an application: what is asked, what was handed in, and an officer's word on each file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO

from sqlalchemy import func, select

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import ApplicationState
from core.rules.clauses import Material
from core.rules.evaluate import Outcome, evaluate
from core.rules.text import EMPTY, T
from core.services.applications.handling import (
    desk_of,
    find,
    is_member,
    is_reviewer,
    lock,
    lock_for,
    require_state,
)
from core.services.base.access import allowed, require
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.files.uploads import take
from core.services.people.parties import is_own
from core.storage.files import FileStore
from core.storage.models import Application, MaterialFile
from core.storage.models.intake import Channel

MOST_FILES = 20
"""Present files of one material."""
EDITABLE = (ApplicationState.DRAFT, ApplicationState.RETURNED)
JUDGED_IN = (ApplicationState.SUBMITTED, ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)


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
    """One uploaded file; `replaced_at` says that another took its place."""

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


def checklist(w: Work, application_id: int) -> tuple[ChecklistRow, ...]:
    """The materials of an application, in the order of the text."""
    return checklist_of(w, find(w, application_id))


def checklist_of(w: Work, application: Application) -> tuple[ChecklistRow, ...]:
    """The materials of an application that the caller may see; of one included directly, its sealed table."""
    desk = desk_of(w, application)
    values = desk.values(application.facts)
    query = select(MaterialFile).where(MaterialFile.application_id == application.id)
    files = [
        _view(item)
        for item in w.session.scalars(query.order_by(MaterialFile.replaced_at.desc(), MaterialFile.id))
    ]
    if application.channel is Channel.DIRECT:
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
        outcome = evaluate(material.only_if, values, w.today).outcome
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


def attach(
    w: Work,
    application_id: int,
    key: str,
    filename: str,
    data: bytes | IO[bytes],
    store: FileStore,
    *,
    replaces: int | None = None,
) -> int:
    """Hand in a file under a material's key, beside the others or in the place of one. Returns its id.

    The type is told by the bytes; the file it replaces stays, marked as replaced.
    """
    application = _editable(w, application_id)
    if key not in {material.key for material in desk_of(w, application).rules.materials}:
        raise Invalid({"key": T(f"没有材料项 {key}", f"there is no material {key}")})
    old = _file_of(w, application, key, replaces) if replaces is not None else None
    if old is None and _count(w, application.id, key) >= MOST_FILES:
        raise Refused(
            T(f"每项材料至多 {MOST_FILES} 个文件", f"a material has at most {MOST_FILES} files"),
            mend=T("请合并为一个文件，或替换已有文件", "join them into one, or replace one"),
        )
    new = add_file(w, application.id, key, filename, data, store)
    if old is not None:
        old.replaced_at = w.now
    w.session.flush()
    return new.id


def add_file(
    w: Work, application_id: int, key: str, filename: str, data: bytes | IO[bytes], store: FileStore
) -> MaterialFile:
    """Store a file for an application that may have it; Invalid says what is wrong with it."""
    upload = take(filename, data, store)
    new = MaterialFile(
        application_id=application_id,
        key=key,
        filename=upload.filename,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        uploaded_by_id=w.actor.user_id,
        uploaded_at=w.now,
    )
    w.session.add(new)
    return new


def remove_file(w: Work, file_id: int) -> None:
    """Take a file back; it is kept, and marked as replaced by nothing."""
    application_id = w.session.scalar(select(MaterialFile.application_id).where(MaterialFile.id == file_id))
    if application_id is None:
        raise NotFound(NOTHING_THERE)
    application = _editable(w, application_id)
    _file_of(w, application, None, file_id).replaced_at = w.now


def open_file(w: Work, file_id: int, store: FileStore) -> tuple[FileView, IO[bytes]]:
    """A file with its bytes, for the party, staff in whose scope it lies, and the application's reviewers."""
    item = w.session.get(MaterialFile, file_id)
    if item is None:
        raise NotFound(NOTHING_THERE)
    application = find(w, item.application_id)
    if not (
        is_member(w, application)
        or is_reviewer(w, application.id)
        or allowed(w.actor, Act.MATERIAL_VIEW, application.program, application.region)
    ):
        raise NotFound(NOTHING_THERE)
    try:
        return _view(item), store.open(item.sha256)
    except FileNotFoundError:
        raise NotFound(
            T(f"文件“{item.filename}”已不在存储中", f"{item.filename} is gone from the store"),
            mend=T("请联系系统管理员从备份恢复", "have the administrator restore it from the backup"),
        ) from None


def judge_material(w: Work, file_id: int, *, accepted: bool, remark: str = "") -> None:
    """Accept a file, or turn it down with a remark: then it has to be replaced before the next submission."""
    item = w.session.get(MaterialFile, file_id)
    if item is None:
        raise NotFound(NOTHING_THERE)
    application = lock_for(w, item.application_id, Act.MATERIAL_JUDGE)
    require_state(application, *JUDGED_IN)
    if item.replaced_at is not None:
        raise Refused(T("该文件已被替换", "this file was replaced"))
    errors = {} if accepted and not remark.strip() else unwritten(remark, "remark", longest=500)
    if errors:
        raise Invalid(errors)
    item.accepted, item.remark = accepted, remark.strip()


def record_paper_copy(w: Work, application_id: int, received_on: date) -> None:
    """Note the day on which the paper copy of an application came in."""
    application = lock_for(w, application_id, Act.MATERIAL_JUDGE)
    require_state(application, *JUDGED_IN)
    if received_on > w.today:
        raise Invalid({"received_on": T("不能晚于今天", "not after today")})
    application.paper_received_on = received_on


def _why(row: ChecklistRow) -> T:
    if row.needed is Needed.UNKNOWN:
        return T("（请先填写相关信息，以确定是否需要）", " (needed or not: fill in the facts first)")
    if row.present:
        return T("（退回，需重新上传）", " (turned down, upload it anew)")
    return EMPTY


def _editable(w: Work, application_id: int) -> Application:
    application = lock(w, application_id)
    if not is_member(w, application):
        require(w, Act.APPLICATION_DRAFT, application.program, application.region)
        if is_own(w, application.party_id):
            raise Refused(Guard.NOT_OWN.reason)
    require_state(application, *EDITABLE)
    return application


def _file_of(w: Work, application: Application, key: str | None, file_id: int) -> MaterialFile:
    item = w.session.get(MaterialFile, file_id)
    if item is None or item.application_id != application.id or key not in (None, item.key):
        raise NotFound(NOTHING_THERE)
    if item.replaced_at is not None:
        raise Refused(T("该文件已被替换", "this file was replaced"))
    return item


def _count(w: Work, application_id: int, key: str) -> int:
    present = MaterialFile.replaced_at.is_(None)
    query = select(func.count()).where(
        MaterialFile.application_id == application_id, MaterialFile.key == key, present
    )
    return w.session.scalar(query) or 0


def _view(item: MaterialFile) -> FileView:
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
    )
