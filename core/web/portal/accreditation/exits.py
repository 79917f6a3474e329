"""A proposed exit as its party sees it: what it rests on, the statement, a person's decision, the appeal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.domain.supervision.metrics import METRICS
from core.rules.sentence import plain
from core.rules.terms import Fact
from core.rules.text import EMPTY, T
from core.services.attachments import party_files
from core.services.base.work import Work
from core.services.duties.progress import time_left
from core.services.endings import appeals, exits
from core.services.supervision.accreditation_parts import Part
from core.storage.models import ExitCase
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
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

PURPOSE = AttachmentPurpose.STATEMENT
STATEMENT = T("陈述和申辩", "Statement and defence")
APPEAL = T("申诉理由", "Grounds of the appeal")
NO_FILE = T("请选择文件", "Please choose a file")


@blueprint.get("/<int:accreditation_id>/exits/<int:case_id>")
def exit_case(accreditation_id: int, case_id: int) -> str:
    """The case, from its proposal to the answer to an appeal."""
    return _show(accreditation_id, case_id, _form(bind=False))


@blueprint.post("/<int:accreditation_id>/exits/<int:case_id>/object")
def object_to(accreditation_id: int, case_id: int) -> ResponseReturnValue:
    """The party's statement against it, with files."""
    return _say(
        accreditation_id,
        case_id,
        exits.object_to,
        T("异议已提出，将由人工作出决定", "The objection was submitted. A person will decide"),
    )


@blueprint.post("/<int:accreditation_id>/exits/<int:case_id>/person")
def ask_for_person(accreditation_id: int, case_id: int) -> ResponseReturnValue:
    """The party wants a person to decide."""
    _own(own_accreditation(accreditation_id), case_id)
    attempt(
        "exit.person",
        lambda w: exits.ask_for_person(w, case_id),
        done=T("已要求由人工作出决定", "A person will decide"),
    )
    return redirect(url_for(".exit_case", accreditation_id=accreditation_id, case_id=case_id), 303)


@blueprint.post("/<int:accreditation_id>/exits/<int:case_id>/appeal")
def appeal(accreditation_id: int, case_id: int) -> ResponseReturnValue:
    """The party's appeal against a revocation, with files."""
    done = T("申诉已提出", "The appeal was submitted")
    return _say(accreditation_id, case_id, appeals.appeal, done)


@blueprint.post("/<int:accreditation_id>/exits/<int:case_id>/files")
def exit_files(accreditation_id: int, case_id: int) -> ResponseReturnValue:
    """More files to a statement or an appeal that is not decided yet."""
    _own(own_accreditation(accreditation_id), case_id)
    form = _form(required=False)
    sent = given_files(form["file"].data)
    done = T("文件已保存", "The files were saved")
    if sent:
        attempt("exit.files", lambda w: _put(w, case_id, sent), done=done, form=form)
    else:
        form["file"].errors = [tr(NO_FILE)]
    if form["file"].errors:
        return _show(accreditation_id, case_id, form), 422
    return redirect(url_for(".exit_case", accreditation_id=accreditation_id, case_id=case_id), 303)


def _say(
    accreditation_id: int, case_id: int, service: Callable[[Work, int, str], None], done: T
) -> ResponseReturnValue:
    _own(own_accreditation(accreditation_id), case_id)
    form = _form()
    if form.validate():
        text, sent = form["statement"].data, given_files(form["file"].data)

        def change(w: Work) -> None:
            service(w, case_id, text)
            _put(w, case_id, sent)

        if attempt(f"exit.{service.__name__}", change, done=done, form=form) is not None:
            return redirect(url_for(".exit_case", accreditation_id=accreditation_id, case_id=case_id), 303)
    return _show(accreditation_id, case_id, form), 422


def _put(w: Work, case_id: int, sent: list[tuple[str, bytes]]) -> None:
    for name, data in sent:
        party_files.put(w, PURPOSE, case_id, name, data, files())


def _form(*, bind: bool = True, required: bool = True) -> PlainForm:
    return make_form(
        [
            Spec("statement", STATEMENT, FieldKind.AREA, required=required),
            Spec(
                "file",
                T("附件（可多选）", "Files (you can choose several)"),
                FieldKind.FILES,
                required=False,
            ),
        ],
        bind=bind,
    )


def _show(accreditation_id: int, case_id: int, form: PlainForm) -> str:
    case = own_accreditation(accreditation_id)
    found = _own(case, case_id)
    today = case.unit.today
    is_open = found.state.value in OPEN_EXIT_STATES
    in_time = found.objection_until is None or today <= found.objection_until
    may_appeal = found.state is ExitState.UPHELD and found.appealed_on is None
    appealing = found.state is ExitState.UPHELD and found.appealed_on is not None
    if may_appeal:
        form["statement"].label.text = tr(APPEAL)
    listed = party_files.by_owner(case.unit, PURPOSE, [case_id])
    return render_template(
        "portal/accreditation/exit.html",
        case=case,
        item=case.accreditation,
        exit=found,
        title=T(found.title_zh, found.title_en),
        sentence=next((text for rule, text in case.exit_rules if rule.clause == found.clause), EMPTY),
        figures=_figures(found),
        # The figures stand in a list of their own; what a person wrote stands below in its own words.
        evidence={
            name: value
            for name, value in found.evidence.items()
            if name != "figures" and name not in METRICS and (name != "reason" or not found.reason)
        },
        is_open=is_open,
        may_object=is_open and found.objected_on is None and in_time,
        # After an objection a person decides anyway.
        may_ask=is_open and not found.human_requested and found.objected_on is None,
        may_appeal=may_appeal,
        outcome=appeals.came_of(case.unit, found) or EMPTY,
        takes_files=(is_open and found.objected_on is not None)
        or (appealing and found.appeal_decided_on is None),
        left=time_left(today, found.objection_until) if found.objection_until is not None else EMPTY,
        working_days=int(case.unit.operation("objection_working_days", found.told_on or today)),
        files=listed.get(case_id, ()),
        form=form,
    )


def _figures(found: ExitCase) -> list[tuple[Fact, str]]:
    """What was measured, of the snapshot that the proposal rests on."""
    given = found.evidence.get("figures")
    measured = dict(given) if isinstance(given, dict) else {}
    measured |= {name: value for name, value in found.evidence.items() if name in METRICS}
    return [
        (METRICS[name], plain(Decimal(str(value))) if isinstance(value, int | float) else str(value))
        for name, value in measured.items()
        if name in METRICS and value is not None
    ]


def _own(case: OwnAccreditation, case_id: int) -> ExitCase:
    found: ExitCase = own_part(case, Part.EXITS, case_id)
    return found
