"""Roles, and what a grant of one covers by programme and territory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from core.rules.text import T

Place = tuple[str, str, int | None]
"""Where a case belongs: its programme, its division, and the recommender, None for its territory's."""
DIVISION_CODE = re.compile(r"[1-9]\d{5}", re.ASCII)


class Duty(StrEnum):
    """What the register keeps in separate hands: no account has two of them on one day (GB/T 22239)."""

    ADMINISTRATION = "administration"
    DECISION = "decision"
    AUDIT = "audit"

    @property
    def label(self) -> T:
        """The duty's name for a screen."""
        return _DUTY_LABELS[self]


class Role(StrEnum):
    """What a person may do, where a grant says so."""

    SYSADMIN = "sysadmin"
    OFFICER = "officer"
    LEAD = "lead"
    RECOMMENDER = "recommender"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    APPLICANT = "applicant"

    @property
    def label(self) -> T:
        """The role's name for a screen."""
        return _LABELS[self]

    @property
    def duty(self) -> Duty | None:
        """The duty that the role is of; None for one that has to do with what is its own alone."""
        return _DUTIES[self]


_LABELS = {
    Role.SYSADMIN: T("系统管理员", "System administrator"),
    Role.OFFICER: T("经办人", "Officer"),
    Role.LEAD: T("负责人", "Lead"),
    Role.RECOMMENDER: T("推荐单位", "Recommender"),
    Role.REVIEWER: T("评审专家", "Reviewer"),
    Role.AUDITOR: T("审计员", "Auditor"),
    Role.APPLICANT: T("申请人", "Applicant"),
}

_DUTY_LABELS = {
    Duty.ADMINISTRATION: T("系统管理", "administration"),
    Duty.DECISION: T("认定办理", "decision on cases"),
    Duty.AUDIT: T("审计", "audit"),
}

_DUTIES = {
    Role.SYSADMIN: Duty.ADMINISTRATION,
    Role.OFFICER: Duty.DECISION,
    Role.LEAD: Duty.DECISION,
    # Who recommends or scores has a hand in what is decided: neither makes accounts, nor looks over it.
    Role.RECOMMENDER: Duty.DECISION,
    Role.REVIEWER: Duty.DECISION,
    Role.AUDITOR: Duty.AUDIT,
    Role.APPLICANT: None,
}

STAFF = tuple(role for role in Role if role is not Role.APPLICANT)
"""Roles that are granted: all of them decide, administer or look over it, and need a second factor."""
DECIDING = frozenset({Role.OFFICER, Role.LEAD})
"""Roles of the deciding authority."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, everywhere (None) or within one programme and one division with all below it."""

    role: Role
    program: str | None = None
    region: str | None = None
    recommender: int | None = None
    """The association or department that a recommender acts for; None for the body of its territory."""

    def __post_init__(self) -> None:
        if self.program == "":
            raise ValueError("a grant's program is an id, or None for every programme; it is empty")
        if self.region is not None:
            division_prefix(self.region)


def division_prefix(code: str) -> str:
    """The digits that every division within `code` begins with: 2 for a province, 4 a city, 6 a county.

    ValueError for anything that is not a GB/T 2260 code of 6 digits.
    """
    if not DIVISION_CODE.fullmatch(code):
        raise ValueError(f"{code!r} is not a division code of 6 digits (GB/T 2260)")
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def within(code: str | None, division: str) -> bool:
    """Whether `code` is the division or lies in it; an unknown code lies nowhere."""
    return code is not None and code.startswith(division_prefix(division))


def covers(grant: Grant, program: str | None, region: str | None, recommender: int | None = None) -> bool:
    """Whether the grant reaches a thing of that programme and division, which goes through a recommender.

    A thing of no programme, or of no known division, is reached only by a grant without that limit. Of
    several recommenders only the one that it goes through reaches it; None stands for its territory's.
    """
    if grant.role is Role.RECOMMENDER and grant.recommender != recommender:
        return False
    return grant.program in (None, program) and (grant.region is None or within(region, grant.region))
