"""One's own accreditations: the list, the page of one, extension, withdrawal, orders, confirmed data."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from core.domain.lifecycle.states import Action
from core.rules.text import EMPTY, T
from core.services.attachments import party_files
from core.services.base.work import Work
from core.services.duties import rectifications
from core.services.duties.owed import held_page, owed
from core.services.duties.progress import term_left, time_left
from core.services.endings import extensions, withdrawals
from core.services.people.parties import confirm_profile
from core.services.supervision.last_days import last_day
from core.services.supervision.moving import offers
from core.services.supervision.status import Status
from core.storage.models import Accreditation
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.supervision import RectificationState
from core.web.forms.fields import FieldKind, Spec, make_form, reason
from core.web.frame import paging
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, local_url, reading
from core.web.portal.accreditation.case import OwnAccreditation, blueprint, own_accreditation, own_order
from core.web.portal.own_party import own_party

MOST_WAITING = 8
"""Of what waits under one accreditation, as the list of them shows it; its page has all of it."""
CONFIRMED = T("已确认资料无误", "The data are confirmed")
TICK = T("请勾选确认", "Tick the box to confirm")


@blueprint.get("/")
def index() -> str:
    """All accreditations of the parties that the user acts for, with what waits under each."""
    unit = reading()
    page = held_page(unit, paging.wish())
    waiting: dict[int, list[Any]] = {}
    for item in owed(unit, [Status(unit, row) for row in page.rows]):
        waiting.setdefault(item.accreditation_id, []).append(item)
    groups: dict[int, list[Accreditation]] = {}
    for row in page.rows:
        groups.setdefault(row.party_id, []).append(row)
    return render_template(
        "portal/accreditation/accreditations.html",
        page=page,
        groups=[(rows[0].party, rows) for rows in groups.values()],
        acts=bool(unit.actor.parties),
        several=len(unit.actor.parties) > 1,
        waiting=waiting,
        most_waiting=MOST_WAITING,
        left=lambda day: time_left(unit.today, last_day(unit.calendar, day)),
        term_left=lambda day: term_left(unit.today, day),
    )


@blueprint.get("/<int:accreditation_id>")
def page(accreditation_id: int) -> str:
    """One accreditation: its term, its duties, what waits, what happened."""
    case = own_accreditation(accreditation_id)
    return render_template(
        "portal/accreditation/accreditation.html",
        case=case,
        item=case.accreditation,
        left=lambda day: time_left(case.unit.today, last_day(case.unit.calendar, day)),
        can_withdraw=_can_withdraw(case),
    )


def _can_withdraw(case: OwnAccreditation) -> bool:
    found = offers(case.status)
    return any(offer.action is Action.WITHDRAW and offer.open for offer in found)


@blueprint.route("/<int:accreditation_id>/extension", methods=["GET", "POST"])
def extension(accreditation_id: int) -> ResponseReturnValue:
    """When an extension can be asked for, what stands against it, and asking."""
    case = own_accreditation(accreditation_id)
    label = T("申请说明", "Statement")
    form = make_form([Spec("statement", label, FieldKind.AREA, required=False)])
    if request.method == "POST" and form.validate():
        text = form["statement"].data or ""
        done = attempt(
            "extension.request",
            lambda w: extensions.request_extension(w, accreditation_id, text),
            done=T("延续申请已提出", "The extension was asked for"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".extension", accreditation_id=accreditation_id), 303)
        case = own_accreditation(accreditation_id)
    against = extensions.standing_against(case.status)
    return render_template(
        "portal/accreditation/extension.html",
        case=case,
        item=case.accreditation,
        form=form,
        window=case.extension_window,
        against=against,
        by_decision=not against and extensions.needs_reason(case.unit, case.accreditation),
    ), 422 if request.method == "POST" else 200


@blueprint.route("/<int:accreditation_id>/withdrawal", methods=["GET", "POST"])
def withdrawal(accreditation_id: int) -> ResponseReturnValue:
    """What leaving means, and leaving."""
    case = own_accreditation(accreditation_id)
    if not _can_withdraw(case):
        flash(tr(T("认定已终止，无需退出", "The accreditation has already ended")), "info")
        return redirect(url_for(".page", accreditation_id=accreditation_id), 303)
    sure = T(
        "我确认自愿退出，自今天起不再具有此项认定",
        "I withdraw voluntarily and no longer hold this accreditation from today",
    )
    form = make_form(
        [
            reason(T("退出原因（可不填）", "Reason (optional)"), required=False),
            Spec("sure", sure, FieldKind.FLAG, required=False),
        ]
    )
    if request.method == "POST" and form.validate():
        if not form["sure"].data:
            form["sure"].errors = [tr(TICK)]
        else:
            text = form["reason"].data or ""
            done = attempt(
                "accreditation.withdraw",
                lambda w: withdrawals.withdraw(w, accreditation_id, text),
                done=T("您已退出", "You have withdrawn"),
                form=form,
            )
            if done is not None:
                return redirect(url_for(".page", accreditation_id=accreditation_id), 303)
    code = 422 if request.method == "POST" else 200
    return render_template(
        "portal/accreditation/withdrawal.html", case=case, item=case.accreditation, form=form
    ), code


@blueprint.route("/<int:accreditation_id>/orders/<int:order_id>", methods=["GET", "POST"])
def order(accreditation_id: int, order_id: int) -> ResponseReturnValue:
    """What was ordered by when, and the party's answer with its proofs."""
    case = own_accreditation(accreditation_id)
    ordered = own_order(case, order_id)
    said = T("整改情况", "What was put right")
    longest = rectifications.LONGEST_ANSWER
    proof = T("证明材料（可多选）", "Evidence (you can choose several files)")
    form = make_form(
        [
            Spec("answer", said, FieldKind.AREA, longest=longest, default=ordered.answer),
            Spec("file", proof, FieldKind.FILES, required=False),
        ]
    )
    if request.method == "POST" and form.validate():
        text, sent = form["answer"].data, given_files(form["file"].data)

        def change(w: Work) -> None:
            rectifications.answer(w, order_id, text)
            for name, data in sent:
                party_files.put(w, AttachmentPurpose.RECTIFICATION, order_id, name, data, files())

        done_text = T("整改情况已报送", "The answer was submitted")
        if attempt("rectification.answer", change, done=done_text, form=form) is not None:
            return redirect(url_for(".order", accreditation_id=accreditation_id, order_id=order_id), 303)
        case = own_accreditation(accreditation_id)
        ordered = own_order(case, order_id)
    rule = next((rule for rule, _ in case.exit_rules if rule.clause == ordered.clause), None)
    sentence = next((text for rule, text in case.exit_rules if rule.clause == ordered.clause), EMPTY)
    return render_template(
        "portal/accreditation/order.html",
        case=case,
        item=case.accreditation,
        order=ordered,
        open=ordered.state is RectificationState.OPEN and case.accreditation.state.in_force,
        left=time_left(case.unit.today, last_day(case.unit.calendar, ordered.deadline)),
        title=rule.title if rule is not None else EMPTY,
        sentence=sentence,
        proofs=party_files.by_owner(case.unit, AttachmentPurpose.RECTIFICATION, [order_id]).get(order_id, ()),
        form=form,
    ), 422 if request.method == "POST" else 200


@blueprint.post("/files/<int:attachment_id>/remove")
def remove_file(attachment_id: int) -> ResponseReturnValue:
    """Take back a file of an answer, a statement or a report, while that is open."""
    gone = T("文件已移除", "The file was removed")
    attempt("attachment.remove", lambda w: party_files.remove(w, attachment_id), done=gone)
    return redirect(local_url(request.form.get("back")) or url_for(".index"), 303)


@blueprint.route("/data", methods=["GET", "POST"])
def data() -> ResponseReturnValue:
    """The party's data, to be looked through and confirmed."""
    unit = reading()
    own = own_party(unit)
    if own.party is None:
        abort(404)
    number = own.party.id
    if request.method == "POST":
        attempt("party.confirm", lambda w: confirm_profile(w, number), done=CONFIRMED)
        return redirect(url_for(".data", party=number), 303)
    return render_template(
        "portal/accreditation/data.html",
        own=own,
        party=own.party,
    )


def given_files(sent: Any) -> list[tuple[str, bytes]]:
    """The files of a field, by name."""
    listed = [item for item in sent or () if isinstance(item, FileStorage) and item.filename]
    return [(item.filename or "", item.read()) for item in listed]
