"""Somebody registers a party as their own: what is new is theirs to fill in, what is there is claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import Invalid, MalformedError, NotAllowed, Refused
from core.rules.clauses import PartyKind
from core.rules.phrases import LOG_IN_FIRST
from core.rules.text import T
from core.services.base.work import Work
from core.services.claims import limits
from core.services.people import keyed
from core.services.people.named import beside_no_table, included_before
from core.services.people.parties import KEYS, Taken, is_staff, read_party
from core.storage.models import PartyClaim
from core.storage.models.changes import GOING
from core.storage.one_party import left_of

CLAIMED = ("name", "region", "uscc", "id_number", "contact_name", "mobile", "email")
"""What of the data a claim keeps, for whoever looks into it."""
RECEIVED = T(
    "登记信息已收到。可以办理的主体和须凭证明材料认领的主体，均列在“我的主体”",
    "Received. What you act for, and what is to be claimed with proof, stands under “Who I act for”",
)
"""The one answer, whether the register had the party or not."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of it: a party to act for, or a claim that waits for its proof."""

    party_id: int | None = None
    claim_id: int | None = None


def register(
    w: Work,
    kind: PartyKind,
    given: Mapping[str, Any],
    enter: Callable[[], int],
    *,
    unfit: bool = False,
) -> Registered:
    """Have `enter` register the party with the data, where the register has none that they describe.

    One that it has, however it came, becomes a claim of whoever registers it: once, and with the same answer.
    Invalid and the bounds on an account are told before it is looked up. `unfit`: see `read_party`. Staff
    become nobody's contact and are told of a party that is there.
    """
    if w.actor.user_id is None:
        raise NotAllowed(LOG_IN_FIRST)
    if is_staff(w.actor, Act.PARTY_EDIT):
        return Registered(party_id=enter())
    values = _read(w, kind, given, unfit=unfit)
    limits.hold(w)
    beside_no_table(w)
    found = _known(w, kind, values)
    if found is None:
        try:
            return Registered(party_id=enter())
        except Taken:
            # Somebody else registered it between the look and the entry.
            found = _known(w, kind, values)
            if found is None:
                raise
    if found in w.actor.parties:
        raise Refused(
            T("您已可代表该主体办理业务", "you act for this party already"),
            field=KEYS[kind],
            mend=T("请在“我的主体”中打开", "open it under “Who I act for”"),
        )
    return Registered(claim_id=_claim(w, found, values))


def _read(w: Work, kind: PartyKind, given: Mapping[str, Any], *, unfit: bool) -> dict[str, Any]:
    """The data as they are kept; Invalid tells nothing of what the register knows."""
    values, errors = read_party(w, kind, given, unfit=unfit)
    if not (unfit or "uscc" in errors) and values["uscc"] is not None:
        # A code that was accepted for another is, to whoever types it, one that does not fit.
        try:
            identifiers.uscc(values["uscc"])
        except MalformedError as error:
            errors["uscc"] = error.text
    if errors:
        raise Invalid(errors)
    return values


def _known(w: Work, kind: PartyKind, values: Mapping[str, Any]) -> int | None:
    """The registration that is left of the party that the data describe: by number, or else by name."""
    (found,) = keyed.known(w, kind, [values])
    if found is None:
        included = included_before(w, kind, values)
        found = included if included is None else left_of(w.session, [included]).get(included, included)
    return found


def _claim(w: Work, party_id: int, values: Mapping[str, Any]) -> int:
    """The claim of the actor that has no answer yet, made where there is none."""
    mine = PartyClaim.party_id == party_id, PartyClaim.user_id == w.actor.user_id, PartyClaim.state.in_(GOING)
    if (there := w.session.scalar(select(PartyClaim.id).where(*mine))) is not None:
        return there
    made = PartyClaim(
        party_id=party_id,
        user_id=w.actor.user_id,
        made_at=w.now,
        **{name: values[name] for name in CLAIMED},
    )
    w.session.add(made)
    w.session.flush()
    return made.id
