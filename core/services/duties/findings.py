"""Findings against the accredited: opened by staff or by the check, decided by the authority."""

from __future__ import annotations

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Invalid, Refused
from core.domain.messages import MessageEvent
from core.hooks.loaded import TrackRules
from core.rules.obligations import FindingKind, OnFinding
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.words import unwritten, written
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for, part_for
from core.storage.models import Finding
from core.storage.models.register import RecordState
from core.storage.models.supervision import FindingState

ESTABLISHED = T("查证属实", "Established")
DISMISSED = T("不成立", "Dismissed")


def kinds_of(rules: TrackRules) -> dict[FindingKind, str]:
    """The kinds of findings that the track's exit rules name, each with the clause that names it first."""
    kinds: dict[FindingKind, str] = {}
    for rule in rules.exits:
        if isinstance(rule.trigger, OnFinding):
            for kind in rule.trigger.kinds:
                kinds.setdefault(kind, rule.clause)
    return kinds


def open_finding(w: Work, accreditation_id: int, kind: str, reason: str) -> int:
    """Open a finding of a kind that the track's rules name; it counts once it is established.

    One that was opened today in the same words, and is open, is that one: a form that was sent twice.
    """
    status = lock_for(w, accreditation_id, Act.FINDING_OPEN)
    if not status.accreditation.state.in_force:
        raise Refused(
            T("认定已终止，不再受理核查事项", "The status has ended: no finding is opened any more")
        )
    kinds = kinds_of(status.rules)
    errors = unwritten(reason, "reason")
    chosen = next((item for item in kinds if item == kind), None)
    if chosen is None:
        named = [item.label for item in kinds]
        errors["kind"] = T(
            f"不是本项目退出条款所列的事项；可选：{'、'.join(item.zh for item in named) or '无'}",
            f"no exit rule of this track names it; choose from: {', '.join(i.en for i in named) or 'none'}",
        )
    if errors or chosen is None:
        raise Invalid(errors)
    said = {
        "accreditation_id": status.id,
        "kind": chosen,
        "clause": kinds[chosen],
        "reason": reason.strip(),
        "opened_on": w.today,
        "opened_by_id": w.actor.user_id,
    }
    same = select(Finding.id).filter_by(**said).where(Finding.state == FindingState.OPEN)
    if (there := w.session.scalar(same.limit(1))) is not None:
        return there
    finding = Finding(**said)
    w.session.add(finding)
    w.session.flush()
    notify(
        w,
        MessageEvent.FINDING_OPENED,
        key=f"finding/{finding.id}",
        accreditation_id=status.id,
        values={"kind": chosen.label, "reason": finding.reason},
    )
    return finding.id


def decide_finding(w: Work, finding_id: int, *, established: bool, reason: str) -> None:
    """Establish or dismiss a finding; established, a paid service's record no longer counts."""
    finding, status = part_for(w, Finding, finding_id, Act.FINDING_DECIDE)
    said = written(reason)
    if finding.state is not FindingState.OPEN:
        raise already(w, finding, T("该事项已有结论", "The finding has been decided already"), "state")
    finding.state = FindingState.ESTABLISHED if established else FindingState.DISMISSED
    finding.established_on = w.today if established else None
    finding.decided_by_id = w.actor.user_id
    finding.decision_reason = said
    record = finding.service_record
    if established and record is not None:
        record.state = RecordState.REJECTED
        record.rejection_reason = said[:500]
    _tell(w, finding, established=established)
    check_now(w, status.id)


def _tell(w: Work, finding: Finding, *, established: bool) -> None:
    notify(
        w,
        MessageEvent.FINDING_DECIDED,
        key=f"finding/{finding.id}/decided/{w.now.isoformat()}",
        accreditation_id=finding.accreditation_id,
        values={
            "kind": kind_label(finding.kind),
            "outcome": ESTABLISHED if established else DISMISSED,
            "reason": finding.decision_reason,
        },
    )


def kind_label(kind: str) -> T:
    """A kind of finding in words."""
    return FindingKind(kind).label
