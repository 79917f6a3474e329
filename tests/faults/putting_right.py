"""A third life, of what is put right: changes, mergers, corrections, decisions that wait, former statuses."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.domain.lifecycle.change_table import ChangeKind
from core.domain.roles import Role
from core.services.base.work import DECISION_DELAY, Actor, Work
from core.services.changes import deciding as answering
from core.services.changes import requests
from core.services.changes.requests import Proof
from core.services.deciding import correcting, pending
from core.services.duties import complaints, filers
from core.services.duties.filers import Filing
from core.services.files.sheets import write_sheet
from core.services.mergers import different, merging
from core.services.people import factor_resets
from core.services.settings import values
from core.services.takein.entering import take_in
from core.services.takein.reading import Source
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    ChangeRequest,
    Complaint,
    Merger,
    NotSame,
    PendingDecision,
    User,
)
from core.storage.models.deciding import PendingAct
from core.storage.trail.sealing import seal
from tests.faults.life import Act, the
from tests.faults.register import REASON, Register
from tests.services.journey import AUTHORITY, PDF, Case
from tests.services.takein.tables import HEADERS, row

SUCCESSOR, SPLIT_OFF = "91220200MA0Y2R0C7A", "分立后的服务中心"
ON = "2024-07-01T10:00"


@dataclass(frozen=True)
class Mistaken:
    """What is to be put right."""

    held: Case
    """Accredited in Jilin: takes another name."""
    doubles: tuple[Case, Case]
    """Two of one body, both accredited."""
    approved: Case
    """Accredited by mistake."""
    waiting: Case
    """Reviewed; its decision waits to be issued."""
    table: Source
    """A former status, as it lies in the store."""
    officers: dict[str, Actor]
    seconds: dict[str, Actor]
    """Another officer of each programme."""
    second_administrator: Actor


def prepare(register: Register) -> Mistaken:
    """Carry them so far."""
    town = register.town
    held, approved = (
        town.start(key).accredited() for key in ("jilin/provider", "miit_volunteer/workstation")
    )
    doubles = (town.start("jilin/expert").accredited(), town.start("jilin/expert").accredited())
    waiting = town.start("jilin/provider").reviewed()
    with town.begin(register.lead, waiting.on(3)) as w:
        values.set_operation(w, DECISION_DELAY, "30", w.today, "纪要")
    with session_factory(town.engine)() as session, session.begin():
        session.get_one(User, register.second_officer.user_id).tf_primary_method = "authenticator"
    content = write_sheet("名录", HEADERS, [row()])
    kept = town.store.put(content, at_most=10**6)
    programs = ("jilin", "miit_volunteer", "hubei")
    return Mistaken(
        held,
        doubles,
        approved,
        waiting,
        Source("旧名录.xlsx", io.BytesIO(content), kept.sha256),
        {program: town.officer(program) for program in programs},
        {program: town.make_actor(Role.OFFICER, program, AUTHORITY.get(program)) for program in programs},
        town.make_actor(Role.SYSADMIN),
    )


def mends(register: Register, wrong: Mistaken) -> list[Act]:
    """What people do about it."""
    officers, seconds = wrong.officers, wrong.seconds
    return [
        *changed(register, wrong),
        Act("tell apart", lambda w: tell_apart(w, wrong), officers["jilin"], ON),
        Act(
            "take back",
            lambda w: different.take_back(w, the(w, NotSame).id, "同一主体"),
            officers["jilin"],
            ON,
        ),
        Act("merge", lambda w: merge(w, wrong), officers["jilin"], ON),
        Act("part", lambda w: merging.undo(w, the(w, Merger).id, "两个主体"), officers["jilin"], ON),
        Act(
            "correct",
            lambda w: correcting.correct_approval(w, wrong.approved.application_id, "误点"),
            seconds["miit_volunteer"],
            wrong.approved.on(30),
        ),
        *waits(wrong),
        *filed(register),
        Act("take in", lambda w: taken_in(w, wrong.table), officers["hubei"], ON),
        *second_factor(register, wrong),
        Act("seal", lambda made: seal(session_factory(made.town.engine), batch=20)),
    ]


def changed(register: Register, wrong: Mistaken) -> list[Act]:
    """Another name, granted with a new certificate; then a split, which is refused."""
    case, store = wrong.held, register.town.store

    def ask(w: Work, kind: ChangeKind, **given: Any) -> None:
        requests.ask(w, case.party_id, kind, Proof("变更通知书.pdf", PDF), store, **given)

    def answer(w: Work, *, granted: bool) -> None:
        number = w.session.scalars(select(func.max(ChangeRequest.id))).one()
        answering.decide(w, number, granted=granted, answer="见附件", new_certificates=granted)

    new = {"name": "更名后的服务机构"}
    parts = {"successors": f"{SUCCESSOR} {SPLIT_OFF}", "goes_on": True}
    officer = wrong.officers["jilin"]
    return [
        Act("ask", lambda w: ask(w, ChangeKind.DETAILS, values=new), case.applicant, case.on(40)),
        Act("grant", lambda w: answer(w, granted=True), officer, case.on(41)),
        Act("ask to split", lambda w: ask(w, ChangeKind.SPLIT, **parts), case.applicant, case.on(42)),
        Act("refuse", lambda w: answer(w, granted=False), officer, case.on(43)),
    ]


def tell_apart(w: Work, wrong: Mistaken) -> None:
    one, other = (case.party_id for case in wrong.doubles)
    different.mark(w, one, other, "两个主体")


def merge(w: Work, wrong: Mistaken) -> None:
    kept, merged = (case.party_id for case in wrong.doubles)
    merging.merge(w, kept, merged, "两次登记")


def waits(wrong: Mistaken) -> list[Act]:
    """Decided and recalled before it is issued."""
    number, officer, at = wrong.waiting.application_id, wrong.officers["jilin"], wrong.waiting.on(4)
    inputs = {"reason": REASON, "marks": []}
    return [
        Act("decide", lambda w: pending.decide(w, PendingAct.APPROVE, number, inputs), officer, at),
        Act("recall", lambda w: pending.recall(w, the(w, PendingDecision).id), officer, at),
    ]


def filed(register: Register) -> list[Act]:
    """A complaint with a file, and a look at who filed it."""
    store, officer = register.town.store, register.town.officer("liaocheng")

    def file(w: Work) -> None:
        number = the(w, Accreditation, id=register.ended).number
        complaints.file_complaint(w, number, "某企业", "13800138001", "收费不实")
        filers.attach(w, Filing.COMPLAINT, the(w, Complaint).id, [("收据.pdf", io.BytesIO(PDF))], store)

    def look(w: Work) -> None:
        filers.look(w, Filing.COMPLAINT, the(w, Complaint).id)

    return [
        Act("file", file, register.administrator, "2024-06-20T10:00"),
        Act("look", look, officer, "2024-06-20T11:00"),
    ]


def taken_in(w: Work, table: Source) -> None:
    table.file.seek(0)
    take_in(w, "hubei", table)


def second_factor(register: Register, wrong: Mistaken) -> list[Act]:
    """A lost one, taken away by two."""
    user = register.second_officer.user_id or 0
    return [
        Act("open", lambda w: factor_resets.open_reset(w, user, "手机遗失"), register.administrator, ON),
        Act("confirm", lambda w: factor_resets.confirm(w, user), wrong.second_administrator, ON),
    ]
