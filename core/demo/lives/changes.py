"""The last days: bodies that take another name, move, or go into another, each with its answer; a claim."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from core.demo.cases.plan import Case
from core.demo.lives.recent import good_ones
from core.demo.lives.years import Lives
from core.demo.people.papers import pdf
from core.demo.people.parties import uscc
from core.demo.people.staff import lead, officer, second_officer
from core.demo.world import World
from core.domain.lifecycle.change_table import ChangeKind
from core.domain.lifecycle.states import AccreditationState
from core.rules.clauses import PartyKind
from core.services.changes import deciding, requests
from core.services.changes.requests import Proof
from core.services.claims import own, registering
from core.services.deciding.correcting_parties import correct_closure
from core.services.people.parties import register_party
from core.storage.models import Accreditation, Party

LATER = timedelta(minutes=20)
HEIR = "91350100M000100Y43 海纳企业服务集团有限公司"
Body = tuple[Case, Accreditation]


def ask_and_answer(world: World, lives: Lives, at: datetime) -> None:
    """One of each answer, and one that waits for it; as many as there are bodies."""
    found = [
        good_ones(world, lives, loaded.program.id, track.id)
        for loaded, track in world.catalogue.tracks()
        if track.party is PartyKind.ORGANIZATION
    ]
    # The first of each track has matters of its own that came up lately.
    ordered = [body for bodies in found for body in bodies[1:]] + [
        body for bodies in found for body in bodies[:1]
    ]
    by_party = {held.party_id: (case, held) for case, held in ordered}
    scenes = (_renamed, _merged, _waits, _refused, _goes_on)
    for scene, body in zip(scenes, by_party.values(), strict=False):
        scene(world, body, at)
    _codes(world, at)
    _claim(world, list(by_party.values()), at)


def _renamed(world: World, body: Body, at: datetime) -> None:
    _answer(world, body, _rename(world, body, "服务集团", at), at, granted=True)


def _merged(world: World, body: Body, at: datetime) -> None:
    """It went into a body that is not registered."""
    number = _ask(world, body, at, ChangeKind.MERGER, {}, HEIR)
    _answer(world, body, number, at, granted=True)


def _waits(world: World, body: Body, at: datetime) -> None:
    """Taken back, and asked for anew under another name."""
    number = _rename(world, body, "咨询中心", at)
    with world.unit(world.holder(body[0].body), at + LATER, "change.withdraw") as w:
        requests.withdraw(w, number)
    _rename(world, body, "发展中心", at + LATER)


def _refused(world: World, body: Body, at: datetime) -> None:
    _answer(world, body, _rename(world, body, "（筹）", at), at, granted=False)


def _goes_on(world: World, body: Body, at: datetime) -> None:
    """Taken for one that ended, and corrected."""
    number = _ask(world, body, at, ChangeKind.CLOSURE, {})
    _answer(world, body, number, at, granted=True)
    with world.unit(lead(body[1].program), at + 2 * LATER, "change.correct") as w:
        correct_closure(w, number, "注销公告系同名企业，该机构仍在正常经营。")


def _codes(world: World, at: datetime) -> None:
    """Two that were included by name alone, whose codes do not check: both accepted, one by mistake."""
    named = select(Accreditation).join(Accreditation.party)
    named = named.where(Accreditation.state == AccreditationState.ACTIVE, Party.uscc.is_(None))
    named = named.where(Party.kind == PartyKind.ORGANIZATION).order_by(Accreditation.id).limit(2)
    with world.factory() as session:
        found = [(held.program, held.party_id, held.region) for held in session.scalars(named)]
    for place, (program, party_id, region) in enumerate(found):
        good = uscc("91", region, next(world.numbers))
        code = good[:-1] + ("A" if good[-1] != "A" else "B")
        licence = Proof("营业执照.pdf", pdf("a licence"))
        with world.unit(officer(program), at, "change.ask") as w:
            values = {"uscc": code}
            number = requests.ask(w, party_id, ChangeKind.NUMBER, licence, world.store, values=values)
        with world.unit(second_officer(program), at + LATER, "change.decide") as w:
            deciding.decide(w, number, granted=True, answer="与营业执照一致。", new_certificates=False)
        if place:
            with world.unit(second_officer(program), at + 2 * LATER, "change.revoke") as w:
                deciding.revoke(w, number, "经向登记机关核实，代码抄录有误。")


def _claim(world: World, bodies: list[Body], at: datetime) -> None:
    """Whoever acts for another body says that the contact of this one has left: an officer is to decide."""
    accounts = [who for case, _ in bodies if isinstance(who := world.holder(case.body), str)]
    if not accounts:
        return
    claimed = next((held for case, held in bodies if world.holder(case.body) != accounts[0]), None)
    if claimed is None:
        return
    kind = PartyKind.ORGANIZATION
    with world.factory() as session:
        party = session.get_one(Party, claimed.party_id)
        given: dict[str, Any] = {
            "name": party.name,
            "region": party.region,
            "uscc": party.uscc or "",
            "contact_name": "张敏",
        }
    with world.unit(accounts[0], at, "party.register") as w:
        made = registering.register(w, kind, given, partial(register_party, w, kind=kind, **given))
    if made.claim_id is not None:
        with world.unit(accounts[0], at + LATER, "claim.hand_in") as w:
            proof = own.Proof("法定代表人授权书.pdf", pdf("letter of authorisation"))
            own.hand_in(w, made.claim_id, proof, world.store, "原联系人已离职，现由本人负责申报和服务登记。")


def _rename(world: World, body: Body, ending: str, at: datetime) -> int:
    with world.factory() as session:
        name = session.get_one(Party, body[1].party_id).name
    return _ask(world, body, at, ChangeKind.DETAILS, {"name": f"{name}{ending}"})


def _ask(
    world: World, body: Body, at: datetime, kind: ChangeKind, values: dict[str, str], successors: str = ""
) -> int:
    case, held = body
    proof = Proof("变更登记通知书.pdf", pdf("notice of a change"))
    with world.unit(world.holder(case.body), at, "change.ask") as w:
        return requests.ask(w, held.party_id, kind, proof, world.store, values=values, successors=successors)


def _answer(world: World, body: Body, number: int, at: datetime, *, granted: bool) -> None:
    with world.unit(officer(body[1].program), at + LATER, "change.decide") as w:
        answer = "" if granted else "通知书与登记机关公示的名称不一致，请核对后重新提出。"
        deciding.decide(w, number, granted=granted, answer=answer, new_certificates=granted)
