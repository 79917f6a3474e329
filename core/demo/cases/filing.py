"""The paperwork of an application: filled in, attested, waived, scored, objected to."""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import Any

from sqlalchemy import select

from core.demo.cases.plan import Case, Route
from core.demo.chance import chance
from core.demo.people import papers
from core.demo.people.parties import Body
from core.demo.people.profiles import Values, failing, fitting, waivable
from core.demo.world import World
from core.domain.profile import to_json
from core.rules.terms import Fact, Kind
from core.services.applications import facts, materials
from core.services.applications.case import find
from core.services.applications.checklist import Needed
from core.services.applications.handling import Desk
from core.services.base.work import Work
from core.services.granting import decisions, notices, starting
from core.services.people import parties
from core.services.people.users import actor_for
from core.services.review import reviews
from core.storage.models import Application, NoticeItem, Objection, ReviewAssignment
from core.storage.models.applications import Provenance
from core.storage.models.notices import ObjectionState

REASON = "获上级认定且服务成效突出，服务能力与业绩综合评估良好，同意放宽该项条件。"


def fill_in(world: World, w: Work, case: Case, call_id: int | None) -> None:
    """Register the party unless it is there, and fill in a draft with its documents."""
    body = case.body
    assert body is not None  # noqa: S101  # only who has an account files
    if not case.party_id:
        case.party_id = _register(w, body)
        w.actor = actor_for(w.session, w.actor.user_id or 0, w.today)
    case.application_id = starting.start(w, case.program, case.track, case.party_id, call_id)
    desk = find(w, case.application_id).desk
    values = _values(w, case, desk)
    claimed = {
        name: value
        for name, value in to_json(values).items()
        if not desk.vocabulary[name].judged and name not in facts.IDENTITY
    }
    facts.save_facts(w, case.application_id, claimed, Provenance.CLAIMED)
    rng = chance("papers", body.code, case.track)
    for row in materials.checklist(w, case.application_id):
        wanted = row.needed is Needed.REQUIRED or row.needed is Needed.UNKNOWN
        if wanted or (row.needed is Needed.OPTIONAL and rng.random() < 1 / 3):
            data = papers.pdf(f"{case.program} / {row.key} / {row.title.en}")
            materials.attach(w, case.application_id, row.key, f"{row.title.zh}.pdf", data, world.store)


def attest(w: Work, case: Case) -> None:
    """State what only an officer can state of the party."""
    desk = find(w, case.application_id).desk
    values = _values(w, case, desk)
    judged = {name: value for name, value in to_json(values).items() if desk.vocabulary[name].judged}
    if judged:
        reviews.attest(w, case.application_id, judged, "经集体审议并查阅佐证材料后判定。")


def waive(w: Work, case: Case) -> None:
    """Set every condition aside that stands in the way and may be."""
    for row in find(w, case.application_id).verdict.rows:
        if row.waivable:
            decisions.waive(w, case.application_id, row.key, REASON)


def score_all(w: Work, application_ids: Collection[int]) -> None:
    """Let the reviewer who acts score all that waits for it among the applications."""
    query = select(ReviewAssignment).where(
        ReviewAssignment.reviewer_id == w.actor.user_id,
        ReviewAssignment.application_id.in_(application_ids),
        ReviewAssignment.finished_at.is_(None),
    )
    for task in w.session.scalars(query.order_by(ReviewAssignment.id)).all():
        rng = chance("score", task.application_id, task.reviewer_id)
        application = w.session.get_one(Application, task.application_id)
        points = {
            str(item["key"]): round(float(item["max"]) * rng.uniform(0.7, 0.97), 1)
            for item in reviews.sheet_of(application)
        }
        reviews.declare(w, task.id, conflict=False)
        reviews.score(w, task.id, points, "材料齐全，业绩与佐证相符。")


def object_to_notice(w: Work, case: Case) -> None:
    """Object to an application that stands on a notice."""
    query = select(NoticeItem.notice_id).where(NoticeItem.application_id == case.application_id)
    notice_id = w.session.scalar(query)
    if notice_id is not None:
        notices.object_to(
            w,
            notice_id,
            case.application_id,
            objector="李先生",
            contact="objector@accredit.example",
            content="该单位申报的服务企业数量与实际不符，请核实。",
        )


def settle_objections(w: Work, case: Case, *, upheld: bool) -> None:
    """Decide the open objections to an application."""
    query = (
        select(Objection.id)
        .join(NoticeItem, NoticeItem.id == Objection.notice_item_id)
        .where(NoticeItem.application_id == case.application_id, Objection.state == ObjectionState.OPEN)
    )
    reason = "经核查，反映情况属实。" if upheld else "经核查，反映情况不实，维持公示结果。"
    for objection_id in w.session.scalars(query).all():
        notices.decide_objection(w, objection_id, upheld=upheld, reason=reason)


def _register(w: Work, body: Body) -> int:
    number = {body.kind.pick(organization="uscc", person="id_number"): body.code}
    return parties.register_party(
        w,
        kind=body.kind,
        name=body.name,
        region=body.region,
        address=body.address,
        contact_name=body.contact,
        mobile=body.mobile,
        employer=body.employer,
        **dict[str, Any](number),
    )


def _values(w: Work, case: Case, desk: Desk) -> Values:
    """What is true of the body, the same each time: eligible, or short of one condition as its route asks."""
    assert case.body is not None  # noqa: S101  # only who has an account files
    application = w.session.get_one(Application, case.application_id)
    rng = chance("profile", case.body.code, case.program, case.track)
    day = application.created_at.date()
    known: Values = {}
    if case.body.legal_form:
        known["legal_form"] = case.body.legal_form
    areas = desk.loaded.program.service_areas
    if areas is not None and areas.name in desk.vocabulary:
        known[areas.name] = _areas(areas, desk.rules.procedure.functions, rng)
    values = fitting(desk.rules, rng, day, known)
    if case.route is Route.REJECTED:
        return failing(desk.rules, values, day)[0]
    if case.route is Route.WAIVED:
        return waivable(desk.rules, values, day) or values
    return values


def _areas(fact: Fact, offered: tuple[str, ...], rng: Random) -> str | frozenset[str]:
    keys = [key for key, _ in fact.choices if not offered or key in offered]
    return frozenset(rng.sample(keys, 1)) if fact.kind is Kind.SET else rng.choice(keys)
