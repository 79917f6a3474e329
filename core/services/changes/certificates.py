"""Certificates issued anew under their number: what each issue states, and which one holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Refused
from core.rules.text import T
from core.services.base.printable import require_printable
from core.services.base.work import Work
from core.services.people.vouched import values_on
from core.services.supervision.locking import lock_for
from core.services.supervision.status import Status
from core.storage.models import Accreditation, CertificateIssue
from core.storage.models.changes import Vouched


@dataclass(frozen=True, slots=True)
class Issue:
    """A certificate as it was issued: the first of the term has the number 1."""

    number: int
    on: date
    name: str
    employer: str
    replaced_on: date | None = None
    """When a later one took its place."""


def issues(w: Work, held: Accreditation) -> tuple[Issue, ...]:
    """The certificates of the present term, the first before; the last one is the one that holds."""
    first = held.valid_from
    query = select(CertificateIssue).where(
        CertificateIssue.accreditation_id == held.id, CertificateIssue.issued_on >= first
    )
    rows = w.session.scalars(query.order_by(CertificateIssue.id)).all()
    ends: list[date | None] = [*(row.issued_on for row in rows), None]
    then = values_on(w, held.party, first, Vouched.NAME, Vouched.EMPLOYER)
    return (
        Issue(1, first, then[Vouched.NAME], then[Vouched.EMPLOYER], ends[0]),
        *(
            Issue(number, row.issued_on, row.name, row.employer, ends[number - 1])
            for number, row in enumerate(rows, start=2)
        ),
    )


def is_outdated(w: Work, held: Accreditation) -> bool:
    """Whether a status in force has a certificate that states other data than the register."""
    last = issues(w, held)[-1]
    return held.state.in_force and (last.name, last.employer) != (held.party.name, held.party.employer)


def issue(w: Work, accreditation_id: int) -> None:
    """Issue a certificate anew, as an officer: its number stays, and the old one is replaced today."""
    status = lock_for(w, accreditation_id, Act.CERTIFICATE_ISSUE)
    held = status.accreditation
    if not held.state.in_force:
        raise Refused(T("认定已失效，不能换发证书", "the status has ended: nothing is issued for it"))
    if not is_outdated(w, held):
        raise Refused(
            T("证书载明的内容与登记一致", "the certificate states what the register does"),
            mend=T("无须换发", "there is nothing to issue anew"),
        )
    _enter(w, held)


def issue_all(w: Work, statuses: Iterable[Status]) -> None:
    """Issue anew every certificate of locked statuses that states other data than the register."""
    for status in statuses:
        if is_outdated(w, status.accreditation):
            _enter(w, status.accreditation)


def _enter(w: Work, held: Accreditation) -> None:
    require_printable(held.party)
    w.session.add(
        CertificateIssue(
            party_id=held.party_id,
            accreditation_id=held.id,
            issued_on=w.today,
            name=held.party.name,
            employer=held.party.employer,
            issued_by_id=w.actor.user_id,
        )
    )
    w.session.flush()
