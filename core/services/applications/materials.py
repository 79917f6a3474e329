"""Documents of an application: what is asked, what was handed in, and an officer's word on each file."""

from __future__ import annotations

from datetime import date
from typing import IO

from sqlalchemy import func, select

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import ApplicationState
from core.domain.reading import why_not_past
from core.rules.text import T
from core.services.applications.case import Case, find, lock, lock_for
from core.services.applications.checklist import ChecklistRow, FileView, view
from core.services.applications.handling import is_member, is_reviewer, require_state
from core.services.base.access import allowed, require
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.entry.record import looked
from core.services.files.marks import require_unsealed
from core.services.files.uploads import take
from core.services.people.parties import is_own
from core.storage.files import FileStore
from core.storage.models import Application, MaterialFile
from core.storage.models.accounts import Look

MOST_FILES = 20
"""Present files of one material."""
EDITABLE = (ApplicationState.DRAFT, ApplicationState.RETURNED)
JUDGED_IN = (ApplicationState.SUBMITTED, ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)


def checklist(w: Work, application_id: int) -> tuple[ChecklistRow, ...]:
    """The materials of an application, in the order of the text."""
    return find(w, application_id).checklist


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

    The type is told by the bytes; the file it replaces stays, marked as replaced. One that is there already
    under the key, byte for byte, is not handed in again: a form that was sent twice.
    """
    case = _editable(w, application_id)
    application = case.application
    if key not in {material.key for material in case.desk.rules.materials}:
        raise Invalid({"key": T(f"没有材料项 {key}", f"there is no material {key}")})
    old = _file_of(w, application, key, replaces) if replaces is not None else None
    if old is None and _count(w, application.id, key) >= MOST_FILES:
        raise Refused(
            T(f"每项材料至多 {MOST_FILES} 个文件", f"a material has at most {MOST_FILES} files"),
            mend=T("请合并为一个文件，或替换已有文件", "join them into one, or replace one"),
        )
    with w.session.no_autoflush:
        new = add_file(w, application.id, key, filename, data, store)
        if old is None and (same := _same(w, new)) is not None:
            w.session.expunge(new)
            return same
    if old is not None:
        old.replaced_at = w.now
    w.session.flush()
    case.changed()
    return new.id


def add_file(
    w: Work, application_id: int, key: str, filename: str, data: bytes | IO[bytes], store: FileStore
) -> MaterialFile:
    """Store a file for an application that may have it; Invalid says what is wrong with it."""
    upload = take(filename, data, store)
    party_id = w.session.get_one(Application, application_id).party_id
    require_unsealed(w.session, party_id, upload.sha256)
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
    case = _editable(w, application_id)
    _file_of(w, case.application, None, file_id).replaced_at = w.now
    case.changed()


def open_file(w: Work, file_id: int, store: FileStore) -> tuple[FileView, IO[bytes]]:
    """A file with its bytes, for the party, staff in whose scope it lies, and the application's reviewers."""
    item = w.session.get(MaterialFile, file_id)
    if item is None:
        raise NotFound(NOTHING_THERE)
    application = find(w, item.application_id).application
    if not may_open(w, application):
        raise NotFound(NOTHING_THERE)
    looked(
        w,
        Look.DOCUMENT,
        file_id,
        party_id=application.party_id,
        program=application.program,
        region=application.region,
        detail="material_file",
    )
    try:
        return view(item), store.open(item.sha256)
    except FileNotFoundError:
        raise NotFound(
            T(f"文件“{item.filename}”已不在存储中", f"{item.filename} is gone from the store"),
            mend=T("请联系系统管理员从备份恢复", "have the administrator restore it from the backup"),
        ) from None


def may_open(w: Work, application: Application) -> bool:
    """Whether the actor may open the documents of an application."""
    return (
        is_member(w, application)
        or is_reviewer(w, application.id)
        or allowed(w.actor, Act.MATERIAL_VIEW, *application.place)
    )


def judge_material(w: Work, file_id: int, *, accepted: bool, remark: str = "") -> None:
    """Accept a file, or turn it down with a remark: then it has to be replaced before the next submission."""
    item = w.session.get(MaterialFile, file_id)
    if item is None:
        raise NotFound(NOTHING_THERE)
    case = lock_for(w, item.application_id, Act.MATERIAL_JUDGE)
    require_state(case.application, *JUDGED_IN)
    if item.replaced_at is not None:
        raise Refused(T("该文件已被替换", "this file was replaced"))
    errors = {} if accepted and not remark.strip() else unwritten(remark, "remark", longest=500)
    if errors:
        raise Invalid(errors)
    item.accepted, item.remark = accepted, remark.strip()
    case.changed()


def record_paper_copy(w: Work, application_id: int, received_on: date) -> None:
    """Note the day on which the paper copy of an application came in."""
    application = lock_for(w, application_id, Act.MATERIAL_JUDGE).application
    require_state(application, *JUDGED_IN)
    why = why_not_past(received_on, w.today)
    if why is not None:
        raise Invalid({"received_on": why})
    application.paper_received_on = received_on


def _editable(w: Work, application_id: int) -> Case:
    case = lock(w, application_id)
    application = case.application
    if not is_member(w, application):
        require(w, Act.APPLICATION_DRAFT, *application.place)
        if is_own(w, application.party_id):
            raise Refused(Guard.NOT_OWN.reason)
    require_state(application, *EDITABLE)
    return case


def _file_of(w: Work, application: Application, key: str | None, file_id: int) -> MaterialFile:
    item = w.session.get(MaterialFile, file_id)
    if item is None or item.application_id != application.id or key not in (None, item.key):
        raise NotFound(NOTHING_THERE)
    if item.replaced_at is not None:
        raise Refused(T("该文件已被替换", "this file was replaced"))
    return item


def _same(w: Work, new: MaterialFile) -> int | None:
    """The id of the same file under the same key."""
    alike = (
        MaterialFile.application_id == new.application_id,
        MaterialFile.key == new.key,
        MaterialFile.filename == new.filename,
        MaterialFile.sha256 == new.sha256,
        MaterialFile.replaced_at.is_(None),
    )
    return w.session.scalar(select(MaterialFile.id).where(*alike).limit(1))


def _count(w: Work, application_id: int, key: str) -> int:
    present = MaterialFile.replaced_at.is_(None)
    query = select(func.count()).where(
        MaterialFile.application_id == application_id, MaterialFile.key == key, present
    )
    return w.session.scalar(query) or 0
