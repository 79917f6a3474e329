"""Where an accreditation stands as the public is told: by its dates too, and without what is not public."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, and_, or_

from core.domain.lifecycle.states import IN_FORCE, AccreditationState
from core.rules.text import T
from core.storage.models import Accreditation


class PublicState(StrEnum):
    """An order to rectify is between the authority and the body: the status is in force all the same."""

    IN_FORCE = "in_force"
    UPCOMING = "upcoming"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    CEASED = "ceased"
    ANNULLED = "annulled"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _LABELS[self]


_LABELS = {
    PublicState.IN_FORCE: T("有效", "In force"),
    PublicState.UPCOMING: T("尚未生效", "Not yet in force"),
    PublicState.EXPIRED: T("已到期", "Expired"),
    PublicState.REVOKED: T("已撤销", "Revoked"),
    PublicState.WITHDRAWN: T("已退出", "Withdrawn"),
    PublicState.DUPLICATE: T("重复登记终止", "Ended as a duplicate"),
    PublicState.CEASED: T("主体已终止", "Holder no longer exists"),
    PublicState.ANNULLED: T("更正，认定无效", "Void by correction"),
}


def public_state(
    state: AccreditationState, started_on: date, valid_through: date, today: date
) -> PublicState:
    """The state on a day: a term that is over has ended, whether or not the check has been there."""
    match state:
        case AccreditationState.EXPIRED:
            return PublicState.EXPIRED
        case AccreditationState.REVOKED:
            return PublicState.REVOKED
        case AccreditationState.WITHDRAWN:
            return PublicState.WITHDRAWN
        case AccreditationState.DUPLICATE:
            return PublicState.DUPLICATE
        case AccreditationState.CEASED:
            return PublicState.CEASED
        case AccreditationState.ANNULLED:
            return PublicState.ANNULLED
        case AccreditationState.ACTIVE | AccreditationState.RECTIFYING:
            if valid_through < today:
                return PublicState.EXPIRED
            return PublicState.UPCOMING if started_on > today else PublicState.IN_FORCE
        case _:
            assert_never(state)


def standing(wanted: PublicState, today: date) -> ColumnElement[bool]:
    """The accreditations that stand so on a day: the same as `public_state`, for the database."""
    held = Accreditation.state.in_(IN_FORCE)
    match wanted:
        case PublicState.IN_FORCE:
            return and_(held, Accreditation.valid_through >= today, Accreditation.started_on <= today)
        case PublicState.UPCOMING:
            return and_(held, Accreditation.valid_through >= today, Accreditation.started_on > today)
        case PublicState.EXPIRED:
            over = and_(held, Accreditation.valid_through < today)
            return or_(Accreditation.state == AccreditationState.EXPIRED, over)
        case (
            PublicState.REVOKED
            | PublicState.WITHDRAWN
            | PublicState.DUPLICATE
            | PublicState.CEASED
            | PublicState.ANNULLED
        ):
            return Accreditation.state == AccreditationState(wanted.value)
        case _:
            assert_never(wanted)
