"""What the public pages share: gentle rate limits, and codes shown once."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, session
from flask_login import current_user

from core.rules.text import T
from core.services.duties.filers import LARGEST, MOST_FILES, Sent
from core.services.files.uploads import MEGABYTE
from core.web.forms.fields import FieldKind, Spec
from core.web.frame.bound import limiter
from core.web.frame.headers import keep

FILING_RATE = "6 per minute; 40 per hour"
LOOKING_RATE = "300 per minute"
KEPT_SECONDS = 60
RECEIPT = "receipt"

# Flask-Limiter's decorators carry no types.
limit_filing: Any = limiter.shared_limit(FILING_RATE, "filing", methods=["POST"])
limit_looking: Any = limiter.shared_limit(LOOKING_RATE, "looking")


def kept_shortly(page: str) -> Response:
    """The page, which a visitor's own browser may keep for a minute: it hangs on the rules alone."""
    response = make_response(page)
    if not current_user.is_authenticated and "_flashes" not in session:
        keep(response, f"private, max-age={KEPT_SECONDS}")
        response.vary.add("Cookie")
    return response


FILES = Spec(
    "files",
    T("附件（可不填）", "Files (optional)"),
    FieldKind.FILES,
    required=False,
    most_mb=LARGEST // MEGABYTE,
    hint=T(
        f"图片或 PDF，至多 {MOST_FILES} 个，合计不超过 7 MB；仅办理人员可见",
        f"Pictures or PDF, {MOST_FILES} at most, together up to 7 MB; seen by whoever handles it alone",
    ),
)


def sent_files(values: dict[str, Any]) -> list[Sent]:
    """The files among what a form gave, taken out of it."""
    return [(item.filename, item.stream) for item in values.pop("files") or () if item.filename]


def hand_over(kind: str, code: str) -> None:
    """Keep a follow-up code for the one page that shows it."""
    session[RECEIPT] = {"kind": kind, "code": code}


def handed_over() -> dict[str, str] | None:
    """The code that was kept; it is gone afterwards."""
    found: dict[str, str] | None = session.pop(RECEIPT, None)
    return found
