"""The copy itself: what any upload is held to, and that it is not the original under black boxes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.documents.pages import PagesError, words
from core.domain.errors import Invalid, MalformedError
from core.rules.text import T
from core.services.attachments.photos import reencoded
from core.services.files.types import ALL, PDF, clean_name
from core.services.files.uploads import Upload, take
from core.services.redaction.documents import Document
from core.storage.files import FileStore
from core.storage.models import Redaction

TELLING = 128
"""Bytes with which a file begins that tell it from others; fewer are a header."""
_SAME = T(
    "与原件或已封存的文件完全相同，没有遮盖", "this is the original, or what is sealed already, unchanged"
)
_WHOLE = T(
    "副本里完整地包含了原件（多为在原件上追加批注后保存），他人可以还原；请“打印为 PDF”或另存为新文件后上传",
    "the copy has the whole original within it, as a program that only adds to a file saves it, and anyone "
    "can take it out; print it to a new PDF, then upload that",
)
_WORDS_LEFT = T(
    "副本中仍可选取原件的全部文字：黑框只盖住了画面，没有删去文字。请用真正删除内容的工具遮盖，"
    "或打印后扫描再上传；如只遮盖了图像（签名、印章、照片），请勾选下面的确认",
    "every word of the original can still be selected in the copy: black boxes cover the picture, not "
    "the text. Redact with a tool that removes the content, or print and scan it; where only pictures were "
    "covered (a signature, a seal, a photo), tick the box below",
)


@dataclass(frozen=True)
class Copy:
    """A copy as it was handed in; `words_stay` says that only pictures had to be covered."""

    filename: str
    data: bytes
    words_stay: bool = False

    def taken(self, store: FileStore, documents: Sequence[Document], sealed: Iterable[Redaction]) -> Upload:
        """Store it for the documents that it stands for; Invalid says at `file` what is wrong with it."""
        original = documents[0].row
        self._require_other(store, {original.sha256, *(item.sha256 for item in sealed)}, original.sha256)
        kinds = [kind for kind in ALL if all(kind in document.types for document in documents)]
        name, data = self.filename, self.data
        if any(document.is_photo for document in documents):
            name, data = f"{clean_name(name).rpartition('.')[0] or 'photo'}.jpg", self._as_photo()
        upload = take(name, data, store, of=kinds)
        if not self.words_stay and upload.content_type == original.content_type == PDF.media:
            self._require_fewer_words(store, original.sha256)
        return upload

    def _require_other(self, store: FileStore, sealed: set[str], original: str) -> None:
        if hashlib.sha256(self.data).hexdigest() in sealed:
            raise Invalid({"file": _SAME})
        if not store.exists(original):
            return  # a backup may have it; that is no reason to go on showing whatever comes back
        with store.open(original) as file:
            whole = file.read().rstrip()
        if len(whole) >= TELLING and self.data.startswith(whole):
            raise Invalid({"file": _WHOLE})

    def _as_photo(self) -> bytes:
        try:
            return reencoded(self.data)
        except MalformedError as error:
            raise Invalid({"file": error.text}) from error

    def _require_fewer_words(self, store: FileStore, original: str) -> None:
        if not store.exists(original):
            return
        with store.open(original) as file:
            before = _words(file.read())
        if before and not before - _words(self.data):
            raise Invalid({"file": _WORDS_LEFT})


def _words(pdf: bytes) -> Counter[str]:
    """How often each word stands in it; none in one that cannot be read, or holds pictures only."""
    try:
        return Counter(words(pdf))
    except PagesError:
        return Counter()
