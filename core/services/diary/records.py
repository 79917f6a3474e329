"""The service diary: entries recorded under one or several accreditations, reported, and judged by staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, func, select

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.messages import MessageEvent
from core.domain.reading import why_not_past
from core.rules.clauses import PartyKind
from core.rules.phrases import RELOAD_TO_RETRY
from core.rules.text import T
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.diary.fields import MOST_HOURS, Entry, Reading, functions_under, parse_entry
from core.services.messaging.writing import notify
from core.services.people.accepted_codes import accepted
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for, lock_own, part_for
from core.services.supervision.status import Status
from core.storage.models import Accreditation, Campaign, Party, ServiceRecord
from core.storage.models.register import RecordState
from core.storage.one_party import ids_of

JUDGEABLE = (RecordState.SUBMITTED, RecordState.VERIFIED, RecordState.REJECTED)
LONGEST_REJECTION = 500
NONE_CHOSEN = T("请至少选择一项认定", "choose at least one accreditation")


def add_entry(
    w: Work,
    party_id: int,
    accreditation_ids: Iterable[int],
    data: Mapping[str, object],
    *,
    submit: bool = True,
    entry_id: UUID | None = None,
) -> UUID:
    """Record a service under accreditations of the party, once each; as a draft, it is not reported yet.

    `entry_id`, if given, is the caller's own: a second call with it is a Conflict, not a second record.
    """
    statuses = _statuses(w, party_id, accreditation_ids)
    # Before its hours are counted, and under any accreditation at all: an entry's number leads to its photos.
    if entry_id is not None and w.session.scalar(select(exists().where(ServiceRecord.entry_id == entry_id))):
        raise Conflict(T("该服务已登记", "This service has been recorded already"))
    reading = parse_entry(data, accepted(w))
    errors = {**place_errors(w, reading.values, statuses), **reading.errors}
    if not statuses:
        errors["accreditation_ids"] = NONE_CHOSEN
    entry = _whole(w, party_id, reading, errors)
    number = entry_id or uuid4()
    w.session.add_all(rows_of(w, entry, number, statuses, submit=submit))
    w.session.flush()
    if submit:
        check_all(w, statuses)
    return number


def edit_entry(
    w: Work,
    party_id: int,
    entry_id: UUID,
    data: Mapping[str, object],
    *,
    accreditation_ids: Iterable[int] | None = None,
) -> None:
    """Change a draft in all its records: `data` is all of it anew, under other accreditations if given."""
    rows, statuses = _drafts(w, party_id, entry_id)
    if accreditation_ids is not None:
        statuses = _statuses(w, party_id, accreditation_ids)
    reading = parse_entry(data, accepted(w))
    errors = {**place_errors(w, reading.values, statuses), **reading.errors}
    if not statuses:
        errors["accreditation_ids"] = NONE_CHOSEN
    entry = _whole(w, party_id, reading, errors, but=entry_id)
    kept = {status.id: status for status in statuses}
    held = {row.accreditation_id for row in rows}
    for row in rows:
        if row.accreditation_id in kept:
            _fill(row, entry, kept[row.accreditation_id])
        else:
            w.session.delete(row)
    added = [status for status in statuses if status.id not in held]
    w.session.add_all(rows_of(w, entry, entry_id, added, submit=False))
    w.session.flush()


def submit_entry(w: Work, party_id: int, entry_id: UUID) -> None:
    """Report a draft: from now on its records count."""
    rows, statuses = _drafts(w, party_id, entry_id)
    own = _own(w, party_id)
    for row in rows:
        row.state = RecordState.SUBMITTED if own else RecordState.VERIFIED
    w.session.flush()
    check_all(w, statuses)


def delete_entry(w: Work, party_id: int, entry_id: UUID) -> None:
    """Throw a draft away."""
    for row in _drafts(w, party_id, entry_id)[0]:
        w.session.delete(row)


def judge_record(w: Work, record_id: int, *, accepted: bool, reason: str = "") -> None:
    """Verify a reported record, or reject it with a reason; a rejected one does not count."""
    record, status = part_for(w, ServiceRecord, record_id, Act.RECORD_JUDGE)
    target = RecordState.VERIFIED if accepted else RecordState.REJECTED
    said = reason.strip() if accepted else written(reason, longest=LONGEST_REJECTION)
    if record.state not in JUDGEABLE or record.state is target:
        raise Conflict(
            T("该记录的状态已改变，您的操作没有生效", "The record has changed since; nothing was done"),
            mend=RELOAD_TO_RETRY,
        )
    record.state = target
    record.rejection_reason = "" if accepted else said
    if not accepted:
        notify(
            w,
            MessageEvent.RECORD_REJECTED,
            key=f"record/{record.id}/rejected/{w.now.isoformat()}",
            accreditation_id=status.id,
            values={"title": record.title, "service_date": record.service_date, "reason": said},
        )
    check_now(w, status.id)


def check_all(w: Work, statuses: Iterable[Status]) -> None:
    """What new records may bring about at once: findings about fees, orders after low satisfaction."""
    for number in sorted({status.id for status in statuses}):
        check_now(w, number)


def _whole(w: Work, party_id: int, reading: Reading, errors: dict[str, T], but: UUID | None = None) -> Entry:
    """The entry that was read; Invalid with every error."""
    if not errors:
        errors = day_errors(w, party_id, [reading.entry()], but)
    if errors:
        raise Invalid(errors)
    return reading.entry()


def place_errors(w: Work, values: Mapping[str, Any], statuses: Sequence[Status]) -> dict[str, T]:
    """What of an entry, as far as it was read, does not fit the accreditations that it goes under."""
    errors: dict[str, T] = {}
    day: date | None = values.get("service_date")
    function = values.get("function", "")
    why = why_not_past(day, w.today) if day is not None else None
    if why is not None:
        errors["service_date"] = why
    for status in statuses:
        if day is not None and not _held_on(status.accreditation, day) and "service_date" not in errors:
            errors["service_date"] = T(
                f"{day} 不在认定 {status.accreditation.number} 的有效期间内",
                f"{status.accreditation.number} was not held on {day}",
            )
    if function and statuses and not any(function in functions_under(status) for status in statuses):
        known = functions_under(statuses[0])
        title = w.program(statuses[0].accreditation.program).program.title
        errors["function"] = T(
            f"不是{title.zh}的服务类别；可选：{'、'.join(label.zh for label in known.values())}",
            f"is no service of the programme; choose from {', '.join(known)}",
        )
    if values.get("campaign_id") is not None:
        campaign = w.session.get(Campaign, values["campaign_id"])
        errors |= _campaign_errors(campaign, day, statuses)
    return errors


def _campaign_errors(campaign: Campaign | None, day: date | None, statuses: Sequence[Status]) -> dict[str, T]:
    if campaign is None or all(status.accreditation.program != campaign.program for status in statuses):
        return {"campaign_id": T("没有这项活动", "there is no such campaign of these programmes")}
    if day is not None and not campaign.starts_on <= day <= campaign.ends_on:
        return {
            "campaign_id": T(
                f"活动期间为 {campaign.starts_on} 至 {campaign.ends_on}",
                f"the campaign runs from {campaign.starts_on} to {campaign.ends_on}",
            )
        }
    return {}


def day_errors(w: Work, party_id: int, entries: Sequence[Entry], but: UUID | None = None) -> dict[str, T]:
    """A person serves at most 24 hours a day, over all entries; `but` is an entry that is being changed."""
    if w.session.get_one(Party, party_id).kind is not PartyKind.PERSON:
        return {}
    totals: dict[date, Decimal] = {}
    for entry in entries:
        totals[entry.service_date] = totals.get(entry.service_date, Decimal(0)) + entry.hours
    each = (
        select(ServiceRecord.service_date, func.max(ServiceRecord.hours).label("hours"))
        .join(ServiceRecord.accreditation)
        .where(
            Accreditation.party_id.in_(ids_of(party_id)),
            ServiceRecord.service_date.in_(totals),
            ServiceRecord.state != RecordState.REJECTED,
        )
        .group_by(ServiceRecord.service_date, ServiceRecord.entry_id)
    )
    if but is not None:
        each = each.where(ServiceRecord.entry_id != but)
    for day, hours in w.session.execute(each):
        totals[day] += hours
    over = [day for day, hours in sorted(totals.items()) if hours > MOST_HOURS]
    if not over:
        return {}
    listed = "、".join(day.isoformat() for day in over)
    return {
        "hours": T(
            f"{listed} 的时长合计超过 24 小时", f"more than 24 hours in all on {', '.join(map(str, over))}"
        )
    }


def known_entries(w: Work, statuses: Sequence[Status], entry_ids: Iterable[UUID]) -> set[UUID]:
    """Which of the entries are recorded under one of the accreditations already."""
    query = select(ServiceRecord.entry_id).where(
        ServiceRecord.accreditation_id.in_([status.id for status in statuses]),
        ServiceRecord.entry_id.in_(list(entry_ids)),
    )
    return set(w.session.scalars(query))


def rows_of(
    w: Work, entry: Entry, entry_id: UUID, statuses: Sequence[Status], *, submit: bool
) -> list[ServiceRecord]:
    """The records of an entry, one for each accreditation; what staff report themselves is verified."""
    rows = []
    for status in statuses:
        own = _own(w, status.accreditation.party_id)
        reported = RecordState.SUBMITTED if own else RecordState.VERIFIED
        row = ServiceRecord(
            accreditation=status.accreditation,
            entry_id=entry_id,
            state=reported if submit else RecordState.DRAFT,
            recorded_at=w.now,
            recorded_by_id=w.actor.user_id,
        )
        _fill(row, entry, status)
        rows.append(row)
    return rows


def _fill(row: ServiceRecord, entry: Entry, status: Status) -> None:
    campaign = status.w.session.get(Campaign, entry.campaign_id) if entry.campaign_id is not None else None
    ours = campaign is not None and campaign.program == status.accreditation.program
    row.service_date = entry.service_date
    row.title = entry.title
    # Of what several programmes name their own way, each keeps what it knows.
    known = entry.function and entry.function in functions_under(status)
    row.function = entry.function if known else ""
    row.mode = entry.mode
    row.hours = entry.hours
    row.participants = entry.participants
    row.enterprises = [dict(item) for item in entry.enterprises]
    row.enterprise_keys = list(entry.enterprise_keys)
    row.satisfaction_pct = entry.satisfaction_pct
    row.fee_cny = entry.fee_cny
    row.organized_by_authority = entry.organized_by_authority or bool(
        ours and campaign is not None and campaign.organized_by_authority
    )
    row.public_benefit = entry.public_benefit
    row.campaign_id = entry.campaign_id if ours else None
    row.summary = entry.summary


def _own(w: Work, party_id: int) -> bool:
    """Whether the party itself is speaking, and not staff who look after it."""
    return w.actor.system or party_id in w.actor.parties


def _held_on(item: Accreditation, day: date) -> bool:
    return item.started_on <= day and (item.ended_on is None or day < item.ended_on)


def _statuses(w: Work, party_id: int, accreditation_ids: Iterable[int]) -> list[Status]:
    """The statuses, locked in order, each the party's own: for its members, or staff who may record."""
    member = _own(w, party_id)
    found = []
    for number in sorted(set(accreditation_ids)):
        status = lock_own(w, number) if member else lock_for(w, number, Act.RECORD_ADD)
        if status.accreditation.party_id != party_id:
            raise NotFound(NOTHING_THERE)
        found.append(status)
    return found


def _drafts(w: Work, party_id: int, entry_id: UUID) -> tuple[list[ServiceRecord], list[Status]]:
    """The records of a draft with the statuses that they are under, all locked."""
    query = (
        select(ServiceRecord.accreditation_id)
        .join(ServiceRecord.accreditation)
        .where(ServiceRecord.entry_id == entry_id, Accreditation.party_id == party_id)
    )
    numbers = list(w.session.scalars(query))
    if not numbers:
        raise NotFound(NOTHING_THERE)
    statuses = _statuses(w, party_id, numbers)
    drafts = select(ServiceRecord).where(
        ServiceRecord.entry_id == entry_id, ServiceRecord.accreditation_id.in_(numbers)
    )
    rows = list(w.session.scalars(drafts.with_for_update().execution_options(populate_existing=True)))
    if any(row.state is not RecordState.DRAFT for row in rows):
        raise Refused(
            T("已提交的记录不能修改或删除", "A reported record can be neither changed nor deleted"),
            mend=T("如有错误，请联系推荐单位退回后重新登记", "have it rejected, and record it anew"),
        )
    return rows, statuses
