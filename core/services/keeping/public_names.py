"""Until when the public pages name a person: what a person is shown for ends, and the name goes with it.

Bodies stay: their name and code are public in any case (企业信息公示暂行条例). The day counts from one source
each; how long after it is a setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_

from core.rules.clauses import PartyKind
from core.services.base.work import ENDED_DAYS, NOTICE_DAYS, Work
from core.storage.models import Accreditation, Party, PublicNotice


@dataclass(frozen=True, slots=True)
class Shown:
    """The days up to which something must reach for its people still to be named."""

    ended: date
    """A status that was held on this day or later."""
    notice: date
    """A notice that closed on this day or later."""

    def names(self, end: date | None, through: date) -> bool:
        """Whether a person's status that ended, or else runs through a day, is told with the name."""
        return end > self.ended if end is not None else through >= self.ended

    def status(self) -> ColumnElement[bool]:
        """The accreditations that are told with whoever holds them."""
        return or_(
            Party.kind == PartyKind.ORGANIZATION,
            Accreditation.ended_on > self.ended,
            and_(Accreditation.ended_on.is_(None), Accreditation.valid_through >= self.ended),
        )

    def item(self) -> ColumnElement[bool]:
        """The applicants who are told with the notice on which they stand."""
        return or_(Party.kind == PartyKind.ORGANIZATION, PublicNotice.closes_on >= self.notice)


def shown(w: Work) -> Shown:
    """Who is named today."""
    ended, notice = (timedelta(days=int(w.operation(name))) for name in (ENDED_DAYS, NOTICE_DAYS))
    return Shown(w.today - ended, w.today - notice)
