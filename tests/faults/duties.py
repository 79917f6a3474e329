"""A second life, of what the first has no part in: panels, agreements, duties, corrections, seals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core.documents.blocks import Form, Note
from core.documents.pdf import form_pdf
from core.domain.roles import Role
from core.services.applications import materials
from core.services.applications.corrections import Mark
from core.services.base.work import SYSTEM, Actor, Work
from core.services.duties import absences, inspections, rectifications, reports
from core.services.endings import extensions
from core.services.granting import accreditations, nominations, notice_ends, starting
from core.services.redaction import acting, requests
from core.services.redaction.copies import Copy
from core.services.redaction.documents import Kind
from core.services.review import reviews
from core.storage.engine import session_factory
from core.storage.models import Accreditation, MaterialFile, Redaction, ReviewAssignment
from core.storage.models.corrections import CorrectionKind
from core.storage.models.redactions import RedactionKind
from core.storage.trail.sealing import seal
from tests.faults.life import Act, the
from tests.faults.register import Register
from tests.services.journey import AUTHORITY, Case

SHEET = [{"key": "ability", "title": "服务能力", "weight": 100, "max": 100}]
WHY, KIND = "附有他人身份证号码", RedactionKind.PERSONAL_DATA
COVERED = form_pdf(
    Form(title="证明", above="", subtitle="", signed_by="", blocks=(Note("号码已遮盖"),)),
    language="zh",
    on=date(2024, 1, 1),
)


@dataclass(frozen=True)
class Others:
    """Cases beside those of the register."""

    scored: Case
    """Under review, to be scored by the reviewer."""
    reviewer: Actor
    signing: Case
    """Its notice is over; the agreement is to be signed."""
    expiring: Case
    """Accredited for two years."""
    held: Case
    """Accredited in Hubei."""
    submitted: Case
    """Sent in, in Hubei."""
    officers: dict[str, Actor]
    """By programme."""


def prepare(register: Register) -> Others:
    """Carry them so far."""
    town = register.town
    scored = town.start("shanghai/specialized", call={"score_sheet": SHEET})
    scored.fill().attach_all().submit().recommend().review()
    reviewer = town.make_actor(Role.REVIEWER, "shanghai", AUTHORITY["shanghai"])
    signing = town.start("shanghai/comprehensive").reviewed().approve().publish()
    with town.begin(SYSTEM, signing.on(20)) as w:
        notice_ends.close_due(w, w.today)
    expiring = town.start("jilin/provider").accredited()
    held = town.start("hubei/specialized").accredited()
    submitted = town.start("hubei/specialized").fill().attach_all().submit()
    officers = {program: town.officer(program) for program in ("hubei", "liaocheng", "shanghai")}
    return Others(scored, reviewer, signing, expiring, held, submitted, officers)


def status(w: Work, case: Case) -> int:
    """The accreditation that came of a case."""
    return int(the(w, Accreditation, application_id=case.application_id).id)


def duties(register: Register, others: Others) -> list[Act]:
    """What the people of these cases do."""
    held, ended = others.held, register.ended
    hubei, liaocheng = others.officers["hubei"], others.officers["liaocheng"]
    return [
        *panel(others),
        Act(
            "extend",
            lambda w: extensions.request_extension(w, status(w, others.expiring), "请予延期"),
            others.expiring.applicant,
            "2026-06-20T10:00",
        ),
        Act("excuse", lambda w: absences.excuse(w, ended, w.today, "住院"), liaocheng, "2024-06-20T10:00"),
        Act(
            "report",
            lambda w: reports.submit_report(w, ended, 2024, "总结"),
            register.holder,
            "2024-06-21T10:00",
        ),
        Act("inspect", lambda w: inspect(w, held), hubei, held.on(40)),
        Act(
            "order",
            lambda w: rectifications.order(w, status(w, held), "18(1)", date(2024, 9, 1), "满意度低"),
            hubei,
            held.on(41),
        ),
        Act(
            "nominate",
            lambda w: nominations.nominate(w, status(w, held), "miit_volunteer/workstation", "示范性强"),
            hubei,
            held.on(42),
        ),
        *sealing(register, others),
        Act("seal", lambda made: seal(session_factory(made.town.engine), batch=20)),
    ]


def panel(others: Others) -> list[Act]:
    """A task that is given and scored, an agreement, an application that is given back."""
    scored, signing, submitted = others.scored, others.signing, others.submitted
    return [
        Act(
            "assign",
            lambda w: reviews.assign(w, scored.application_id, [others.reviewer.user_id or 0]),
            others.officers["shanghai"],
            scored.on(3),
        ),
        Act("score", lambda w: score(w, scored), others.reviewer, scored.on(3)),
        Act("sign", lambda w: sign(w, signing), others.officers["shanghai"], signing.on(20)),
        Act("give back", lambda w: give_back(w, submitted), others.officers["hubei"], submitted.on(1)),
    ]


def score(w: Work, case: Case) -> None:
    task = the(w, ReviewAssignment, application_id=case.application_id).id
    reviews.declare(w, task, conflict=False)
    reviews.score(w, task, {"ability": 90})


def give_back(w: Work, case: Case) -> None:
    first = materials.checklist(w, case.application_id)[0]
    mark = Mark(CorrectionKind.MATERIAL, first.key, "缺盖章")
    starting.return_for_correction(w, case.application_id, "请补正", [mark])


def sign(w: Work, case: Case) -> None:
    first, last = accreditations.proposed_agreement(w, case.application_id)
    accreditations.sign_agreement(
        w, case.application_id, signed_on=first, valid_from=first, valid_through=last
    )


def inspect(w: Work, case: Case) -> None:
    number = inspections.plan(w, status(w, case), w.today)
    found: dict[str, Any] = {"quality": "良好", "fees": "规范", "satisfaction_pct": 90, "passed": True}
    inspections.record(w, number, held_on=w.today, **found)


def sealing(register: Register, others: Others) -> list[Act]:
    """A party asks for it, an officer redacts, the lead looks at what is sealed."""
    store, case = register.town.store, others.held

    def document(w: Work) -> Any:
        query = select(MaterialFile).where(MaterialFile.application_id == case.application_id)
        return w.session.scalars(query.order_by(MaterialFile.id)).first()

    def redact(w: Work) -> None:
        row, copy = document(w), Copy("遮盖.pdf", COVERED)
        acting.redact(w, Kind.MATERIAL, row.id, copy, store, why=KIND, reason=WHY, seen=row.sha256)

    def look(w: Work) -> None:
        sealed = w.session.scalars(select(Redaction.id).order_by(Redaction.id)).first()
        acting.open_sealed(w, sealed or 0, "核对", store)[1].close()

    return [
        Act(
            "ask",
            lambda w: requests.ask(w, Kind.MATERIAL, document(w).id, KIND, WHY),
            case.applicant,
            case.on(50),
        ),
        Act("redact", redact, others.officers["hubei"], case.on(51)),
        Act("look", look, register.lead, case.on(52)),
    ]
