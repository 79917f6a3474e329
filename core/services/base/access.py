"""Who may do what: a table of acts and roles, and its limits as conditions on queries. Deny by default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from core.domain.errors import NotAllowed, NotFound
from core.domain.lifecycle.accreditation_table import ACCREDITATION_TABLE
from core.domain.lifecycle.application_table import APPLICATION_TABLE
from core.domain.lifecycle.moves import Move, S
from core.domain.roles import Role, division_prefix
from core.rules.text import T
from core.services.base.work import Actor, Work

OFFICER, LEAD, RECOMMENDER = Role.OFFICER, Role.LEAD, Role.RECOMMENDER
REVIEWER, AUDITOR, SYSADMIN, APPLICANT = Role.REVIEWER, Role.AUDITOR, Role.SYSADMIN, Role.APPLICANT
AUTHORITY = frozenset({OFFICER, LEAD})
STAFF = frozenset({OFFICER, LEAD, RECOMMENDER, AUDITOR})


def _acts_of(moves: Iterable[Move[S]]) -> dict[str, frozenset[Role]]:
    """The acts that make the lifecycle's moves, each with the roles that may take one of them."""
    acts: dict[str, frozenset[Role]] = {}
    for move in moves:
        if move.act:
            acts[move.act] = acts.get(move.act, frozenset()) | move.roles
    return acts


ACTS: dict[str, frozenset[Role]] = {
    # Reading: rows are limited further by `scope`.
    "party.view": STAFF,
    "call.view": STAFF,
    "application.view": STAFF,
    "accreditation.view": STAFF,
    "record.view": STAFF,
    "report.view": STAFF,
    "complaint.view": STAFF,
    "finding.view": STAFF,
    "warning.view": STAFF,
    "exit.view": STAFF,
    "notice.view": STAFF,
    "rectification.view": STAFF,
    "inspection.view": STAFF,
    "ban.view": STAFF,
    "extension.view": STAFF,
    "nomination.view": STAFF,
    "panel.view": AUTHORITY | {AUDITOR},
    "setting.view": frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    "holiday.view": frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    "job.view": frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    "message.view": frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    "audit.view": frozenset({AUDITOR, SYSADMIN, LEAD}),
    "user.view": frozenset({SYSADMIN, AUDITOR}),
    # Acting on a thing of a programme and region.
    "party.verify": AUTHORITY,
    "party.edit": AUTHORITY,
    "call.edit": AUTHORITY,
    "campaign.edit": AUTHORITY,
    "application.draft": AUTHORITY,
    "application.attest": AUTHORITY,
    "application.assign": AUTHORITY,
    "application.score": frozenset({REVIEWER}),
    "application.waive": AUTHORITY,
    "application.extend_deadline": AUTHORITY,
    "material.view": STAFF | {REVIEWER},
    "material.judge": AUTHORITY | {RECOMMENDER},
    "notice.publish": AUTHORITY,
    "objection.decide": AUTHORITY,
    "record.add": AUTHORITY,
    "record.judge": AUTHORITY | {RECOMMENDER},
    "report.judge": AUTHORITY | {RECOMMENDER},
    "complaint.decide": AUTHORITY,
    "finding.open": AUTHORITY | {RECOMMENDER},
    "finding.decide": AUTHORITY,
    "absence.excuse": AUTHORITY,
    "inspection.edit": AUTHORITY | {RECOMMENDER},
    "exit.propose": AUTHORITY | {RECOMMENDER},
    "exit.release": frozenset({LEAD}),
    "nomination.edit": AUTHORITY,
    "ban.lift": frozenset({LEAD}),
    "setting.edit": frozenset({LEAD}),
    "holiday.edit": frozenset({SYSADMIN, LEAD}),
    "job.run": frozenset({SYSADMIN}),
    "message.resend": frozenset({OFFICER, LEAD, SYSADMIN}),
    "user.edit": frozenset({SYSADMIN}),
    **_acts_of(APPLICATION_TABLE),
    **_acts_of(ACCREDITATION_TABLE),
}
"""Acts and the roles that may do them. A party's own acts need membership instead."""


_NOT_ALLOWED = T("您没有进行此操作的权限", "You may not do this")
_ASK = T(
    "请联系系统管理员核对您的角色、项目和地区", "ask the administrator about your role, programme and region"
)


def allowed(actor: Actor, act: str, program: str | None, region: str | None) -> bool:
    """Whether the actor may do the act on a thing of that programme and region."""
    return actor.system or bool(actor.roles(program, region) & ACTS[act])


def require(unit: Work, act: str, program: str | None, region: str | None) -> None:
    """Refuse the act unless a grant of the actor covers it."""
    if not allowed(unit.actor, act, program, region):
        raise NotAllowed(_NOT_ALLOWED, mend=_ASK)


def require_anywhere(unit: Work, act: str) -> None:
    """Refuse the act unless some grant of the actor gives it, whatever its programme and region."""
    if not (unit.actor.system or unit.actor.has(*ACTS[act])):
        raise NotAllowed(_NOT_ALLOWED, mend=_ASK)


def require_member(unit: Work, party_id: int) -> None:
    """Refuse unless the actor acts for the party; what others have is not found rather than forbidden."""
    if not (unit.actor.system or party_id in unit.actor.parties):
        raise NotFound(T("没有这条记录，或您无权查看", "There is no such record, or you may not see it"))


def scope(actor: Actor, act: str, program: Any, region: Any) -> ColumnElement[bool]:
    """The rows that the actor may reach for an act, as a condition on the columns for programme and region.

    `program` or `region` is None where there is no such column: only grants without that limit reach it.
    """
    if actor.system:
        return true()
    reached: list[ColumnElement[bool]] = []
    for grant in actor.grants:
        if grant.role not in ACTS[act]:
            continue
        limits: list[ColumnElement[bool]] = [true()]
        if grant.program is not None:
            limits.append(program == grant.program if program is not None else false())
        if grant.region is not None:
            limits.append(region.startswith(division_prefix(grant.region)) if region is not None else false())
        reached.append(and_(*limits))
    return or_(false(), *reached)
