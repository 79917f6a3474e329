"""Credit codes whose check digit does not fit and that an officer accepted, since the licence bears them."""

from __future__ import annotations

from functools import partial

from sqlalchemy import exists, select

from core.domain.errors import Refused
from core.domain.identifiers import Accepted, fits
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.profile import Known
from core.rules.text import T
from core.services.base import regions
from core.services.base.work import Work
from core.storage.models import ChangeRequest, Party


def accepted(w: Work) -> Accepted:
    """Asks of a code whether a party has it accepted."""
    return lambda code: bool(
        w.session.scalar(
            select(
                exists().where(
                    ChangeRequest.kind == ChangeKind.NUMBER,
                    ChangeRequest.state == ChangeState.GRANTED,
                    ChangeRequest.uscc == code,
                    Party.id == ChangeRequest.party_id,
                    Party.uscc == code,
                )
            )
        )
    )


def known_to(w: Work) -> Known:
    """What the register says of codes that come in as facts."""
    return Known(partial(regions.read_code, w.session), accepted(w))


def said_of(w: Work, party: Party) -> ChangeRequest | None:
    """The latest request that the party's code be accepted; None for a code that fits, or without one."""
    if party.uscc is None or fits(party.uscc):
        return None
    query = select(ChangeRequest).where(
        ChangeRequest.party_id == party.id,
        ChangeRequest.kind == ChangeKind.NUMBER,
        ChangeRequest.uscc == party.uscc,
    )
    return w.session.scalar(query.order_by(ChangeRequest.id.desc()).limit(1))


def why_not_accepted(w: Work, party: Party) -> T | None:
    """Why nothing is begun with a party whose code does not fit; None for one whose does, or is accepted."""
    if party.uscc is None or fits(party.uscc) or accepted(w)(party.uscc):
        return None
    return T(
        f"统一社会信用代码 {party.uscc} 的校验码不符，尚未经认定机关核准",
        f"the check digit of the USCC {party.uscc} does not fit, and no authority has accepted it",
    )


def require_accepted(w: Work, party: Party) -> None:
    """Refuse to begin anything with a party whose code neither fits nor is accepted."""
    why = why_not_accepted(w, party)
    if why is not None:
        raise Refused(
            why,
            mend=T(
                "请核对代码；证照上确为此号码的，在“变更与注销”中凭证照申请核准",
                "check it; where the licence bears it so, ask under “Changes and closure”, with the licence",
            ),
        )
