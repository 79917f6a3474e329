"""Tables that are looked at before they are taken: kept meanwhile, and named by a signed token.

What is confirmed is what was looked at: the same bytes, by the same user, within the hours of a form.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from flask import abort, current_app, flash, redirect, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from core.domain.errors import Invalid
from core.rules.text import T
from core.services.files.sheet_limits import MOST_BYTES
from core.services.files.types import XLSX, clean_name
from core.services.previews.values import Values
from core.storage.files import TooLargeError
from core.web.frame.bound import files
from core.web.frame.language import language, tr
from core.web.frame.pipeline import current_actor

HOURS = 3600
GONE = T(
    "页面已过期，或其间已有改动，请重新提交核对",
    "The page has expired, or things have changed meanwhile; send it again to be checked",
)
CHECK = T("核对", "Check the table")
CONFIRMED = "token"
"""The input that says that the tables were looked at."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was sent, kept until the second look."""

    name: str
    sha256: str

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes."""
        with files().open(self.sha256) as file:
            yield file

    def read(self) -> bytes:
        """All of its bytes."""
        with self.opened() as file:
            return file.read()


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at: the files by input, and what else was given."""

    kept: Mapping[str, Kept]
    given: Mapping[str, Any]


def keep(name: str, sent: FileStorage, *, at_most: int = MOST_BYTES) -> Kept:
    """Keep a file that was sent for the second look; Invalid at its input if it is too large."""
    try:
        stored = files().put(sent.stream, at_most=at_most)
    except TooLargeError:
        limit = at_most // 1024 // 1024
        raise Invalid({name: T(f"文件超过 {limit} MB", f"above {limit} MB")}) from None
    return Kept(clean_name(sent.filename or ""), stored.sha256)


def seal(page: str, looked: Looked) -> str:
    """The token of what this user looked at on a page."""
    kept = {name: [item.name, item.sha256] for name, item in looked.kept.items()}
    return _signer(page).dumps([current_actor().user_id, kept, dict(looked.given)])


def confirmed(page: str, back: str) -> Looked | None:
    """What was looked at and is confirmed now; None where nothing was. A token too old leads back."""
    token = request.form.get(CONFIRMED)
    return None if token is None else opened(page, token, back)


def opened(page: str, token: str, back: str) -> Looked:
    """What a token of this user names; another's, or one whose files are gone, is not found."""
    try:
        user, kept, given = _signer(page).loads(token, max_age=HOURS)
    except BadSignature:
        flash(tr(GONE), "danger")
        abort(redirect(back, 303))
    found = {name: Kept(*item) for name, item in kept.items()}
    if user != current_actor().user_id or not all(files().exists(item.sha256) for item in found.values()):
        abort(404)
    return Looked(found, given)


def download(values: Values, stem: str) -> tuple[str, str]:
    """All values as a table to take along: its name, and the table itself as an address."""
    packed = base64.b64encode(values.xlsx(language())).decode("ascii")
    base = stem.rpartition(".")[0] or stem
    return f"{base}-{tr(values.name)}.xlsx", f"data:{XLSX.media};base64,{packed}"


def _signer(page: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"looked-at-{page}")
