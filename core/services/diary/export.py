"""The diary's way out as a table: the columns that an import takes, and what became of each record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Select, select

from core.rules.text import T
from core.services.base.work import Work
from core.services.diary.fields import MODES, functions_under
from core.services.diary.served import as_written
from core.services.diary.sheet import CAMPAIGN, CERTIFICATES, COLUMNS, ENTERPRISES, campaigns_of
from core.services.supervision.status import find
from core.storage.models import ServiceRecord

Column = tuple[T, Callable[[ServiceRecord], object]]


def query(
    w: Work, accreditation_id: int, *, first: date | None = None, last: date | None = None
) -> Select[ServiceRecord]:
    """The records of an accreditation, of a span of days if given, by day; NotFound where not to be read."""
    find(w, accreditation_id)
    wanted = select(ServiceRecord).where(ServiceRecord.accreditation_id == accreditation_id)
    if first is not None:
        wanted = wanted.where(ServiceRecord.service_date >= first)
    if last is not None:
        wanted = wanted.where(ServiceRecord.service_date <= last)
    return wanted.order_by(ServiceRecord.service_date, ServiceRecord.id)


def columns(w: Work, accreditation_id: int) -> list[Column]:
    """The columns of the template in their order, the state and why a record was not accepted."""
    status = find(w, accreditation_id)
    accreditation, functions = status.accreditation, functions_under(status)
    campaigns = {number: title for title, number in campaigns_of(w, {accreditation.program}).items()}
    modes: Mapping[str, T] = dict(MODES)
    read: Mapping[str, Callable[[ServiceRecord], object]] = {
        CERTIFICATES: lambda _row: accreditation.number,
        "function": lambda row: functions.get(row.function or "", row.function),
        "mode": lambda row: modes[row.mode.value],
        ENTERPRISES: _enterprises,
        CAMPAIGN: lambda row: campaigns.get(row.campaign_id or 0, ""),
    }
    return [
        *(
            (column.title, read.get(column.key, lambda row, name=column.key: getattr(row, name)))
            for column in COLUMNS
        ),
        (T("状态", "State"), lambda row: row.state),
        (T("不予采信的理由", "Why it was not accepted"), lambda row: row.rejection_reason),
    ]


def _enterprises(row: ServiceRecord) -> str:
    return "；".join(map(as_written, row.enterprises))
