"""A flood that the brake holds, on a page: looked at, then let go or discarded."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.rules.text import T
from core.services.base.access import allowed
from core.services.delivery import held
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading
from core.web.system.lists import recipient_of

blueprint = Blueprint("held_messages", __name__, url_prefix="/admin/held-messages")

SHOWN = 10


def _specs(number: int) -> tuple[Spec, ...]:
    return (
        Spec("number", T("条数", "Number of messages"), FieldKind.HIDDEN, default=str(number), longest=9),
        reason(T("作废的理由", "Reason for discarding them")),
    )


@blueprint.get("/<int:message_id>")
def page(message_id: int) -> str:
    """What is held, to whom it goes, and what would begin with it."""
    return _show(message_id)


def _show(message_id: int, form: PlainForm | None = None) -> str:
    w = reading()
    flood = held.look(w, message_id)
    about = flood.about
    return render_template(
        "system/held.html",
        flood=flood,
        shown=[(recipient_of(message), message.subject) for message in flood.held[:SHOWN]],
        may_discard=allowed(w.actor, Act.MESSAGE_DISCARD, about.program, about.region),
        form=form or make_form(_specs(len(flood.held)), bind=False),
    )


@blueprint.post("/<int:message_id>/release")
def release(message_id: int) -> ResponseReturnValue:
    """Let them go."""
    attempt("message.release", lambda w: held.release(w, message_id), done=T("已解除暂停", "Released"))
    return redirect(url_for("messages.index_view"), 303)


@blueprint.post("/<int:message_id>/discard")
def discard(message_id: int) -> ResponseReturnValue:
    """Never send them."""
    form = make_form(_specs(0))
    number = paging.sent("number")
    if form.validate():
        done = attempt(
            "message.discard",
            lambda w: held.discard(w, message_id, form.values()["reason"], number=number),
            done=T("已作废，不再发送", "Discarded; they are never sent"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("messages.index_view"), 303)
    return _show(message_id, form), 422
