"""Complaints about the accredited: filed by anyone, followed by a code, verified or dismissed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound
from core.domain.folding import repaired, repaired_lines
from core.domain.identifiers import compact, shorten
from core.domain.lifecycle.states import AccreditationState
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.applications.guards import in_force
from core.services.base.codes import CODE_LETTERS, new_code
from core.services.base.decided import already
from core.services.base.naming import by_number
from core.services.base.words import unwritten, written
from core.services.base.work import Work
from core.services.duties.filers import Filing, tell_decided, tell_received
from core.services.messaging.writing import notify
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import part_for
from core.storage.models import Accreditation, Complaint

LONGEST_NAME = 200
LONGEST_CONTENT = 8000


@dataclass(frozen=True, slots=True)
class ComplaintStatus:
    """What a complainant is told: `verified` is None while it is examined."""

    number: str
    received_on: date
    verified: bool | None
    decided_on: date | None
    reason: str


def file_complaint(w: Work, number: str, complainant: str, contact: str, content: str) -> str:
    """File a complaint about the accreditation with this certificate number; returns the follow-up code.

    The same words from the same person on the same day are that complaint: a form that was sent twice.
    """
    errors = unwritten(complainant, "complainant", longest=LONGEST_NAME)
    errors |= unwritten(contact, "contact", longest=LONGEST_NAME)
    errors |= unwritten(content, "content", longest=LONGEST_CONTENT)
    errors |= unwritten(number, "number", longest=LONGEST_NAME)
    found = _about(w, number) if "number" not in errors else None
    if found is None:
        shown = shorten(repaired(number))
        why = T(f"没有编号为“{shown}”的认定", f"no accreditation has the number {shown!r}")
        errors.setdefault("number", why)
    if errors or found is None:
        raise Invalid(errors)
    said = {
        "accreditation_id": found.id,
        "complainant": repaired(complainant),
        "contact": repaired(contact),
        "content": repaired_lines(content),
        "received_on": w.today,
    }
    if (code := w.session.scalar(select(Complaint.code).filter_by(**said).limit(1))) is not None:
        return code
    complaint = Complaint(**said, code=new_code())
    w.session.add(complaint)
    w.session.flush()
    tell_received(w, Filing.COMPLAINT, complaint.id, complaint.contact, complaint.code)
    return complaint.code


def _about(w: Work, number: str) -> Accreditation | None:
    """The status with the number, or the one that stayed where it ended as a duplicate of that.

    Locked: of two complaints at once the second finds what the first has filed.
    """
    known = by_number(w, number)
    found = w.session.get(Accreditation, known, with_for_update=True) if known is not None else None
    if found is None or found.state is not AccreditationState.DUPLICATE:
        return found
    stays = in_force(w, found.party_id, found.program, found.track)
    return w.session.get(Accreditation, stays.id, with_for_update=True) if stays is not None else found


def follow_up(w: Work, code: str) -> ComplaintStatus:
    """Where the complaint with this code stands, for whoever has the code."""
    wanted = compact(code)
    known = set(wanted) <= set(CODE_LETTERS)
    complaint = w.session.scalar(select(Complaint).where(Complaint.code == wanted)) if known else None
    if complaint is None:
        raise NotFound(
            T("没有此查询码对应的投诉", "No complaint has this code"),
            field="code",
            mend=T("请核对查询码", "check the code"),
        )
    return ComplaintStatus(
        complaint.accreditation.number,
        complaint.received_on,
        complaint.verified,
        complaint.decided_on,
        complaint.decision_reason,
    )


def decide_complaint(w: Work, complaint_id: int, *, verified: bool, reason: str) -> None:
    """Verify or dismiss a complaint; a verified one counts from today."""
    complaint, status = part_for(w, Complaint, complaint_id, Act.COMPLAINT_DECIDE)
    said = written(reason)
    if complaint.verified is not None:
        raise already(w, complaint, T("该投诉已有结论", "The complaint has been decided already"), "verified")
    complaint.verified = verified
    complaint.decided_on = w.today
    complaint.decided_by_id = w.actor.user_id
    complaint.decision_reason = said
    tell_decided(w, Filing.COMPLAINT, complaint.id, complaint.contact)
    if verified:
        notify(
            w,
            MessageEvent.COMPLAINT_VERIFIED,
            key=f"complaint/{complaint.id}/{w.now.isoformat()}",
            accreditation_id=status.id,
            values={"received_on": complaint.received_on, "reason": said},
        )
    check_now(w, status.id)
