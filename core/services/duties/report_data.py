"""What an annual report starts with: the figures of the diary; and success cases as the report keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core.domain.supervision.metrics import METRICS
from core.rules.terms import Fact, Kind, NumberFact
from core.rules.text import T
from core.services.base.work import Work
from core.services.supervision.standings import COUNTED, measured
from core.services.supervision.status import find
from core.storage.models import ServiceRecord

MEASURED = (
    "service_hours",
    "services",
    "enterprises_served",
    "authority_events_attended",
    "public_benefit_services",
)
PARTICIPANTS = NumberFact("participants", Kind.INTEGER, T("参加人次", "Participations"), unit=T("人次", ""))
SATISFACTION = NumberFact("satisfaction_pct", Kind.PERCENT, T("平均满意度", "Average satisfaction"))
FIGURES: tuple[Fact, ...] = (*(METRICS[name] for name in MEASURED), PARTICIPANTS, SATISFACTION)
"""The figures that a report states, in its order."""
TENTH = Decimal("0.1")
MOST_CASES = 10
LONGEST_TITLE = 100
_TITLE = re.compile(r"^【([^】\n]+)】[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SuccessCase:
    """One success case of a report."""

    title: str
    text: str


def derived(w: Work, accreditation_id: int, first: date, last: date) -> dict[str, Decimal | None]:
    """The figures of a span of days, with those of a take-in; None where there is nothing to average."""
    find(w, accreditation_id)
    window = (accreditation_id, first, last)
    counted = measured(w.session, [window], None)[window]
    participants, satisfaction = w.session.execute(
        select(
            func.coalesce(func.sum(ServiceRecord.participants), 0), func.avg(ServiceRecord.satisfaction_pct)
        ).where(
            ServiceRecord.accreditation_id == accreditation_id,
            ServiceRecord.service_date.between(first, last),
            ServiceRecord.state.in_(COUNTED),
        )
    ).one()
    found: dict[str, Decimal | None] = {name: Decimal(str(counted[name])) for name in MEASURED}
    found["participants"] = Decimal(participants)
    found["satisfaction_pct"] = Decimal(satisfaction).quantize(TENTH) if satisfaction is not None else None
    return found


def stated(figures: Mapping[str, object]) -> list[tuple[Fact, Decimal]]:
    """The figures that a report states, in order; those of former reports under their own names."""
    known = {fact.name: fact for fact in FIGURES}
    listed = [fact for fact in FIGURES if fact.name in figures]
    listed += [NumberFact(name, Kind.DECIMAL, T(name, name)) for name in figures if name not in known]
    return [(fact, Decimal(str(figures[fact.name]))) for fact in listed]


def written_cases(cases: Iterable[SuccessCase]) -> str:
    """Success cases as one text: each title on a line in 【】, its text below."""
    return "\n\n".join(f"【{_plain(case.title)}】\n{case.text.strip()}" for case in cases)


def read_cases(text: str) -> list[SuccessCase]:
    """The success cases of a report; a text without titles is one case without one."""
    pieces = _TITLE.split(text.replace("\r\n", "\n"))
    before, titled = pieces[0].strip(), pieces[1:]
    cases = [SuccessCase("", before)] if before else []
    return cases + [
        SuccessCase(title.strip(), said.strip())
        for title, said in zip(titled[::2], titled[1::2], strict=True)
    ]


def _plain(title: str) -> str:
    return " ".join(title.replace("【", "〔").replace("】", "〕").split())
