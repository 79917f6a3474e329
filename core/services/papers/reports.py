"""Reports: the yearly one of an accredited party, and a year's inspections of a programme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core.documents.blocks import Block, Facts, Form, Heading, Paragraph, Signatures, Table
from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.domain.supervision.metrics import METRICS
from core.domain.supervision.standing import low_bar
from core.rules.report import shown
from core.services.base.access import require_anywhere
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.duties.inspections import InspectionRow, InspectionYear, year_summary
from core.services.duties.report_data import MEASURED, stated
from core.services.papers.base import Paper, Words, deliver, region_names, title_of, titles
from core.services.people.vouched import name_on
from core.services.supervision.standings import measured
from core.services.supervision.status import Status, find
from core.storage.models import AnnualReport


def report_paper(w: Work, report_id: int, *, language: str, format: str = "pdf") -> Paper:
    """A yearly report, for its party and staff."""
    report = w.session.get(AnnualReport, report_id)
    if report is None:
        raise NotFound(NOTHING_THERE)
    say, status = Words(language), find(w, report.accreditation_id)
    held = status.accreditation
    called = name_on(w, held.party, report.submitted_on)
    program, track = titles(w, held.program, held.track)
    accepted = report.accepted_at
    state = (
        say(f"{say.day(local_date(accepted))}接收", f"accepted on {say.day(local_date(accepted))}")
        if accepted is not None
        else say("尚未接收", "not accepted yet")
    )
    blocks: list[Block] = [
        Facts(
            (
                (say("名称", "Name"), called),
                (say("认定", "Accreditation"), title_of(w, held, say)),
                (say("认定编号", "Number"), held.number),
                (say("报告年度", "Year"), str(report.year)),
                (say("提交日期", "Handed in on"), say.day(report.submitted_on)),
                (say("接收情况", "Acceptance"), state),
            )
        ),
        Heading(say("一、年度工作总结", "1. Summary of the year")),
        Paragraph(report.summary),
    ]
    if report.success_cases:
        blocks += [Heading(say("二、服务成功案例", "2. Success cases")), Paragraph(report.success_cases)]
    blocks += [Heading(say("三、主要数据", "3. Figures")), *_figures(status, report, say)]
    sealed = say("报告单位（盖章）", "Reporting body (seal)")
    signed = say("报告人（签字）", "Signed")
    by_body = (sealed, say("负责人（签字）", "Person in charge"))
    blocks.append(Signatures(track.party.pick(organization=by_body, person=(signed,))))
    form = Form(
        title=say(f"{report.year} 年度工作报告", f"Report on {report.year}"),
        above=say.tr(program.title),
        subtitle=called,
        signed_by=called,
        blocks=tuple(blocks),
    )
    name = say.filename(say(f"{report.year}年度报告", f"Report-{report.year}"), called)
    return deliver(form, say, report.submitted_on, name.removesuffix(".pdf"), format)


def _figures(status: Status, report: AnnualReport, say: Words) -> Iterator[Block]:
    own = tuple((say.tr(fact.label), say.tr(shown(fact, value))) for fact, value in stated(report.figures))
    if own:
        yield Facts(own)
    first = max(date(report.year, 1, 1), status.accreditation.started_on)
    last = min(date(report.year, 12, 31), report.submitted_on)
    if first > last:
        return
    window = (status.id, first, last)
    counted = measured(status.w.session, [window], low_bar(status.clauses))[window]
    yield Heading(
        say(
            f"登记系统统计（{say.day(first)}至{say.day(last)}）",
            f"As the register counts ({say.day(first)} to {say.day(last)})",
        ),
        2,
    )
    yield Facts(
        tuple(
            (say.tr(METRICS[name].label), say.tr(shown(METRICS[name], counted.get(name))))
            for name in MEASURED
        )
    )


def inspections_paper(
    w: Work,
    program: str,
    year: int,
    *,
    language: str,
    format: str = "pdf",  # as in the address
) -> Paper:
    """The year-end report on inspections, for the caller's territory."""
    require_anywhere(w, Act.INSPECTION_VIEW)
    if program not in w.catalogue.programs or not date.min.year <= year <= date.max.year:
        raise NotFound(NOTHING_THERE)
    say, item = Words(language), w.program(program).program
    found = year_summary(w, program, year)
    form = Form(
        title=say(f"{year} 年度检查情况报告", f"Inspections of {year}"),
        above=say.tr(item.title),
        date=say(f"生成日期：{say.day(w.today)}", f"Made on {say.day(w.today)}"),
        signed_by=say.tr(w.authority(program)),
        landscape=True,
        blocks=(
            Heading(say("一、总体情况", "1. Overview")),
            _counted(found, say),
            Heading(say("二、检查明细", "2. One by one")),
            _inspected(w, found.rows, say)
            if found.rows
            else Paragraph(say("本年度没有安排检查。", "No inspection was planned in the year.")),
            Signatures(
                (say("检查单位（盖章）", "Inspecting body (seal)"), say("负责人（签字）", "Person in charge"))
            ),
        ),
    )
    name = say.filename(say(f"{year}年度检查情况报告", f"Inspections-{year}"), say.tr(item.title))
    return deliver(form, say, w.today, name.removesuffix(".pdf"), format)


def _counted(found: InspectionYear, say: Words) -> Table:
    rate = f"{found.satisfaction_pct}%" if found.satisfaction_pct is not None else "—"
    counts = (found.in_force, found.planned, found.held, found.passed, found.failed)
    return Table(
        (
            say("本年度有效认定", "Accreditations in force in the year"),
            say("计划检查", "Inspections planned"),
            say("已检查", "Held"),
            say("合格", "Passed"),
            say("不合格", "Not passed"),
            say("平均满意度", "Average satisfaction"),
        ),
        ((*map(str, counts), rate),),
        (1, 1, 1, 1, 1, 1),
        centred=(0, 1, 2, 3, 4, 5),
        size=10,
    )


def _inspected(w: Work, rows: tuple[InspectionRow, ...], say: Words) -> Table:
    regions = region_names(w, (row.region for row in rows), say)
    return Table(
        (
            say("序号", "No."),
            say("名称", "Name"),
            say("编号", "Number"),
            say("地区", "Region"),
            say("检查日期", "Held on"),
            say("服务质量", "Quality"),
            say("收费情况", "Fees"),
            say("满意度", "Satisfaction"),
            say("结果", "Result"),
        ),
        tuple(
            (
                str(place),
                row.party,
                row.number,
                regions[row.region],
                row.held_on.isoformat() if row.held_on else say("未检查", "not held"),
                row.quality,
                row.fees,
                f"{row.satisfaction_pct}%" if row.satisfaction_pct is not None else "—",
                _result(row, say),
            )
            for place, row in enumerate(rows, start=1)
        ),
        (0, 5, 4, 3, 0, 6, 6, 0, 0),
        centred=(0, 2, 4, 7, 8),
        size=8.5,
    )


def _result(row: InspectionRow, say: Words) -> str:
    if row.passed is None:
        return "—"
    return say("合格", "passed") if row.passed else say("不合格", "not passed")
