"""Documents bound together: a PDF with contents, or a zip with an index and the hash of every file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from core.documents.archive import Archive, entry_name
from core.documents.blocks import Facts, Form, Heading, Note, Table
from core.documents.indexpage import Entry, index_page
from core.documents.merge import Part, Placed, merge
from core.documents.pdf import form_pdf
from core.rules.text import T
from core.services.base.work import Work
from core.services.files.marks import Mark
from core.services.papers.base import PDF, Paper, Words, titles
from core.storage.files import FileStore

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
    """One part of a dossier; a document that was handed in has its hash."""

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


@dataclass(frozen=True, slots=True)
class Front:
    """What stands in front of a dossier: whose it is, and of what."""

    program: str
    track: str
    called: str
    """Whom it is about."""
    number: str
    title: T
    rows: Sequence[tuple[str, str]]
    index: Mapping[str, Any]
    """What the index for machines says of it."""


def bound(w: Work, front: Front, items: Sequence[Item], say: Words) -> Download:
    """One PDF: contents first, then every part that can be merged; the others are listed."""
    parts = [Part(item.title, item.media, item.size, item.open) for item in items]

    def contents(placed: Sequence[Placed], length: int) -> bytes:
        return form_pdf(_contents(w, front, items, placed, length, say), language=say.language, on=w.today)

    stream = merge(contents, parts, say("案卷", "Dossier"))
    return Download(_name(front, say, "pdf"), stream, PDF)


More = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, bytes]]
"""Further files of a zip, made of what is listed in its index."""


def zipped(
    w: Work, front: Front, items: Sequence[Item], say: Words, more: More = lambda _listed: {}
) -> Download:
    """A zip: every file as it is, with an index for people and machines and a list of hashes."""
    archive, listed = Archive(w.today), []
    for number, item in enumerate(items, start=1):
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
    index = {
        "schema": SCHEMA,
        "language": say.language,
        **front.index,
        "made_on": w.today.isoformat(),
        "about": dict(front.rows),
        "files": listed,
    }
    for name, content in more(listed).items():
        archive.add(name, content)
    archive.add("index.json", json.dumps(index, ensure_ascii=False, indent=1).encode())
    archive.add("index.html", _page(front, index, say).encode())
    return Download(_name(front, say, "zip"), archive.close(), "application/zip")


def of_paper(group: T, title: str, paper: Paper) -> Item:
    """A document that the register makes."""
    return Item(
        group,
        "",
        title,
        paper.filename,
        paper.media,
        len(paper.content),
        "",
        lambda: BytesIO(paper.content),
    )


def of_file(group: T, clause: str, title: str, file: Any, sha256: str, store: FileStore, say: Words) -> Item:
    """A document that was handed in, as a page lists it; of a redacted one, the copy, which is said."""
    return Item(
        group,
        clause,
        f"{title}：{file.filename}{_mark(file.redacted, say)}",
        file.filename,
        file.content_type,
        file.size,
        sha256,
        lambda: store.open(sha256),
    )


def _mark(redacted: Mark | None, say: Words) -> str:
    """Says of a document that it is a redacted copy, since when and why."""
    if redacted is None:
        return ""
    on, why = say.day(redacted.on), say.tr(redacted.kind.label)
    return say(f"（遮盖副本，{on}，{why}）", f" (redacted copy, {on}: {why})")


def _name(front: Front, say: Words, ending: str) -> str:
    return say.filename(say("案卷", "Dossier"), front.called, front.number, ending=ending)


def _contents(
    w: Work, front: Front, items: Sequence[Item], placed: Sequence[Placed], length: int, say: Words
) -> Form:
    program, _ = titles(w, front.program, front.track)
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
        Facts(tuple(front.rows)),
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
        title=say.tr(front.title),
        above=say.tr(program.title),
        subtitle=front.called,
        signed_by=say.tr(w.authority(front.program)),
        blocks=(*blocks, Note(note)),
    )


def _in_lines(digest: str) -> str:
    """A hash in pieces that fit a column."""
    return "\n".join(digest[start : start + 16] for start in range(0, len(digest), 16))


def _page(front: Front, index: Mapping[str, Any], say: Words) -> str:
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
    return index_page(say.tr(front.title), say.language, index["about"], heads, entries)
