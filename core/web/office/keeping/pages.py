"""For how long what is kept, lists of destruction from their drawing up to their carrying out, and holds."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.lifecycle.keeping import RETENTION, Kept
from core.rules.text import T
from core.services.base.access import allowed
from core.services.base.words import home
from core.services.base.work import Work
from core.services.keeping import holds, lists
from core.services.people.party_file import may
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("keeping", __name__, url_prefix="/admin/keeping")

PROPOSE_SPECS = (
    Spec(
        "kind",
        T("内容", "Content"),
        FieldKind.CHOICE,
        options=lambda: [(kind.value, kind.label) for kind in Kept if kind.is_destroyed],
    ),
    reason(T("销毁理由", "Reason of the destruction")),
)
DECLINE_SPECS = (reason(T("不予销毁的理由", "Why it is not destroyed")),)
HOLD_SPECS = (
    reason(
        T("限制处置的理由", "Why it is held"),
        hint=T("例如诉讼、审计、调查的案号", "such as the number of a suit, an audit or an investigation"),
    ),
    Spec(
        "application_id",
        T("仅限此申请编号（可不填）", "This application alone (optional)"),
        FieldKind.INTEGER,
        required=False,
    ),
)
LIFT_SPECS = (reason(T("解除处置限制的理由", "Why the hold is lifted")),)
LIFT = "lift-{}-"


def programs(w: Work) -> list[str]:
    """The programmes whose keeping the user may see."""
    return [key for key in w.catalogue.programs if allowed(w.actor, Act.KEEPING_VIEW, key, home(w, key))]


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Every kind with its time and what is over, and the lists that there were."""
    return _index(request.args.get("program", ""))


def _index(wanted: str, form: PlainForm | None = None) -> ResponseReturnValue:
    w = reading()
    mine = programs(w)
    program = wanted if wanted in mine else (mine[0] if mine else "")
    page = render_template(
        "office/keeping/index.html",
        programs=[(key, w.program(key).program.title) for key in mine],
        program=program,
        standings=lists.standings(w, program) if program else [],
        retention=RETENTION,
        most=lists.MOST,
        past=lists.past(w, program, paging.wish()) if program else None,
        may_propose=bool(program) and allowed(w.actor, Act.DESTRUCTION_PROPOSE, program, home(w, program)),
        form=form or make_form(PROPOSE_SPECS, bind=False),
    )
    return page, 422 if form is not None else 200


@blueprint.post("/<program>/propose")
def propose(program: str) -> ResponseReturnValue:
    """Draw a list up."""
    lists.require_proposing(reading(), program)
    form = make_form(PROPOSE_SPECS)
    if form.validate():
        values = form.values()
        done = attempt(
            "destruction.propose",
            lambda w: lists.propose(w, program, Kept(values["kind"]), values["reason"]),
            done=T("清单已拟定，待两人批准", "The list is drawn up; two approve it"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", list_id=done.value), 303)
    return _index(program, form)


@blueprint.get("/lists/<int:list_id>")
def page(list_id: int) -> ResponseReturnValue:
    """A list with what stands on it."""
    return _show(list_id)


def _show(list_id: int, form: PlainForm | None = None) -> ResponseReturnValue:
    w = reading()
    found = lists.find(w, list_id)
    shown = render_template(
        "office/keeping/list.html",
        item=found,
        kept=RETENTION[found.kind],
        rows=lists.items(w, found, paging.wish()),
        may_approve=found.is_open
        and allowed(w.actor, Act.DESTRUCTION_APPROVE, found.program, home(w, found.program)),
        approved_by_me=found.first_by_id is not None and found.first_by_id == w.actor.user_id,
        form=form or make_form(DECLINE_SPECS, bind=False),
    )
    return shown, 422 if form is not None else 200


@blueprint.post("/lists/<int:list_id>/approve")
def approve(list_id: int) -> ResponseReturnValue:
    """Approve it; the second one carries it out."""
    attempt(
        "destruction.approve",
        lambda w: lists.approve(w, list_id),
        done=T("已批准该清单", "You approved the list"),
    )
    return redirect(url_for(".page", list_id=list_id), 303)


@blueprint.post("/lists/<int:list_id>/decline")
def decline(list_id: int) -> ResponseReturnValue:
    """Let nothing of it go."""
    form = make_form(DECLINE_SPECS)
    if form.validate():
        done = attempt(
            "destruction.decline",
            lambda w: lists.decline(w, list_id, form.values()["reason"]),
            done=T("清单已否决，未销毁任何内容", "The list was declined, and nothing went"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", list_id=list_id), 303)
    return _show(list_id, form)


@blueprint.route("/holds/<int:party_id>", methods=["GET", "POST"])
def party_holds(party_id: int) -> ResponseReturnValue:
    """The holds on a party, and the form that places one."""
    form = make_form(HOLD_SPECS)
    if request.method == "POST" and form.validate():
        values = form.values()
        done = attempt(
            "hold.place",
            lambda w: holds.place(w, party_id, values["reason"], values["application_id"]),
            done=T("已限制处置", "It is held"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".party_holds", party_id=party_id), 303)
    return _holds(party_id, form), 422 if request.method == "POST" else 200


@blueprint.post("/holds/<int:party_id>/<int:hold_id>/lift")
def lift(party_id: int, hold_id: int) -> ResponseReturnValue:
    """Lift one, as a second person."""
    form = make_form(LIFT_SPECS, prefix=LIFT.format(hold_id))
    if form.validate():
        done = attempt(
            "hold.lift",
            lambda w: holds.lift(w, hold_id, form.values()["reason"]),
            done=T("限制已解除", "The hold is lifted"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".party_holds", party_id=party_id), 303)
    return _holds(party_id, make_form(HOLD_SPECS, bind=False), {hold_id: form}), 422


def _holds(party_id: int, form: PlainForm, failed: dict[int, PlainForm] | None = None) -> str:
    w = reading()
    found = holds.of_party(w, party_id)
    lifting = {
        item.id: (failed or {}).get(item.id) or make_form(LIFT_SPECS, prefix=LIFT.format(item.id), bind=False)
        for item in found
    }
    return render_template(
        "office/keeping/holds.html",
        party=holds.party(w, party_id),
        holds=found,
        may_place=may(w, Act.HOLD_PLACE, party_id),
        own=w.actor.user_id,
        form=form,
        lift_forms=lifting,
    )
