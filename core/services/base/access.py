"""Who may do what: a table of acts and roles, and its limits as conditions on queries. Deny by default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from core.domain.acts import FRESH_FACTOR, Act
from core.domain.errors import FactorNeeded, NotAllowed, NotFound, Refused
from core.domain.lifecycle.accreditation_table import ACCREDITATION_TABLE
from core.domain.lifecycle.application_table import APPLICATION_TABLE
from core.domain.lifecycle.change_table import CHANGE_TABLE
from core.domain.lifecycle.moves import Move, S
from core.domain.roles import Grant, Role, division_prefix
from core.rules.phrases import BY_ANOTHER
from core.rules.text import T
from core.services.base.work import Actor, Work

OFFICER, LEAD, RECOMMENDER = Role.OFFICER, Role.LEAD, Role.RECOMMENDER
REVIEWER, AUDITOR, SYSADMIN, APPLICANT = Role.REVIEWER, Role.AUDITOR, Role.SYSADMIN, Role.APPLICANT
AUTHORITY = frozenset({OFFICER, LEAD})
STAFF = frozenset({OFFICER, LEAD, RECOMMENDER, AUDITOR})


def _acts_of(moves: Iterable[Move[S]]) -> dict[Act, frozenset[Role]]:
    """The acts that make the lifecycle's moves, each with the roles that may take one of them."""
    acts: dict[Act, frozenset[Role]] = {}
    for move in moves:
        if move.act:
            acts[move.act] = acts.get(move.act, frozenset()) | move.roles
    return acts


ACTS: dict[Act, frozenset[Role]] = {
    # Reading: rows are limited further by `scope`.
    Act.PARTY_VIEW: STAFF,
    Act.CALL_VIEW: STAFF,
    Act.RECOMMENDER_VIEW: STAFF,
    Act.APPLICATION_VIEW: STAFF,
    Act.ACCREDITATION_VIEW: STAFF,
    Act.RECORD_VIEW: STAFF,
    Act.REPORT_VIEW: STAFF,
    Act.COMPLAINT_VIEW: STAFF,
    Act.FINDING_VIEW: STAFF,
    Act.WARNING_VIEW: STAFF,
    Act.EXIT_VIEW: STAFF,
    Act.NOTICE_VIEW: STAFF,
    Act.RECTIFICATION_VIEW: STAFF,
    Act.INSPECTION_VIEW: STAFF,
    Act.BAN_VIEW: STAFF,
    Act.EXTENSION_VIEW: STAFF,
    Act.CHANGE_VIEW: STAFF,
    Act.CLAIM_VIEW: AUTHORITY | {AUDITOR},
    Act.NOMINATION_VIEW: STAFF,
    Act.PANEL_VIEW: AUTHORITY | {AUDITOR},
    Act.KEEPING_VIEW: AUTHORITY | {AUDITOR},
    Act.SETTING_VIEW: frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    Act.HOLIDAY_VIEW: frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    Act.JOB_VIEW: frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    Act.MESSAGE_VIEW: frozenset({OFFICER, LEAD, AUDITOR, SYSADMIN}),
    Act.AUDIT_VIEW: frozenset({AUDITOR, SYSADMIN, LEAD}),
    Act.ACCESS_VIEW: frozenset({AUDITOR}),
    Act.USER_VIEW: frozenset({SYSADMIN, AUDITOR}),
    # Acting on a thing of a programme and region.
    Act.PARTY_VERIFY: AUTHORITY,
    Act.PARTY_EDIT: AUTHORITY,
    Act.PARTY_MERGE: AUTHORITY,
    Act.CLAIM_DECIDE: AUTHORITY,
    Act.CALL_EDIT: AUTHORITY,
    Act.CAMPAIGN_EDIT: AUTHORITY,
    Act.RECOMMENDER_EDIT: AUTHORITY,
    Act.MEMBERS_EDIT: frozenset({RECOMMENDER}),
    Act.APPLICATION_DRAFT: AUTHORITY,
    Act.APPLICATION_ATTEST: AUTHORITY,
    Act.APPLICATION_ASSIGN: AUTHORITY,
    Act.APPLICATION_SCORE: frozenset({REVIEWER}),
    Act.APPLICATION_WAIVE: AUTHORITY,
    Act.APPLICATION_EXTEND_DEADLINE: AUTHORITY,
    Act.MATERIAL_VIEW: STAFF | {REVIEWER},
    Act.MATERIAL_JUDGE: AUTHORITY | {RECOMMENDER},
    Act.OBJECTION_DECIDE: AUTHORITY,
    Act.TAKE_IN: AUTHORITY,
    Act.RECORD_ADD: AUTHORITY | {RECOMMENDER},
    Act.RECORD_JUDGE: AUTHORITY | {RECOMMENDER},
    Act.REPORT_JUDGE: AUTHORITY | {RECOMMENDER},
    Act.COMPLAINT_DECIDE: AUTHORITY,
    Act.FINDING_OPEN: AUTHORITY | {RECOMMENDER},
    Act.FINDING_DECIDE: AUTHORITY,
    Act.ABSENCE_EXCUSE: AUTHORITY,
    Act.INSPECTION_EDIT: AUTHORITY | {RECOMMENDER},
    Act.EXIT_PROPOSE: AUTHORITY | {RECOMMENDER},
    Act.EXIT_RELEASE: frozenset({LEAD}),
    Act.NOMINATION_EDIT: AUTHORITY,
    Act.BAN_LIFT: frozenset({LEAD}),
    Act.CERTIFICATE_ISSUE: AUTHORITY,
    Act.SETTING_EDIT: frozenset({LEAD}),
    Act.HOLIDAY_EDIT: frozenset({SYSADMIN, LEAD}),
    Act.JOB_RUN: frozenset({SYSADMIN}),
    Act.MESSAGE_RESEND: frozenset({OFFICER, LEAD, SYSADMIN}),
    Act.MESSAGE_RELEASE: frozenset({LEAD, SYSADMIN}),
    Act.MESSAGE_DISCARD: frozenset({LEAD, SYSADMIN}),
    Act.USER_EDIT: frozenset({SYSADMIN}),
    Act.REDACTION_VIEW: AUTHORITY | {AUDITOR},
    Act.DOCUMENT_REDACT: AUTHORITY,
    Act.SEAL_LIFT: AUTHORITY,
    Act.DESTRUCTION_PROPOSE: AUTHORITY,
    Act.DESTRUCTION_APPROVE: AUTHORITY,
    Act.ARCHIVE_HAND_OVER: AUTHORITY,
    Act.HOLD_PLACE: AUTHORITY,
    Act.HOLD_LIFT: AUTHORITY,
    Act.SEALED_OPEN: frozenset({LEAD, AUDITOR}),
    **_acts_of(APPLICATION_TABLE),
    **_acts_of(ACCREDITATION_TABLE),
    **_acts_of(CHANGE_TABLE),
}
"""Acts and the roles that may do them. A party's own acts need membership instead."""


NOT_ALLOWED = T("您没有进行此操作的权限", "You may not do this")
_ASK = T(
    "请联系系统管理员核对您的角色、项目和地区", "ask the administrator about your role, programme and region"
)


def allowed(
    actor: Actor, act: Act, program: str | None, region: str | None, recommender: int | None = None
) -> bool:
    """Whether the actor may do the act on a thing of that programme and region.

    A case says all three by its `place`: whom it goes through limits the recommenders.
    """
    return actor.system or bool(actor.roles(program, region, recommender) & ACTS[act])


def require(
    unit: Work, act: Act, program: str | None, region: str | None, recommender: int | None = None
) -> None:
    """Refuse the act unless a grant of the actor covers it."""
    if not allowed(unit.actor, act, program, region, recommender):
        raise NotAllowed(NOT_ALLOWED, mend=_ASK)
    require_fresh(unit, act)


def require_anywhere(unit: Work, act: Act) -> None:
    """Refuse the act unless some grant of the actor gives it, whatever its programme and region."""
    if not (unit.actor.system or unit.actor.has(*ACTS[act])):
        raise NotAllowed(NOT_ALLOWED, mend=_ASK)
    require_fresh(unit, act)


def require_fresh(unit: Work, act: Act) -> None:
    """Stop before an act that asks for the second factor again, which the page asks for then."""
    if unit.actor.stale and FRESH_FACTOR[act]:
        raise FactorNeeded


def is_same(unit: Work, *before: int | None, name: str = "") -> bool:
    """Whether the actor is one of those who did it before: the same account, or operator of the machine.

    An operator has no account, and is known by `name` beside the account that is None.
    """
    if unit.actor.user_id is None:
        return bool(name) and None in before and unit.actor.name == name
    return unit.actor.user_id in before


def require_second(unit: Work, said: T, *before: int | None, name: str = "", mend: T = BY_ANOTHER) -> None:
    """Refuse whoever did it before, where two people are demanded.

    Whoever covers the division may be the second: of an office with one person, the superior authority.
    """
    if is_same(unit, *before, name=name):
        raise Refused(said, mend=mend)


def require_member(unit: Work, party_id: int) -> None:
    """Refuse unless the actor acts for the party; what others have is not found rather than forbidden."""
    if not (unit.actor.system or party_id in unit.actor.parties):
        raise NotFound(T("没有这条记录，或您无权查看", "There is no such record, or you may not see it"))


def of_program(column: Any, program: str | None) -> ColumnElement[bool]:
    """The rows of a programme; all where none is named."""
    return true() if program is None else column == program


def scope(actor: Actor, act: Act, program: Any, region: Any) -> ColumnElement[bool]:
    """The rows that the actor may reach for an act, as a condition on the columns for programme and region.

    `program` or `region` is None where there is no such column: only grants without that limit reach it.
    Rows that go through a recommender, which stands beside their region, are reached by that one alone.
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
        if grant.role is RECOMMENDER:
            limits.append(_through(grant, region))
        reached.append(and_(*limits))
    return or_(false(), *reached)


def _through(grant: Grant, region: Any) -> ColumnElement[bool]:
    """The rows that go through the body that a recommender acts for."""
    column = getattr(region.parent.entity, "recommender_id", None) if region is not None else None
    if column is None:
        return true() if grant.recommender is None else false()
    through: ColumnElement[bool] = column == grant.recommender
    return through
