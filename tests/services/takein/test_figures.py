"""What a take-in told of the days before counts in every figure: page, list at risk, report, ranking."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.roles import Role
from core.services.duties.progress import progress
from core.services.duties.report_data import derived
from core.services.granting import commendations
from core.services.papers.reports import report_paper
from core.services.statistics import duties
from core.services.statistics.narrow import Narrow
from core.services.supervision.living_through import Tally, live_through
from core.services.supervision.status import Status
from core.storage.engine import session_factory
from core.storage.models import Accreditation, AnnualReport, TakenIn
from tests.services.factory import Held, accredit, serve

YEAR = date(2024, 3, 21), date(2025, 3, 20)
NOW = "2025-01-10T09:00"


def taken_in(engine: Engine, key: str, *totals: dict[str, str], started: str = "2023-03-20") -> Held:
    held = accredit(engine, key, started)
    with session_factory(engine)() as session, session.begin():
        session.add(
            TakenIn(
                accreditation_id=held.id, filename="旧名录.xlsx", sha256="ab" * 32, source_row=2,
                taken_on=date(2024, 6, 3), totals=list(totals),
            )
        )  # fmt: skip
    return held


def total(first: str, last: str, hours: int) -> dict[str, str]:
    told = {"service_hours": str(hours), "enterprises_served": "3", "services": "2"}
    return {"first": first, "last": last, "public_benefit_services": "1", **told}


def pdf_words(content: bytes) -> str:
    import pypdfium2  # noqa: PLC0415  # only here

    document = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize(("hours", "short"), [(10, True), (11, False), (12, False)])
def test_each_figure_counts_what_was_told(
    engine: Engine,
    begin: Any,
    make_actor: Any,
    hours: int,
    short: bool,  # a column
) -> None:
    before = total("2023-03-20", "2024-03-20", 40)
    held = taken_in(engine, "jilin/expert", before, total("2024-03-21", "2024-06-02", hours))
    serve(engine, held, "2024-07-01", "1", ("甲",))
    officer = make_actor(Role.OFFICER, "jilin")
    with begin(officer, NOW) as w:
        live_through(w, [(held.id, date(2024, 6, 3))], w.today, Tally(), isolate=False)
    with begin(officer, NOW) as w:
        status = Status(w, w.session.get_one(Accreditation, held.id))
        (page, *_) = progress(status)
        assert page.text.zh.startswith(f"服务时长 {hours + 1} / 12 小时，或 服务企业数 4 / 30 家")
        rows = duties.at_risk(w, Narrow()).rows
        assert [row.accreditation_id for row in rows] == ([held.id] if short else [])
        assert all(page.text.zh.startswith(row.progress.zh) for row in rows), (
            "the list says what the page says"
        )
        figures = derived(w, held.id, YEAR[0], YEAR[1])
        assert (figures["service_hours"], figures["services"]) == (Decimal(hours + 1), 3)
        assert (figures["enterprises_served"], figures["public_benefit_services"]) == (4, 1)
        assert derived(w, held.id, date(2024, 3, 22), YEAR[1])["service_hours"] == 1, (
            "never a part of a total"
        )


def test_the_report_as_a_document_states_them_too(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = taken_in(engine, "jilin/expert", total("2024-03-21", "2024-06-02", 7))
    serve(engine, held, "2024-07-01", "1", ("甲",))
    with session_factory(engine)() as session, session.begin():
        report = AnnualReport(accreditation_id=held.id, year=2024, submitted_on=date(2025, 1, 9), summary="x")
        session.add(report)
        session.flush()
        number = report.id
    with begin(make_actor(Role.OFFICER, "jilin"), NOW) as w:
        paper = report_paper(w, number, language="zh")
    assert "8" in pdf_words(paper.content).partition("登记系统统计")[2].partition("服务次数")[0]


def test_candidates_are_ranked_with_what_was_told_of_the_year(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    program, target = "miit_volunteer", "commendation"
    told = taken_in(
        engine, f"{program}/workstation",
        total("2023-03-20", "2023-12-31", 90), total("2024-01-01", "2024-05-31", 9),
    )  # fmt: skip
    other = accredit(engine, f"{program}/workstation", "2023-01-01")
    serve(engine, told, "2024-07-01", "1", ("甲",))
    serve(engine, other, "2024-07-01", "8", ("甲",))
    with begin(make_actor(Role.OFFICER, program), NOW) as w:
        rows = commendations.candidates(w, program, target, 2024)
    found = [(row.accreditation_id, row.hours, row.enterprises, row.services) for row in rows]
    assert found == [(told.id, 10, 4, 3), (other.id, 8, 1, 1)]
