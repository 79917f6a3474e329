"""Annual reports of one's own accreditation: the form with the diary's figures, and what was handed in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.obligations import ReportKind
from core.rules.terms import Kind
from core.rules.text import T
from core.services.attachments import party_files
from core.services.base.work import Work
from core.services.duties import reports
from core.services.duties.report_data import (
    FIGURES,
    LONGEST_TITLE,
    MOST_CASES,
    SuccessCase,
    derived,
    read_cases,
    stated,
    written_cases,
)
from core.services.duties.reports import DueReport
from core.services.supervision import accreditation_parts
from core.services.supervision.accreditation_parts import Part
from core.storage.models import AnnualReport
from core.storage.models.holdings import AttachmentPurpose
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt
from core.web.portal.accreditation.case import (
    OwnAccreditation,
    blueprint,
    own_accreditation,
    own_part,
)
from core.web.portal.accreditation.pages import given_files

PREFIX = "figure-"
PURPOSE = AttachmentPurpose.REPORT
NO_TEXT = T("请填写案例内容", "Write what happened")
NO_CASE = T("请至少填写一个成功案例或服务经验", "Give at least one success case or experience")
NO_TITLE = T("请填写案例名称", "Give the case a title")
TOO_LONG = T(f"名称至多 {LONGEST_TITLE} 字", f"a title has at most {LONGEST_TITLE} characters")


@dataclass(slots=True)
class CaseRow:
    """One success case as it was typed."""

    title: str = ""
    text: str = ""
    error: str = ""


@blueprint.route("/<int:accreditation_id>/reports/<int:year>", methods=["GET", "POST"])
def report_form(accreditation_id: int, year: int) -> ResponseReturnValue:
    """The report about a year that is due, or to be corrected."""
    case = own_accreditation(accreditation_id)
    kind = ReportKind.PLAN if request.args.get("kind") == ReportKind.PLAN else ReportKind.REPORT
    due = _due(case, year, kind)
    known = derived(case.unit, accreditation_id, due.first, min(due.last, case.unit.today))
    before = accreditation_parts.latest_report(case.unit, case.id, year, kind)
    form = make_form(_specs(), data=_start(known, before))
    rows = _rows(before)
    if request.method == "POST" and request.form.get("action") != "more":
        complete = _complete(form, rows, needs_case=due.needs_case)
        report_id = _hand_in(form, rows, accreditation_id, year, kind) if complete else None
        if report_id is not None:
            return redirect(url_for(".report", accreditation_id=accreditation_id, report_id=report_id), 303)
    refused = request.method == "POST" and request.form.get("action") != "more"
    return render_template(
        "portal/accreditation/report_form.html",
        case=own_accreditation(accreditation_id),
        item=case.accreditation,
        due=due,
        known=known,
        form=form,
        figures=[(fact, form[PREFIX + fact.name]) for fact in FIGURES],
        rows=rows,
        most_cases=MOST_CASES,
        before=before,
    ), 422 if refused else 200


@blueprint.get("/<int:accreditation_id>/reports/handed-in/<int:report_id>")
def report(accreditation_id: int, report_id: int) -> str:
    """A report as it was handed in, and whether it is accepted."""
    case = own_accreditation(accreditation_id)
    found = _own(case, report_id)
    listed = party_files.by_owner(case.unit, PURPOSE, [report_id])
    return render_template(
        "portal/accreditation/report.html",
        case=case,
        item=case.accreditation,
        report=found,
        figures=stated(found.figures),
        cases=read_cases(found.success_cases),
        files=listed.get(report_id, ()),
        form=make_form(_FILES, bind=False),
    )


@blueprint.post("/<int:accreditation_id>/reports/handed-in/<int:report_id>/files")
def report_files(accreditation_id: int, report_id: int) -> ResponseReturnValue:
    """More files to a report that is not accepted yet."""
    _own(own_accreditation(accreditation_id), report_id)
    form = make_form(_FILES)
    sent = given_files(form["file"].data)

    def change(w: Work) -> None:
        for name, data in sent:
            party_files.put(w, PURPOSE, report_id, name, data, files())

    if sent:
        attempt("report.files", change, done=T("文件已保存", "The files were saved"))
    return redirect(url_for(".report", accreditation_id=accreditation_id, report_id=report_id), 303)


_FILES = (
    Spec("file", T("附件（可多选）", "Files (you can choose several)"), FieldKind.FILES, required=False),
)


KINDS = {
    Kind.INTEGER: FieldKind.INTEGER,
    Kind.DECIMAL: FieldKind.DECIMAL,
    Kind.MONEY: FieldKind.DECIMAL,
    Kind.PERCENT: FieldKind.PERCENT,
}
"""The input of each kind of figure."""


def _specs() -> list[Spec]:
    return [
        *(
            Spec(
                PREFIX + fact.name,
                fact.label,
                KINDS[fact.kind],
                required=False,
                unit=fact.unit.zh,
            )
            for fact in FIGURES
        ),
        Spec(
            "summary",
            T("工作总结", "Summary of the work"),
            FieldKind.AREA,
            longest=reports.LONGEST_SUMMARY,
        ),
        *_FILES,
    ]  # fmt: skip


def _start(known: dict[str, Decimal | None], before: AnnualReport | None) -> dict[str, object]:
    given: dict[str, object] = {
        PREFIX + name: f"{value.normalize():f}" for name, value in known.items() if value is not None
    }
    if before is not None:
        given |= {PREFIX + name: str(value) for name, value in before.figures.items()}
        given["summary"] = before.summary
    return given


def _rows(before: AnnualReport | None) -> list[CaseRow]:
    """The cases typed, those of the report to be corrected, or room for a first one."""
    if request.method == "POST":
        titles, texts = request.form.getlist("case-title"), request.form.getlist("case-text")
        rows = [CaseRow(*(part.strip() for part in pair)) for pair in zip(titles, texts, strict=False)]
        if request.form.get("action") == "more":
            rows.append(CaseRow())
        return rows[:MOST_CASES]
    cases = read_cases(before.success_cases) if before is not None else []
    return [CaseRow(case.title, case.text) for case in cases] or [CaseRow()]


def _complete(form: PlainForm, rows: list[CaseRow], *, needs_case: bool) -> bool:
    good = form.validate()
    if needs_case and not any(row.title or row.text for row in rows):
        rows[0].error = tr(NO_CASE)
    for row in rows:
        if row.title and not row.text:
            row.error = tr(NO_TEXT)
        elif row.text and not row.title:
            row.error = tr(NO_TITLE)
        elif len(row.title) > LONGEST_TITLE:
            row.error = tr(TOO_LONG)
    return good and not any(row.error for row in rows)


def _hand_in(
    form: PlainForm, rows: list[CaseRow], accreditation_id: int, year: int, kind: ReportKind
) -> int | None:
    values = form.values()
    figures = {
        fact.name: values[PREFIX + fact.name] for fact in FIGURES if values[PREFIX + fact.name] is not None
    }
    cases = written_cases([SuccessCase(row.title, row.text) for row in rows if row.text])
    sent = given_files(values["file"])

    def change(w: Work) -> int:
        number = reports.submit_report(w, accreditation_id, year, values["summary"], cases, figures, kind)
        for name, data in sent:
            party_files.put(w, PURPOSE, number, name, data, files())
        return number

    done = attempt("report.submit", change, done=T("年度报告已提交", "The report was submitted"), form=form)
    return done.value if done is not None else None


def _due(case: OwnAccreditation, year: int, kind: ReportKind) -> DueReport:
    """The report about the year among those that are owed or were handed in for now; 404 for others."""
    found = next((due for due in case.due_reports if (due.year, due.kind) == (year, kind)), None)
    if found is None or not case.takes_reports:
        abort(404)
    return found


def _own(case: OwnAccreditation, report_id: int) -> AnnualReport:
    found: AnnualReport = own_part(case, Part.REPORTS, report_id)
    return found
