"""Reports returned as insufficient, which count as missing until handed in again; and returns taken back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.messages import MessageEvent
from core.rules.obligations import ReportDuty
from core.rules.text import EMPTY, T
from core.services.base.decided import already
from core.services.base.words import written
from core.services.base.work import Work
from core.services.duties.reports import standing
from core.services.messaging.writing import notify
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import part_for
from core.services.supervision.status import Status
from core.storage.models import AnnualReport


def return_report(w: Work, report_id: int, reason: str) -> None:
    """Return a report as insufficient, with whatever else stands about its year; the party is told why."""
    report, status = part_for(w, AnnualReport, report_id, Act.REPORT_JUDGE)
    said = written(reason)
    if report.returned_on is not None:
        raise already(w, report, T("该报告已被退回", "The report has been returned already"), "returned_on")
    if report.accepted_at is not None:
        raise already(w, report, T("该报告已被接收", "The report has been accepted already"), "accepted_at")
    for item in _about(w, report):
        if item.accepted_at is None:
            item.returned_on, item.return_reason, item.returned_by_id = w.today, said, w.actor.user_id
    _tell(status, report, MessageEvent.REPORT_RETURNED, said)
    check_now(w, status.id)


def take_back(w: Work, report_id: int, reason: str) -> None:
    """Correct a return by mistake: the report stands again as handed in on its day.

    An exit that was proposed meanwhile stays, and is for two officers to dismiss.
    """
    report, status = part_for(w, AnnualReport, report_id, Act.REPORT_JUDGE)
    said = written(reason)
    if report.returned_on is None:
        raise already(w, report, T("该报告没有被退回", "The report is not returned"), "returned_on")
    if w.session.scalar(select(exists().where(*standing(status.id, report.year, report.kind)))):
        raise Refused(
            T(
                "当事人已重新提交，退回无须撤销",
                "It has been handed in again: let the return stand",
            ),
            mend=T("请受理新提交的报告", "accept the new one"),
        )
    report.returned_on, report.return_reason, report.returned_by_id = None, "", None
    w.session.flush()
    _tell(status, report, MessageEvent.REPORT_RESTORED, said)
    check_now(w, status.id)


def _about(w: Work, report: AnnualReport) -> Sequence[AnnualReport]:
    """What stands about the year of a report."""
    return w.session.scalars(
        select(AnnualReport).where(*standing(report.accreditation_id, report.year, report.kind))
    ).all()


def _tell(status: Status, report: AnnualReport, event: MessageEvent, reason: str) -> None:
    duty = next(
        (duty for duty in status.rules.duties if isinstance(duty, ReportDuty) and duty.kind is report.kind),
        None,
    )
    notify(
        status.w,
        event,
        key=f"{event}/{report.id}/{status.w.now.isoformat()}",
        accreditation_id=status.id,
        values={
            "year": str(report.year),
            "title": duty.title if duty is not None else report.kind.label,
            "clause": duty.clause if duty is not None else EMPTY,
            "reason": reason,
        },
    )
