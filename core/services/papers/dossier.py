"""A whole case as one: a PDF with contents, forms, letters and materials, or a zip with everything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from sqlalchemy import select

from core.documents.archive import Archive, entry_name
from core.documents.blocks import Facts, Form, Heading, Note, Table
from core.documents.indexpage import Entry, index_page
from core.documents.merge import Part, Placed, merge
from core.documents.pdf import form_pdf
from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import mask_id_number
from core.rules.text import T
from core.services.applications.case import Case, find
from core.services.applications.checklist import FileView
from core.services.applications.handling import is_member
from core.services.base.access import allowed
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.files.marks import Mark
from core.services.papers.application import paper_of as application_paper
from core.services.papers.base import PDF, Paper, Words, sees_all, title_of, titles
from core.services.papers.certificates import certificate
from core.services.papers.decisions import letter_of as decision_letter
from core.services.papers.declining import letter_of as declining_letter
from core.services.papers.recommending import paper_of as recommendation_paper
from core.storage.files import FileStore
from core.storage.models import Accreditation, Application

WHY_NOT = {
    "type": T("此类文件不并入，见压缩包", "not of a kind that is merged; see the zip"),
    "broken": T("文件损坏，未能并入", "broken, could not be merged"),
    "locked": T("文件加密，未能并入", "protected by a password, could not be merged"),
    "xfa": T("动态表单（XFA），未能并入，见压缩包", "a dynamic form (XFA), could not be merged; see the zip"),
    "signed": T(
        "有电子签名，为保持其效力，原样附在本文件内", "signed; attached whole, so that it stays valid"
    ),
    "attachments": T("内含附件，原样附在本文件内", "has files in it; attached whole"),
    "large": T("篇幅过大，不并入，见压缩包", "too large to be merged; see the zip"),
}
SCHEMA = "accredit-dossier/1"


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a dossier; a material has its hash."""

    group: T
    clause: str
    title: str
    filename: str
    media: str
    size: int
    sha256: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Download:
    """A file on disk to hand out, with its name; whoever takes it closes it."""

    filename: str
    stream: IO[bytes]
    media: str


FORMS, MATERIALS, OLD = (
    T("申请与办理文书", "Forms and letters"),
    T("申报材料", "Materials"),
    T("已被替换的材料", "Materials replaced"),
)


def dossier_pdf(w: Work, application_id: int, store: FileStore, *, language: str, base_url: str) -> Download:
    """The case as one PDF: contents first, then every part that can be merged; the others are listed."""
    say, case = Words(language), _case(w, application_id)
    application = case.application
    items = [item for item in _items(case, store, say, base_url) if item.group is not OLD]
    parts = [Part(item.title, item.media, item.size, item.open) for item in items]

    def front(placed: Sequence[Placed], length: int) -> bytes:
        return form_pdf(_contents(w, application, items, placed, length, say), language=language, on=w.today)

    stream = merge(front, parts, say("案卷", "Dossier"))
    return Download(_name(application, say, "pdf"), stream, PDF)


def dossier_zip(w: Work, application_id: int, store: FileStore, *, language: str, base_url: str) -> Download:
    """The case as a zip: every file as it is, with an index for people and machines and a list of hashes."""
    say, case = Words(language), _case(w, application_id)
    application = case.application
    archive, listed = Archive(w.today), []
    for number, item in enumerate(_items(case, store, say, base_url), start=1):
        folder = say.tr(item.group)
        row = {"group": item.group.to_json(), "clause": item.clause, "title": item.title, "size": item.size}
        try:
            with item.open() as stream:
                name = archive.add(entry_name(folder, f"{number:03d}-{item.filename}"), stream)
        except FileNotFoundError:
            # The index says what should be there; the rest of the case is still handed out.
            listed.append(row | {"file": None, "sha256": item.sha256})
            continue
        listed.append(row | {"file": name, "sha256": archive.sums[name]})
    index = _index(w, application, listed, say)
    archive.add("index.json", json.dumps(index, ensure_ascii=False, indent=1).encode())
    archive.add("index.html", _page(index, say).encode())
    return Download(_name(application, say, "zip"), archive.close(), "application/zip")


def _case(w: Work, application_id: int) -> Case:
    """The case, for its party and staff who may see its materials."""
    case = find(w, application_id)
    application = case.application
    seen = allowed(w.actor, Act.APPLICATION_VIEW, application.program, application.region)
    if not (seen or is_member(w, application)):
        raise NotFound(NOTHING_THERE)
    return case


def _items(case: Case, store: FileStore, say: Words, base_url: str) -> Iterator[Item]:
    for title, paper in _papers(case, say, base_url):
        yield Item(
            FORMS, "", title, paper.filename, paper.media, len(paper.content), "", _opener(paper.content)
        )
    rows = case.checklist
    for group, replaced in ((MATERIALS, False), (OLD, True)):
        for row in rows:
            for file in row.files:
                if (file.replaced_at is not None) == replaced:
                    yield _material(group, row.clause, say.tr(row.title), file, store, say)


def _material(group: T, clause: str, title: str, file: FileView, store: FileStore, say: Words) -> Item:
    def opened() -> IO[bytes]:
        return store.open(file.sha256)

    return Item(
        group,
        clause,
        f"{title}：{file.filename}{_mark(file.redacted, say)}",
        file.filename,
        file.content_type,
        file.size,
        file.sha256,
        opened,
    )


def _mark(redacted: Mark | None, say: Words) -> str:
    """Says of a document that it is a redacted copy, since when and why."""
    if redacted is None:
        return ""
    on, why = say.day(redacted.on), say.tr(redacted.kind.label)
    return say(f"（遮盖副本，{on}，{why}）", f" (redacted copy, {on}: {why})")


def _papers(case: Case, say: Words, base_url: str) -> Iterator[tuple[str, Paper]]:
    """The documents that there are of the case."""
    w, language = case.w, say.language
    yield say("申请书", "Application"), application_paper(case, language=language)
    with suppress(NotFound):
        yield say("推荐表", "Recommendation form"), recommendation_paper(case, language=language)
    with suppress(NotFound, Invalid):
        yield say("不予推荐告知书", "Not recommended"), declining_letter(case, language=language)
    try:
        yield say("决定书", "Decision"), decision_letter(case, language=language)
    except NotFound:
        return
    held = w.session.scalar(
        select(Accreditation.id)
        .where(Accreditation.application_id == case.id)
        .order_by(Accreditation.id.desc())
    )
    if held is None:
        return
    # A name that cannot be printed is no reason to withhold the rest of the case.
    with suppress(Invalid):
        made = certificate(w, held, language=language, base_url=base_url)
        yield say("认定证书", "Certificate"), made


def _opener(content: bytes) -> Callable[[], IO[bytes]]:
    return lambda: BytesIO(content)


def _name(application: Application, say: Words, ending: str) -> str:
    return say.filename(say("案卷", "Dossier"), application.party.name, str(application.id), ending=ending)


def _about(w: Work, application: Application, say: Words) -> list[tuple[str, str]]:
    party = application.party
    number = party.id_number or ""
    if number and not sees_all(w, application):
        number = mask_id_number(number)
    rows = [
        (say("申请人", "Applicant"), party.name),
        (say("统一社会信用代码", "Unified social credit code"), party.uscc or ""),
        (say("居民身份证号", "Identity number"), number),
        (say("申报项目", "Programme"), title_of(w, application, say)),
        (say("申请编号", "Application No."), str(application.id)),
        (say("当前状态", "State"), say.tr(application.state.label)),
        (say("整理日期", "Put together on"), say.day(w.today)),
    ]
    return [row for row in rows if row[1]]


def _contents(
    w: Work,
    application: Application,
    items: Sequence[Item],
    placed: Sequence[Placed],
    length: int,
    say: Words,
) -> Form:
    program, _ = titles(w, application.program, application.track)
    rows, left = [], []
    for number, (item, place) in enumerate(zip(items, placed, strict=True), start=1):
        if place.why_not:
            why = say.tr(WHY_NOT[place.why_not])
            left.append((str(number), item.clause, item.title, why, item.sha256))
        else:
            first = length + place.first + 1
            last = first + place.pages - 1
            pages = str(first) if first == last else f"{first}–{last}"
            rows.append((str(number), item.clause, item.title, pages))
    no, clause, title = say("序号", "No."), say("条款", "Clause"), say("文件", "Document")
    blocks: list[Any] = [
        Facts(tuple(_about(w, application, say))),
        Heading(say("目录", "Contents")),
        Table((no, clause, title, say("页码", "Pages")), tuple(rows), (0, 0, 1, 0), centred=(0, 1, 3)),
    ]
    if left:
        blocks += [
            Heading(say("未并入的文件", "Not merged")),
            Table(
                (no, clause, title, say("原因", "Why"), "SHA-256"),
                tuple((*row[:4], _in_lines(row[4])) for row in left),
                (0, 0, 4, 3, 3),
                centred=(0, 1),
                size=8.5,
            ),
        ]
    note = say("页码为本 PDF 文件的页序。", "Pages are counted from the first page of this file.")
    return Form(
        title=say("申报案卷", "Dossier"),
        above=say.tr(program.title),
        subtitle=application.party.name,
        signed_by=say.tr(w.authority(application.program)),
        blocks=(*blocks, Note(note)),
    )


def _in_lines(digest: str) -> str:
    """A hash in pieces that fit a column."""
    return "\n".join(digest[start : start + 16] for start in range(0, len(digest), 16))


def _index(w: Work, application: Application, listed: list[dict[str, Any]], say: Words) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "language": say.language,
        "application": application.id,
        "program": application.program,
        "track": application.track,
        "edition": application.edition,
        "state": application.state.value,
        "made_on": w.today.isoformat(),
        "about": dict(_about(w, application, say)),
        "files": listed,
    }


def _page(index: dict[str, Any], say: Words) -> str:
    heads = (
        say("类别", "Group"),
        say("条款", "Clause"),
        say("文件", "File"),
        say("字节", "Bytes"),
        "SHA-256",
    )
    entries = (
        Entry(
            (item["group"][say.language], item["clause"]),
            item["title"],
            item["file"],
            say("（已不在存储中）", "(gone from the store)"),
            item["size"],
            item["sha256"],
        )
        for item in index["files"]
    )
    return index_page(say("申报案卷", "Dossier"), say.language, index["about"], heads, entries)
