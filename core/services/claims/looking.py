"""A claim as an officer has it before them: what the register knows beside what is claimed, and the proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.domain.folding import folded
from core.domain.identifiers import mask_id_number, mask_mobile
from core.rules.text import T
from core.services.attachments import party_files
from core.services.attachments.party_files import AttachmentView
from core.services.base.work import Work
from core.services.claims.deciding import find, may_decide, waits_until
from core.services.claims.own import last_day
from core.services.entry.record import looked
from core.services.people.invitations import acting_for
from core.services.people.parties import KEY_LABELS, KEYS
from core.storage.models import Membership, PartyClaim, Region
from core.storage.models.accounts import Look
from core.storage.models.holdings import AttachmentPurpose
from core.storage.trail.privacy import mask_contact


@dataclass(frozen=True, slots=True)
class Pair:
    """A field on either side; empty where it says nothing."""

    label: T
    known: str
    claimed: str
    same: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim with all that its page tells."""

    claim: PartyClaim
    pairs: tuple[Pair, ...]
    proofs: tuple[AttachmentView, ...]
    acting: Sequence[Membership]
    """Who acts for the party today."""
    login: str
    """The claimant's address, masked."""
    last: date | None
    """Through which day contacts can object."""
    waits: T | None
    """Why it cannot be accepted yet."""
    to_answer: bool


def shown(w: Work, claim_id: int) -> Shown:
    """The claim, for staff who look into it; that they looked is kept."""
    claim = find(w, claim_id)
    looked(w, Look.PARTY, claim.party_id, party_id=claim.party_id, region=claim.party.region)
    files = party_files.by_owner(w, AttachmentPurpose.CLAIM, [claim.id])
    return Shown(
        claim,
        tuple(_pairs(w, claim)),
        files.get(claim.id, ()),
        acting_for(w, claim.party_id),
        mask_contact(claim.user.email or claim.user.mobile),
        last_day(claim),
        waits_until(w, claim),
        may_decide(w, claim),
    )


def _pairs(w: Work, claim: PartyClaim) -> Iterator[Pair]:
    party = claim.party
    yield _pair(T("名称（姓名）", "Name"), party.name, claim.name)
    key = KEYS[party.kind]
    known, claimed = (getattr(side, key) or "" for side in (party, claim))
    if key == "id_number":
        yield Pair(KEY_LABELS[key], mask_id_number(known), mask_id_number(claimed), known == claimed)
    else:
        yield _pair(KEY_LABELS[key], known, claimed)
    yield _pair(T("行政区划", "Division"), _place(w, party.region), _place(w, claim.region))
    yield _pair(T("联系人", "Contact"), party.contact_name, claim.contact_name)
    known, claimed = (mask_mobile(side.mobile) for side in (party, claim))
    yield Pair(T("手机号码", "Mobile number"), known, claimed, party.mobile == claim.mobile)
    known, claimed = (mask_contact(side.email) if side.email else "" for side in (party, claim))
    same = party.email.casefold() == claim.email.casefold()
    yield Pair(T("电子邮箱", "E-mail"), known, claimed, same)


def _pair(label: T, known: str, claimed: str) -> Pair:
    return Pair(label, known, claimed, folded(known) == folded(claimed))


def _place(w: Work, code: str) -> str:
    division = w.session.get(Region, code)
    return f"{division.name}（{code}）" if division is not None else code
