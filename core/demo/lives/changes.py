"""The last days: bodies that take another name, move, or go into another, each request with its answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.demo.cases.plan import Case
from core.demo.lives.recent import good_ones
from core.demo.lives.years import Lives
from core.demo.people.papers import pdf
from core.demo.people.staff import officer
from core.demo.world import World
from core.domain.lifecycle.change_table import ChangeKind
from core.rules.clauses import PartyKind
from core.services.changes import deciding, requests
from core.services.changes.requests import Proof
from core.storage.models import Accreditation, Party

LATER = timedelta(minutes=20)
RENAMED, WISHED = "服务集团", "（筹）"
Body = tuple[Case, Accreditation]


def ask_and_answer(world: World, lives: Lives, at: datetime) -> None:
    """One of each answer, and one that waits for it."""
    bodies = [
        body
        for loaded, track in world.catalogue.tracks()
        if track.party is PartyKind.ORGANIZATION
        for body in good_ones(world, lives, loaded.program.id, track.id)[1:2]
    ]
    if len(bodies) < 5:  # noqa: PLR2004  # a body for each
        return
    renamed, waits, refused, taken_back, merged = bodies[:5]
    _answer(world, renamed, _rename(world, renamed, RENAMED, at), at, granted=True)
    _rename(world, waits, "发展中心", at)
    _answer(world, refused, _rename(world, refused, WISHED, at), at, granted=False)
    number = _rename(world, taken_back, "咨询中心", at)
    with world.unit(world.holder(taken_back[0].body), at + LATER, "change.withdraw") as w:
        requests.withdraw(w, number)
    with world.factory() as session:
        heir = session.get_one(Party, renamed[1].party_id)
        line = f"{heir.uscc} {heir.name}"
    number = _ask(world, merged, at, ChangeKind.MERGER, {}, line)
    _answer(world, merged, number, at, granted=True)


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
