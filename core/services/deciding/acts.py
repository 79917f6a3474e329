"""The acts that wait to be issued: which service does each, what it is about, who may, what it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.domain.lifecycle.states import Action
from core.services.applications.case import Case
from core.services.applications.corrections import Mark
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.endings import exits
from core.services.granting import decisions, notices, starting
from core.storage.models import (
    Accreditation,
    Application,
    ExitCase,
    NoticeItem,
    Objection,
    ReviewAssignment,
)
from core.storage.models.applications import CorrectionKind
from core.storage.models.deciding import PendingAct
from core.storage.models.exits import ExitState

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a decision is about, locked."""

    application: Application | None
    exit_case: ExitCase | None
    program: str
    region: str
    party_id: int

    @property
    def row(self) -> Application | ExitCase:
        """The one or the other."""
        found = self.application or self.exit_case
        if found is None:
            raise ValueError("a decision is about an application or an exit case")
        return found


OF_ACTION: Mapping[Action, PendingAct] = {
    Action.APPROVE: PendingAct.APPROVE,
    Action.REJECT: PendingAct.REJECT,
    Action.RETURN: PendingAct.RETURN,
}
"""The moves of applications that wait to be issued."""


def may(act: PendingAct) -> Act:
    """What one must be allowed to, to recall the decision of another."""
    match act:
        case PendingAct.APPROVE | PendingAct.REJECT:
            return Act.APPLICATION_DECIDE
        case PendingAct.RETURN:
            return Act.APPLICATION_RETURN
        case PendingAct.CONFIRM_EXIT | PendingAct.DISMISS_EXIT:
            return Act.EXIT_DECIDE
        case _:
            assert_never(act)


def of_exit(act: PendingAct) -> bool:
    """Whether the act is on an exit case."""
    return act in (PendingAct.CONFIRM_EXIT, PendingAct.DISMISS_EXIT)


def locked(w: Work, act: PendingAct, subject_id: int) -> Subject:
    """What the act is about, with the lock that every act on it takes first; NotFound where it is not."""
    if not of_exit(act):
        application = w.session.get(Application, subject_id, with_for_update=True, populate_existing=True)
        if application is None:
            raise NotFound(NOTHING_THERE)
        return Subject(application, None, application.program, application.region, application.party_id)
    owner = w.session.scalar(select(ExitCase.accreditation_id).where(ExitCase.id == subject_id))
    held = (
        w.session.get(Accreditation, owner, with_for_update=True, populate_existing=True) if owner else None
    )
    if held is None:
        raise NotFound(NOTHING_THERE)
    case = w.session.get_one(ExitCase, subject_id, with_for_update=True, populate_existing=True)
    return Subject(None, case, held.program, held.region, held.party_id)


def takes_effect(act: PendingAct, subject: Subject) -> bool:
    """Whether the act changes anything for the party: the first of two confirmations does not."""
    if act is not PendingAct.CONFIRM_EXIT or subject.exit_case is None:
        return True
    return subject.exit_case.state is ExitState.CONFIRMED_ONCE


def run(
    w: Work, act: PendingAct, subject_id: int, arguments: Arguments, version: int | None = None
) -> object:
    """Do the act as its service does it, with every guard."""
    return _ACTS[act](w, subject_id, arguments, version)


def _return(w: Work, subject_id: int, given: Arguments, version: int | None) -> None:
    marks = [Mark(CorrectionKind(kind), key, note) for kind, key, note in given.get("marks", ())]
    starting.return_for_correction(w, subject_id, given["reason"], marks, version=version)


def _reject(w: Work, subject_id: int, given: Arguments, version: int | None) -> None:
    """Reject; where the refusal is that of an objection upheld, by deciding that one."""
    if (objection_id := given.get("objection")) is not None:
        notices.decide_objection(w, objection_id, upheld=True, reason=given["reason"])
    else:
        decisions.reject(w, subject_id, given["reason"], version=version)


_ACTS: Mapping[PendingAct, Callable[[Work, int, Arguments, int | None], object]] = {
    PendingAct.APPROVE: lambda w, key, given, version: decisions.approve(
        w, key, given["reason"], version=version
    ),
    PendingAct.REJECT: _reject,
    PendingAct.RETURN: _return,
    PendingAct.CONFIRM_EXIT: lambda w, key, given, _: exits.confirm(
        w, key, given["reason"], seen=given.get("seen")
    ),
    PendingAct.DISMISS_EXIT: lambda w, key, given, _: exits.dismiss(
        w, key, given["reason"], seen=given.get("seen")
    ),
}


def fingerprint(w: Work, subject: Subject) -> str:
    """SHA-256 of what a decision is taken on: when it is issued, nothing of it may have changed."""
    if subject.application is not None:
        seen = _of_application(Case(w, subject.application))
    else:
        case = subject.exit_case
        assert case is not None  # noqa: S101  # one of the two is there
        seen = {
            "state": case.state,
            "objection": case.objection,
            "told_on": str(case.told_on),
            "evidence": case.evidence,
        }
    return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()


def _of_application(case: Case) -> dict[str, Any]:
    w, item = case.w, case.application
    tasks = w.session.scalars(
        select(ReviewAssignment)
        # A review that is set aside does not count: what it said is no ground.
        .where(ReviewAssignment.application_id == item.id, ReviewAssignment.set_aside_at.is_(None))
        .order_by(ReviewAssignment.id)
        .execution_options(populate_existing=True)
    )
    files = (file for row in case.checklist for file in row.present)
    said = w.session.execute(
        select(Objection.id, Objection.party_statement)
        .join(Objection.notice_item)
        .where(NoticeItem.application_id == item.id, Objection.party_statement != "")
        .order_by(Objection.id)
    )
    heard = [list(row) for row in said]
    return {
        **({"heard": heard} if heard else {}),
        "state": item.state,
        "facts": dict(item.facts),
        "files": [[file.id, file.sha256, file.accepted] for file in files],
        "verdict": [[row.key, row.outcome, row.waived is not None] for row in case.verdict.rows],
        "scores": [
            [
                task.reviewer_id,
                task.conflict,
                str(task.finished_at),
                sorted((score.criterion, str(score.points.normalize())) for score in task.scores),
            ]
            for task in tasks
        ],
    }
