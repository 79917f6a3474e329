"""What is handed in as a file: put into the store, its size bounded, its type told by the bytes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import IO

from core.domain.errors import Invalid, MalformedError
from core.rules.text import T
from core.services.files.pictures import require_picture
from core.services.files.types import ALL, PICTURES, FileType, clean_name, identify
from core.storage.files import FileStore, TooLargeError

MEGABYTE = 1024 * 1024
LARGEST_FILE = 20 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken, under its own name."""

    filename: str
    content_type: str
    size: int
    sha256: str


def take(
    filename: str,
    data: bytes | IO[bytes],
    store: FileStore,
    *,
    of: Collection[FileType] = ALL,
    at_most: int = LARGEST_FILE,
) -> Upload:
    """Store a file of one of the types; Invalid says at `file` what is wrong with it."""
    name = clean_name(filename)
    try:
        stored = store.put(data, at_most=at_most)
    except TooLargeError:
        limit = at_most // MEGABYTE
        raise Invalid({"file": T(f"文件超过 {limit} MB", f"above {limit} MB")}) from None
    if stored.size == 0:
        raise Invalid({"file": T("文件是空的", "the file is empty")})
    try:
        with store.open(stored.sha256) as file:
            kind = identify(name, file)
            if kind in PICTURES:
                require_picture(file)
    except MalformedError as error:
        raise Invalid({"file": error.text}) from None
    if kind not in of:
        listed = " ".join(item.endings[0][1:] for item in of)
        raise Invalid({"file": T(f"请上传下列类型之一：{listed}", f"upload one of: {listed}")})
    return Upload(name, kind.media, stored.size, stored.sha256)
