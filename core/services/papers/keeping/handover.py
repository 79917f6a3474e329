"""A closed case handed over to the archive: its dossier with metadata, and what is recorded of it.

The metadata are named as DA/T 46 and GB/T 18894 name them, and stand beside the files as JSON and as XML. Of
the same case at the same moment the package has the same bytes: it need not be kept to be held to its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sqlalchemy import ColumnElement, and_, func, or_, select

from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.lifecycle.keeping import Kept
from core.domain.lifecycle.states import ApplicationState
from core.rules.periods import MONTHS
from core.rules.text import T
from core.services.applications.case import Case
from core.services.base.access import require, scope
from core.services.base.decided import already
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.keeping.due import months
from core.services.papers.base import Words, title_of
from core.services.papers.binder import Download, Item, of_paper, zipped
from core.services.papers.dossier import case_of, front_of, items_of
from core.services.papers.supervision import letters_of
from core.storage.files import FileStore
from core.storage.models import Accreditation, Application, ArchivePackage, Decision

SCHEMA = "accredit-archive/1"
SUPERVISED = T("监督与退出文书", "Letters of supervision and of the end")
OPEN_CASE = T("案件尚未办结，不能归档", "the case is not closed, and not handed over yet")
CHANGED = T("案卷在生成归档包之后有变化", "the case has changed since the package was made")
LONGEST = {"archive_number": 100, "receiver": 200}


@dataclass(frozen=True, slots=True)
class Made:
    """A package with its figures; whoever takes the file closes it."""

    download: Download
    sha256: str
    size: int
    files: int
    document_number: str


def _closed() -> ColumnElement[bool]:
    held = select(Accreditation.id).where(Accreditation.application_id == Application.id)
    running = held.where(Accreditation.ended_on.is_(None)).exists()
    accredited = and_(Application.state == ApplicationState.ACCREDITED, held.exists(), ~running)
    return or_(Application.state == ApplicationState.REJECTED, accredited)


def waiting(w: Work, program: str, wish: Wish = FIRST) -> Page[Application]:
    """A page of the closed cases of a programme of which no package was made."""
    packed = select(ArchivePackage.id).where(ArchivePackage.application_id == Application.id).exists()
    mine = scope(w.actor, Act.KEEPING_VIEW, Application.program, Application.region)
    query = select(Application).where(Application.program == program, mine, _closed(), ~packed)
    return page_of(w, query.order_by(Application.id), wish)


def packages(w: Work, program: str, wish: Wish = FIRST) -> Page[ArchivePackage]:
    """A page of the packages of a programme, the latest first."""
    mine = scope(w.actor, Act.KEEPING_VIEW, ArchivePackage.program, ArchivePackage.region)
    query = select(ArchivePackage).where(ArchivePackage.program == program, mine)
    return page_of(w, query.order_by(ArchivePackage.id.desc()), wish)


def hand_over(w: Work, application_id: int, store: FileStore, *, language: str, base_url: str) -> int:
    """Make the package of a closed case and record it; of the same moment it is one. Returns its id."""
    case = case_of(w, application_id)
    application = case.application
    require(w, Act.ARCHIVE_HAND_OVER, *application.place)
    # Two at once make one package after the other.
    w.session.refresh(application, with_for_update=True)
    if not w.session.scalar(select(func.count()).where(Application.id == application.id, _closed())):
        raise Refused(OPEN_CASE, mend=T("办结后再归档", "hand it over once it is closed"))
    made = _make(case, store, language, base_url)
    made.download.stream.close()
    known = select(ArchivePackage.id).where(
        ArchivePackage.application_id == application.id, ArchivePackage.sha256 == made.sha256
    )
    if (found := w.session.scalar(known)) is not None:
        return found
    row = ArchivePackage(
        application_id=application.id,
        program=application.program,
        region=application.region,
        retention_months=months(w, Kept.CASE),
        document_number=made.document_number,
        files=made.files,
        size=made.size,
        sha256=made.sha256,
        language=language,
        made_by_id=w.actor.user_id,
        made_at=w.now,
    )
    w.session.add(row)
    w.session.flush()
    return row.id


def download(w: Work, package_id: int, store: FileStore, *, base_url: str) -> Download:
    """The package as it was recorded; Conflict where its case has changed since."""
    row = _found(w, package_id, Act.KEEPING_VIEW)
    then = Work(w.session, w.actor, row.made_at, w.action)
    made = _make(case_of(then, row.application_id), store, row.language, base_url)
    if made.sha256 != row.sha256:
        made.download.stream.close()
        raise Conflict(CHANGED, mend=T("请重新生成归档包", "make the package anew"))
    return made.download


def receive(w: Work, package_id: int, on: date, archive_number: str, receiver: str) -> None:
    """Record that the archive has taken it, under which number."""
    row = _found(w, package_id, Act.ARCHIVE_HAND_OVER)
    w.session.refresh(row, with_for_update=True)
    given = {"archive_number": archive_number, "receiver": receiver}
    errors: dict[str, T] = {}
    for field, text in given.items():
        errors |= unwritten(text, field, longest=LONGEST[field])
    if on > w.today or on < local_date(row.made_at):
        errors["received_on"] = T(
            f"应在{local_date(row.made_at)}至{w.today}之间",
            f"give a day from {local_date(row.made_at)} to {w.today}",
        )
    if errors:
        raise Invalid(errors)
    if row.received_on is not None:
        raise already(w, row)
    row.received_on, row.archive_number, row.receiver = on, archive_number.strip(), receiver.strip()


def _found(w: Work, package_id: int, act: Act) -> ArchivePackage:
    package = w.session.get(ArchivePackage, package_id)
    if package is None:
        raise NotFound(NOTHING_THERE)
    mine = scope(w.actor, Act.KEEPING_VIEW, ArchivePackage.program, ArchivePackage.region)
    if w.session.scalar(select(ArchivePackage.id).where(ArchivePackage.id == package.id, mine)) is None:
        raise NotFound(NOTHING_THERE)
    require(w, act, package.program, package.region)
    return package


def _make(case: Case, store: FileStore, language: str, base_url: str) -> Made:
    w, application, say = case.w, case.application, Words(language)
    number, on = _document(w, application)
    listing: list[Mapping[str, Any]] = []

    def metadata(listed: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
        listing.extend(listed)
        told = _metadata(w, application, say, number, on, listed)
        return {
            "metadata.json": json.dumps(told, ensure_ascii=False, indent=1).encode(),
            "metadata.xml": _xml(told),
        }

    items = [*items_of(case, store, say, base_url), *_letters(w, application, say)]
    made = zipped(w, front_of(w, application, say), items, say, metadata)
    sha256, size = _digest(made.stream)
    return Made(made, sha256, size, len(listing), number)


def _letters(w: Work, application: Application, say: Words) -> Iterator[Item]:
    """What was written about each status that came of the case, up to its end."""
    held = select(Accreditation.id).where(Accreditation.application_id == application.id)
    for number in w.session.scalars(held.order_by(Accreditation.id)).all():
        for title, letter in letters_of(w, number, language=say.language):
            yield of_paper(SUPERVISED, say.tr(title), letter)


def _document(w: Work, application: Application) -> tuple[str, date]:
    """Under which number and on which day it was decided: of a status, its own."""
    held = w.session.execute(
        select(Accreditation.number, Accreditation.started_on)
        .where(Accreditation.application_id == application.id)
        .order_by(Accreditation.id.desc())
        .limit(1)
    ).first()
    if held is not None:
        return held.number, held.started_on
    last = w.session.execute(
        select(Decision.id, Decision.at)
        .where(Decision.application_id == application.id)
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    return (str(last.id), local_date(last.at)) if last is not None else (str(application.id), w.today)


def _metadata(
    w: Work,
    application: Application,
    say: Words,
    number: str,
    on: date,
    listed: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """By the elements of DA/T 46 and GB/T 18894, whose names are Chinese in every language."""
    authority = say.tr(w.authority(application.program, on))
    length = months(w, Kept.CASE)
    kept = say(f"{length // MONTHS}年", f"{length // MONTHS} years") if length % MONTHS == 0 else ""
    return {
        "方案": SCHEMA,
        "聚合层次": "案卷",
        "立档单位名称": authority,
        "电子文件号": f"{application.program}-{application.id}",
        "年度": str(on.year),
        "保管期限": kept or say(f"{length}个月", f"{length} months"),
        "题名": f"{application.party.name} {title_of(w, application, say)}",
        "文件编号": number,
        "责任者": authority,
        "日期": on.isoformat(),
        "密级": "内部",
        "归档日期": w.today.isoformat(),
        "形成系统": "accredit",
        "摘要算法": "SHA-256",
        "文件": [
            {
                "题名": item["title"],
                "计算机文件名": item["file"] or "",
                "计算机文件大小": item["size"],
                "摘要": item["sha256"],
            }
            for item in listed
        ],
    }


def _xml(told: Mapping[str, Any]) -> bytes:
    root = Element("归档信息包")
    for name, value in told.items():
        if not isinstance(value, list):
            SubElement(root, name).text = str(value)
            continue
        for item in value:
            one = SubElement(root, name)
            for key, content in item.items():
                SubElement(one, key).text = str(content)
    indent(root)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _digest(stream: IO[bytes]) -> tuple[str, int]:
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a file, seekable
    size = stream.tell()
    stream.seek(0)
    return sha256, size
