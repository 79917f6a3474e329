"""Campaigns and events that service records can belong to, and what they came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, text

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, MalformedError, NotFound
from core.domain.folding import repaired
from core.rules.text import T
from core.services.base.access import require
from core.services.base.regions import read_code
from core.services.base.words import NOTHING_THERE, home, unwritten
from core.services.base.work import Work
from core.services.supervision.standings import COUNTED
from core.storage.metrics import number_served
from core.storage.models import Campaign, ServiceRecord

LONGEST_TITLE = 200
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What was reported under a campaign."""

    records: int
    bodies: int
    """Accreditations that reported at least one record."""
    hours: Decimal
    participants: int
    enterprises: int
    """Distinct enterprises."""


def save_campaign(
    w: Work,
    program: str,
    *,
    title: str,
    starts_on: date,
    ends_on: date,
    organized_by_authority: bool = True,
    region: str = "",
    campaign_id: int | None = None,
) -> int:
    """Announce a campaign of a programme, or change one; returns its id.

    `region`: the division whose bodies it is open to; empty for all. One of that title, those days and that
    division already is that one: a form that was sent twice.
    """
    require(w, Act.CAMPAIGN_EDIT, program, home(w, program))
    errors = unwritten(title, "title", longest=LONGEST_TITLE)
    if ends_on < starts_on:
        errors["ends_on"] = T("早于开始日期", "before the first day")
    try:
        division = read_code(w.session, region) if region.strip() else ""
    except MalformedError as error:
        errors["region"] = error.text
    if errors:
        raise Invalid(errors)
    said = {"title": repaired(title), "starts_on": starts_on, "ends_on": ends_on, "region": division}
    if campaign_id is not None:
        campaign = _locked(w, program, campaign_id)
        _keeps_its_records(w, campaign, starts_on, ends_on)
    elif (known := _known(w, program, said)) is not None:
        return known
    else:
        campaign = Campaign(program=program)
    for name, value in said.items():
        setattr(campaign, name, value)
    campaign.organized_by_authority = organized_by_authority
    w.session.add(campaign)
    w.session.flush()
    return campaign.id


def _known(w: Work, program: str, said: Mapping[str, object]) -> int | None:
    """The campaign that is just so; whoever else announces one of the programme waits for the commit."""
    key = f"campaign/{program}"
    w.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    return w.session.scalar(select(Campaign.id).filter_by(program=program, **said).order_by(Campaign.id))


def _locked(w: Work, program: str, campaign_id: int) -> Campaign:
    query = select(Campaign).where(Campaign.id == campaign_id, Campaign.program == program)
    found = w.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def _keeps_its_records(w: Work, campaign: Campaign, starts_on: date, ends_on: date) -> None:
    outside = select(func.count()).where(
        ServiceRecord.campaign_id == campaign.id, ~ServiceRecord.service_date.between(starts_on, ends_on)
    )
    number = w.session.scalar(outside) or 0
    if number:
        raise Conflict(
            T(f"已有 {number} 条记录不在新的起止日期内", f"{number} records lie outside the new dates"),
            mend=T("请放宽起止日期", "give dates that hold them"),
        )


def campaigns_on(w: Work, program: str, day: date) -> list[Campaign]:
    """The campaigns of a programme that a service of that day can belong to."""
    query = select(Campaign).where(
        Campaign.program == program, Campaign.starts_on <= day, Campaign.ends_on >= day
    )
    return list(w.session.scalars(query.order_by(Campaign.starts_on, Campaign.id)))


def recent_campaigns(w: Work, programs: Iterable[str], since: date) -> list[Campaign]:
    """The campaigns of programmes that ran at some time since a day and have begun, the latest first."""
    query = select(Campaign).where(
        Campaign.program.in_(set(programs)), Campaign.ends_on >= since, Campaign.starts_on <= w.today
    )
    return list(w.session.scalars(query.order_by(Campaign.starts_on.desc(), Campaign.id).limit(MOST_LISTED)))


def results(w: Work, campaign_id: int) -> CampaignResult:
    """What the diaries report of a campaign; open to everyone."""
    if w.session.get(Campaign, campaign_id) is None:
        raise NotFound(NOTHING_THERE)
    about = (ServiceRecord.campaign_id == campaign_id, ServiceRecord.state.in_(COUNTED))
    records, bodies, hours, participants = w.session.execute(
        select(
            func.count(),
            func.count(ServiceRecord.accreditation_id.distinct()),
            func.coalesce(func.sum(ServiceRecord.hours), 0),
            func.coalesce(func.sum(ServiceRecord.participants), 0),
        ).where(*about)
    ).one()
    keys = select(func.unnest(ServiceRecord.enterprise_keys).label("key")).where(*about).subquery()
    enterprises = w.session.scalar(select(number_served(keys.c.key))) or 0
    return CampaignResult(records, bodies, Decimal(hours), participants, enterprises)
