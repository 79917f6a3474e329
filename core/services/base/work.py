"""A unit of work: who acts, when, on which data, under which rules; one transaction with its audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import assert_never

from psycopg.errors import UniqueViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core.domain.calendar import WorkingCalendar
from core.domain.clock import local_date
from core.domain.errors import Conflict
from core.domain.lifecycle.keeping import RETENTION
from core.domain.roles import Grant, Role, covers
from core.domain.supervision.hearing import OBJECTION_WORKING_DAYS
from core.hooks.catalogue import Catalogue, catalogue
from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.periods import DAY
from core.rules.phrases import RELOAD_TO_RETRY
from core.rules.text import T
from core.rules.walk import Settings
from core.storage.models import HolidayDay, SettingOverride
from core.storage.models.operations import SettingKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user with grants and the parties it acts for, or the system itself."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    parties: frozenset[int] = frozenset()
    """Parties that the user is a member of."""
    recommender_parties: frozenset[int] = frozenset()
    """Bodies that the user recommends for."""
    system: bool = False
    stale: bool = False
    """The second factor was shown too long ago for what asks for a fresh one."""

    def roles(
        self, program: str | None, region: str | None, recommender: int | None = None
    ) -> frozenset[Role]:
        """The roles that the actor has for a thing of that programme and region, and its recommender."""
        return frozenset(grant.role for grant in self.grants if covers(grant, program, region, recommender))

    def has(self, *roles: Role) -> bool:
        """Whether the actor has one of the roles anywhere."""
        return any(grant.role in roles for grant in self.grants)


SYSTEM = Actor(None, "system", system=True)
ANONYMOUS = Actor(None, "anonymous")

DECISION_DELAY = "decision_delay_minutes"
"""Minutes from a decision until it is issued, in which it can be recalled; 0: it takes effect at once."""
ACCESS_MONTHS = "access_months"
"""For how many months it is kept who came in and who looked."""
NOTICE_DAYS = "public_notice_days"
"""For how many days after a public notice its people are named."""
ENDED_DAYS = "public_ended_days"
"""For how many days after a person's status ended the public pages name the person."""
REGISTRATIONS_A_DAY = "registrations_a_day"
"""How many parties one account registers or claims on a day."""
OPEN_CLAIMS = "open_claims"
"""How many claims of one account wait for their answer at a time."""
OPERATION_DEFAULTS: dict[str, Decimal] = {
    "objection_working_days": Decimal(OBJECTION_WORKING_DAYS),
    "brake_count": Decimal(5),
    "brake_percent": Decimal(5),
    "most_messages": Decimal(500),
    "login_attempts": Decimal(5),
    "login_lock_minutes": Decimal(15),
    "review_days": Decimal(15),
    "review_remind_days": Decimal(3),
    "review_spread": Decimal(15),
    DECISION_DELAY: Decimal(30),
    ACCESS_MONTHS: Decimal(6),
    NOTICE_DAYS: Decimal(180),
    ENDED_DAYS: Decimal(365),
    **{kind.setting: Decimal(kept.months) for kind, kept in RETENTION.items()},
    REGISTRATIONS_A_DAY: Decimal(5),
    OPEN_CLAIMS: Decimal(3),
}
"""Operational settings and their defaults; overridden like parameters, from a date on, with a reason."""
REPLY_TO = "reply_to"
"""The operational setting that each programme has for itself."""
AUTHORITY_NAMES = ("authority_zh", "authority_en")
"""What a programme's authority is called, in Chinese and in English: set from a day on."""


@dataclass
class Work:
    """What a service works with. `now` is aware; `today` is its date in Asia/Shanghai."""

    session: Session
    actor: Actor
    now: datetime
    action: str = ""
    catalogue: Catalogue = field(default_factory=catalogue)

    @property
    def today(self) -> date:
        """The day of `now` in Asia/Shanghai."""
        return local_date(self.now)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The holiday table as it stands."""
        query = select(HolidayDay.on, HolidayDay.working, HolidayDay.known_on)
        rows = self.session.execute(query).all()
        days = {row.on: row.working for row in rows}
        late = {row.on.year: row.known_on for row in rows if row.known_on is not None}
        return WorkingCalendar(days, frozenset(on.year for on in days), late)

    @cached_property
    def _overrides(self) -> list[SettingOverride]:
        return list(self.session.scalars(select(SettingOverride).order_by(SettingOverride.effective_on)))

    def program(self, program_id: str) -> LoadedProgram:
        """A loaded programme."""
        return self.catalogue[program_id]

    def settings(self, program: str, track: str, as_of: date) -> Settings:
        """The overrides in force on a day for a track."""
        parameters: dict[str, Decimal] = {}
        readings: dict[str, str] = {}
        for item in self._overrides:
            if item.program != program or item.effective_on > as_of:
                continue
            match item.kind:
                case SettingKind.PARAMETER:
                    if item.track == track:
                        parameters[item.name] = Decimal(item.value)
                case SettingKind.INTERPRETATION:
                    readings[item.name] = item.value
                case SettingKind.OPERATION:
                    pass  # how it is run, not what its text says
                case _:
                    assert_never(item.kind)
        return Settings(parameters, readings)

    def next_change(self, program: str, track: str, after: date) -> date | None:
        """The first day after the given one from which other settings hold for a track, if one is set."""
        days = (
            item.effective_on
            for item in self._overrides
            if item.program == program and item.track in ("", track) and item.effective_on > after
        )
        return next(days, None)

    def rules(self, program: str, track: str, as_of: date, *, edition: str | None = None) -> TrackRules:
        """The rules of a track under the overrides of a day, in the edition of that day or a given one."""
        loaded = self.program(program)
        chosen = edition or loaded.edition(as_of).id
        return loaded.track_rules(track, chosen, self.settings(program, track, as_of))

    def operation(self, name: str, as_of: date | None = None) -> Decimal:
        """An operational setting in force on a day (today unless given)."""
        value = OPERATION_DEFAULTS[name]
        for item in self._overrides:
            if (
                item.kind is SettingKind.OPERATION
                and item.name == name
                and item.effective_on <= (as_of or self.today)
            ):
                value = Decimal(item.value)
        return value

    def reply_to(self, program: str | None) -> str:
        """The address to which answers to a programme's e-mails go today; empty where it has none."""
        return self._own(program, REPLY_TO, self.today)

    def authority(self, program: str, on: date | None = None) -> T:
        """What the programme's authority is called on a day (today unless given)."""
        brought, day = self.program(program).program.authority, on or self.today
        zh, en = (self._own(program, name, day) for name in AUTHORITY_NAMES)
        return T(zh or brought.zh, en or brought.en)

    def former_authorities(self, program: str) -> list[tuple[T, date]]:
        """Former names of the authority, each with the first day on which it had another."""
        days = {
            item.effective_on
            for item in self._overrides
            if item.program == program and item.name in AUTHORITY_NAMES and item.effective_on <= self.today
        }
        turns = ((self.authority(program, day - DAY), day) for day in sorted(days))
        return [(name, day) for name, day in turns if name != self.authority(program, day)]

    def _own(self, program: str | None, name: str, day: date) -> str:
        """An operational text of a programme in force on a day; empty where none is set."""
        made = (
            item.value
            for item in reversed(self._overrides)
            if item.program == program and item.name == name and item.effective_on <= day
        )
        return next(made, "")

    def forget_settings(self) -> None:
        """Read overrides and the holiday table anew: after they were changed within this work."""
        self.__dict__.pop("_overrides", None)
        self.__dict__.pop("calendar", None)


@contextmanager
def work(session: Session, actor: Actor, now: datetime, action: str = "") -> Iterator[Work]:
    """One transaction: committed at the end, rolled back on any error; a lost race becomes a Conflict.

    The audit trail reads actor, time and action from the session (see `core.storage.trail.recording`).
    """
    unit = Work(session, actor, now, action)
    session.info["work"] = unit
    try:
        yield unit
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Conflict(
            T(
                "他人刚刚修改了这条记录，您的操作没有生效",
                "Someone else has just changed this record; nothing was overwritten",
            ),
            mend=RELOAD_TO_RETRY,
        ) from error
    except IntegrityError as error:
        session.rollback()
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise Conflict(
            T(
                "同样的内容刚刚已登记，没有重复办理",
                "The same has just been entered; nothing was done a second time",
            ),
            mend=RELOAD_TO_RETRY,
        ) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("work", None)
