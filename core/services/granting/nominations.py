"""Accredited bodies put forward for another title: on a list, or by an application made ready elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.applications.facts import prefill
from core.services.base.access import scope
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.entry.record import looked
from core.services.files.sheets import write_sheet
from core.services.granting.starting import draft
from core.services.messaging.writing import notify
from core.services.people.parties import lock_party
from core.services.people.party_file import numbers_for
from core.services.supervision.locking import lock_for
from core.storage.models import Accreditation, Application, Nomination
from core.storage.models.accounts import Look
from core.storage.models.applications import Channel

HEADERS = (
    "序号",
    "机构名称",
    "统一社会信用代码",
    "类别",
    "编号",
    "有效期至",
    "联系人",
    "联系电话",
    "推荐理由",
)


@dataclass(frozen=True, slots=True)
class Target:
    """For what an authority can nominate the accredited of a track."""

    id: str
    clause: str
    title: T
    application: bool
    """A nomination makes an application ready in another programme."""


@dataclass(frozen=True, slots=True)
class Nominated:
    """One line of a nomination list."""

    accreditation_id: int
    party: str
    uscc: str
    track: str
    number: str
    valid_through: date
    contact_name: str
    contact_phone: str
    reason: str
    application_id: int | None


def targets(w: Work, program: str, track: str) -> list[Target]:
    """What the text lets the accredited of a track be nominated for."""
    listed = w.rules(program, track, w.today).procedure.nomination
    return [
        Target(target, clause, title, _elsewhere(w, target) is not None) for clause, target, title in listed
    ]


def nominate(w: Work, accreditation_id: int, target: str, reason: str) -> int:
    """Nominate the holder of an accreditation in force, once a year and target. Returns the nomination's id.

    Where the target is a track of another programme, an application is made ready there from what is known;
    the party completes and submits it.
    """
    status = lock_for(w, accreditation_id, Act.NOMINATION_EDIT)
    accreditation = status.accreditation
    listed = {name: (clause, title) for clause, name, title in status.rules.procedure.nomination}
    if target not in listed:
        raise NotFound(T(f"没有提名事项 {target}", f"there is nothing to nominate for called {target}"))
    if not accreditation.state.in_force:
        state = accreditation.state.label
        raise Refused(
            T(f"认定处于“{state.zh}”状态，不能提名", f"the accreditation is {state.en.lower()}, not in force")
        )
    text = written(reason)
    clause, title = listed[target]
    again = exists().where(
        Nomination.accreditation_id == accreditation.id,
        Nomination.target == target,
        Nomination.year == w.today.year,
    )
    if w.session.scalar(select(again)):
        raise Refused(T("本年度已就此事项提名", "nominated for this already this year"))
    application = _make_ready(w, accreditation, target)
    nomination = Nomination(
        accreditation_id=accreditation.id,
        clause=clause,
        target=target,
        year=w.today.year,
        reason=text,
        application_id=application.id if application is not None else None,
        nominated_on=w.today,
        nominated_by_id=w.actor.user_id,
    )
    w.session.add(nomination)
    w.session.flush()
    notify(
        w,
        MessageEvent.NOMINATION_MADE,
        key=f"nomination.made/{nomination.id}",
        accreditation_id=accreditation.id,
        values={"target": title, "reason": text},
    )
    return nomination.id


def nomination_list(w: Work, program: str, target: str, year: int) -> list[Nominated]:
    """The nominations of a year for a target, as far as the caller reaches, by certificate number."""
    reached = scope(w.actor, Act.NOMINATION_VIEW, Accreditation.program, Accreditation.region)
    query = (
        select(Nomination)
        .join(Nomination.accreditation)
        .options(joinedload(Nomination.accreditation).joinedload(Accreditation.party))
        .where(
            Accreditation.program == program, Nomination.target == target, Nomination.year == year, reached
        )
        .order_by(Accreditation.number)
    )
    titles = {track.id: track.title.zh for track in w.program(program).program.tracks}
    rows = w.session.scalars(query).all()
    for item in rows:
        held = item.accreditation
        looked(
            w, Look.TABLE, held.id, party_id=held.party_id, program=program, region=held.region, detail=target
        )
    return [
        Nominated(
            item.accreditation_id,
            item.accreditation.party.name,
            item.accreditation.party.uscc or "",
            titles.get(item.accreditation.track, item.accreditation.track),
            item.accreditation.number,
            item.accreditation.valid_through,
            item.accreditation.party.contact_name,
            numbers_for(w, item.accreditation.party, item.accreditation.party.telephone),
            item.reason,
            item.application_id,
        )
        for item in rows
    ]


def nomination_xlsx(w: Work, program: str, target: str, year: int) -> bytes:
    """The nomination list of a year as a table to hand on."""
    rows: Sequence[Sequence[object]] = [
        (
            place,
            item.party,
            item.uscc,
            item.track,
            item.number,
            item.valid_through,
            item.contact_name,
            item.contact_phone,
            item.reason,
        )
        for place, item in enumerate(nomination_list(w, program, target, year), start=1)
    ]
    name = _title(w, program, target).zh
    return write_sheet(name, HEADERS, rows, above=[[f"{name}（{year}年）"]])


def _title(w: Work, program: str, target: str) -> T:
    for track in w.program(program).program.tracks:
        for item in targets(w, program, track.id):
            if item.id == target:
                return item.title
    raise NotFound(NOTHING_THERE)


def _elsewhere(w: Work, target: str) -> tuple[str, str] | None:
    """The programme and track that a target names, where it is one that is loaded."""
    program, _, track = target.partition("/")
    loaded = w.catalogue.programs.get(program)
    known = loaded is not None and track in {item.id for item in loaded.program.tracks}
    return (program, track) if known else None


def _make_ready(w: Work, accreditation: Accreditation, target: str) -> Application | None:
    place = _elsewhere(w, target)
    if place is None:
        return None
    party = lock_party(w, accreditation.party_id)
    case = draft(w, *place, party, channel=Channel.NOMINATION, wait_for_call=True)
    application = case.application
    application.nominated_from_id = accreditation.id
    source = (
        w.session.get(Application, accreditation.application_id) if accreditation.application_id else None
    )
    known = {**(source.facts if source is not None else {}), **party.profile}
    prefill(case, known, f"由 {accreditation.number} 提名 / nominated from {accreditation.number}")
    return application
