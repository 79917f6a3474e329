"""What an uploaded file really is, by its bytes; its name is only held against that."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from core.domain.errors import MalformedError
from core.rules.text import T

MOST_ENTRIES = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
LONGEST_NAME = 200
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_LOOKED_AT = 10 * 1024 * 1024
"""Of a file that is not known, to tell why it is not taken."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken, with the endings that its name may have."""

    media: str
    endings: tuple[str, ...]


PDF = FileType("application/pdf", (".pdf",))
PNG = FileType("image/png", (".png",))
JPEG = FileType("image/jpeg", (".jpg", ".jpeg"))
TIFF = FileType("image/tiff", (".tif", ".tiff"))
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
PPTX = FileType("application/vnd.openxmlformats-officedocument.presentationml.presentation", (".pptx",))
OFD = FileType("application/ofd", (".ofd",))
DOC = FileType("application/msword", (".doc",))
XLS = FileType("application/vnd.ms-excel", (".xls",))
WPS = FileType("application/vnd.ms-works", (".wps",))

PICTURES = (PNG, JPEG, TIFF)
ALL = (PDF, PNG, JPEG, TIFF, DOCX, XLSX, PPTX, OFD, DOC, XLS, WPS)
BY_MAGIC: tuple[tuple[bytes, FileType], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
BY_PART: Mapping[str, FileType] = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": XLSX,
    "ppt/presentation.xml": PPTX,
    "OFD.xml": OFD,
}
OLE_BY_ENDING = {ending: kind for kind in (DOC, XLS, WPS) for ending in kind.endings}


def identify(filename: str, file: IO[bytes]) -> FileType:
    """The type of the bytes; MalformedError unless it is one that is taken and the name says the same."""
    head = file.read(16)
    file.seek(0)
    found = next((kind for magic, kind in BY_MAGIC if head.startswith(magic)), None)
    ending = PurePosixPath(filename).suffix.casefold()
    if found is None and head.startswith(ZIP):
        found = _packed(file)
    elif found is None and head.startswith(OLE):
        # Old Office files share one container; its name decides between them.
        found = OLE_BY_ENDING.get(ending)
    if found is None:
        listed = " ".join(kind.endings[0][1:] for kind in ALL)
        raise MalformedError(
            T("无法识别该文件，或不接受该类型", "the file's type is unknown, or not taken"),
            mend=T(f"请上传下列类型之一：{listed}", f"upload one of: {listed}"),
        )
    if ending not in found.endings:
        really = found.endings[0][1:]
        raise MalformedError(
            T(
                f"文件名后缀“{ending}”与内容（{really}）不符",
                f"the name ends in {ending!r}, but it is a {really} file",
            ),
            mend=T("请上传原始文件，不要改后缀", "upload the original file under its own ending"),
        )
    return found


def _packed(file: IO[bytes]) -> FileType | None:
    """The type of a zip container; None for one that is none of ours, carries macros, or is a bomb."""
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    finally:
        file.seek(0)
    names = {entry.filename for entry in entries}
    too_much = len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED
    if too_much or any(PurePosixPath(name).name.casefold() == "vbaproject.bin" for name in names):
        return None
    return next((kind for part, kind in BY_PART.items() if part in names), None)


def identify_bytes(filename: str, data: bytes) -> FileType:
    """The type of bytes at hand, as `identify`."""
    return identify(filename, io.BytesIO(data))


def clean_name(filename: str) -> str:
    """The file's own name without folders and unprintable characters, its ending kept; `file` for nothing."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C").strip()
    name = name.lstrip(".") or "file"
    if len(name) <= LONGEST_NAME:
        return name
    ending = PurePosixPath(name).suffix[:16]
    return name[: LONGEST_NAME - len(ending)] + ending
