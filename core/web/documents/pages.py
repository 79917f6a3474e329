"""The addresses of the documents."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, request

from core.services.papers import (
    application,
    certificates,
    decisions,
    declining,
    dossier,
    extensions,
    notices,
    recommending,
    reports,
    supervision,
)
from core.services.papers import status_dossier as former
from core.services.papers.keeping.destruction import certificate_of_destruction
from core.web.documents.sending import send_download, send_paper
from core.web.frame.bound import files
from core.web.frame.doors import base_url
from core.web.frame.language import language
from core.web.frame.paging import number_of
from core.web.frame.pipeline import reading

blueprint = Blueprint("documents", __name__, url_prefix="/documents")
MOST_DIGITS = 18
"""Of a number that a row can have."""
FORMS = "<any(pdf,docx,xlsx):format>"


@blueprint.get("/certificates/<int:accreditation_id>.pdf")
def certificate(accreditation_id: int) -> Response:
    """A certificate: the one that holds, or the `issue` asked for."""
    return send_paper(
        certificates.certificate(
            reading(), accreditation_id, language=language(), base_url=base_url(), number=_issue()
        )
    )


@blueprint.get("/appointments/<int:accreditation_id>.pdf")
def appointment(accreditation_id: int) -> Response:
    """An expert's letter of appointment."""
    return send_paper(
        certificates.appointment(
            reading(), accreditation_id, language=language(), base_url=base_url(), number=_issue()
        )
    )


def _issue() -> int | None:
    return number_of(request.args["issue"]) or 0 if "issue" in request.args else None


@blueprint.get(f"/applications/<int:application_id>.{FORMS}", endpoint="application")
def application_form(application_id: int, format: str) -> Response:  # as in the address
    """An application."""
    return send_paper(
        application.application_paper(reading(), application_id, language=language(), format=format)
    )


@blueprint.get("/applications/<int:application_id>/dossier.<any(pdf,zip):format>", endpoint="dossier")
def whole_case(application_id: int, format: str) -> Response:  # as in the address
    """A whole case."""
    make = dossier.dossier_pdf if format == "pdf" else dossier.dossier_zip
    return send_download(make(reading(), application_id, files(), language=language(), base_url=base_url()))


@blueprint.get("/accreditations/<int:accreditation_id>/dossier.<any(pdf,zip):format>")
def status_dossier(accreditation_id: int, format: str) -> Response:  # as in the address
    """A status that was taken in, with the documents of before."""
    made = former.status_dossier(
        reading(), accreditation_id, files(), language=language(), base_url=base_url(), format=format
    )
    return send_download(made)


@blueprint.get(f"/recommendations/<int:application_id>.{FORMS}")
def recommendation(application_id: int, format: str) -> Response:  # as in the address
    """The recommendation form of an application."""
    return send_paper(
        recommending.recommendation_paper(reading(), application_id, language=language(), format=format)
    )


@blueprint.get("/letters/decisions/<int:application_id>.pdf")
def decision(application_id: int) -> Response:
    """The letter on what was decided on an application."""
    return send_paper(decisions.decision_letter(reading(), application_id, language=language()))


@blueprint.get("/letters/recommendations/<int:application_id>.pdf")
def declined(application_id: int) -> Response:
    """The letter on an application that was not recommended."""
    return send_paper(declining.declining_letter(reading(), application_id, language=language()))


@blueprint.get("/letters/extensions/<int:request_id>.pdf", endpoint="extension")
def extension_letter(request_id: int) -> Response:
    """The letter on a request to extend a term."""
    return send_paper(extensions.extension_letter(reading(), request_id, language=language()))


@blueprint.get("/letters/exits/<int:exit_case_id>.pdf")
def exit_letter(exit_case_id: int) -> Response:
    """A letter of an exit case: the latest, or the `kind` asked for."""
    kind = request.args.get("kind", "")
    return send_paper(supervision.exit_letter(reading(), exit_case_id, kind, language=language()))


@blueprint.get("/letters/warnings/<int:event_id>.pdf")
def warning(event_id: int) -> Response:
    """A warning."""
    return send_paper(supervision.warning_letter(reading(), event_id, language=language()))


@blueprint.get("/letters/rectifications/<int:rectification_id>.pdf")
def rectification(rectification_id: int) -> Response:
    """An order to rectify."""
    return send_paper(supervision.rectification_letter(reading(), rectification_id, language=language()))


@blueprint.get("/letters/reports/<int:report_id>.pdf")
def report_returned(report_id: int) -> Response:
    """The letter that returns a yearly report."""
    return send_paper(supervision.returned_letter(reading(), report_id, language=language()))


@blueprint.get("/destructions/<int:list_id>.pdf")
def destruction(list_id: int) -> Response:
    """The certificate of destruction of a list that was carried out."""
    return send_paper(certificate_of_destruction(reading(), list_id, language=language()))


@blueprint.get("/notices/<int:notice_id>.pdf")
def notice(notice_id: int) -> Response:
    """A public notice, for everyone."""
    return send_paper(notices.notice_paper(reading(), notice_id, language=language(), base_url=base_url()))


@blueprint.get(f"/reports/<int:report_id>.{FORMS}")
def report(report_id: int, format: str) -> Response:  # as in the address
    """A yearly report of an accredited party."""
    return send_paper(reports.report_paper(reading(), report_id, language=language(), format=format))


@blueprint.get(f"/plaques.{FORMS}")
def plaques(format: str) -> Response:  # as in the address
    """The bodies of a programme that get a plaque: by days, notice or call."""
    return send_paper(
        certificates.plaques(
            reading(),
            request.args.get("program", ""),
            language=language(),
            format=format,
            first=_day("first"),
            last=_day("last"),
            notice_id=_number("notice"),
            call_id=_number("call"),
        )
    )


@blueprint.get(f"/inspections.{FORMS}")
def inspections(format: str) -> Response:  # as in the address
    """The year-end report on a programme's inspections."""
    return send_paper(
        reports.inspections_paper(
            reading(),
            request.args.get("program", ""),
            _number("year") or 0,
            language=language(),
            format=format,
        )
    )


def _day(name: str) -> date | None:
    """A day in the address; none where it is left out."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        abort(404)
    return int(text)
