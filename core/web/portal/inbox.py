"""The inbox: one's own messages and those of the parties that one acts for."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core.rules.text import T
from core.services.applications.own import own_parties
from core.services.messaging import inbox
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading, run
from core.web.frame.policy import may_enter

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")


@blueprint.get("/")
def index() -> str:
    """The messages, the latest first; filters stay in the address."""
    w = reading()
    parties = own_parties(w)
    wish = paging.asked("party", None)
    chosen = wish if wish in {party.id for party in parties} else None
    fresh = request.args.get("unread") == "1"
    return render_template(
        "portal/inbox/index.html",
        page=inbox.page(w, paging.wish(), party_id=chosen, unread=fresh),
        parties=parties,
        chosen=chosen,
        fresh=fresh,
    )


@blueprint.get("/<int:message_id>")
def page(message_id: int) -> str:
    """One message; opening it marks it as read."""
    with run("message.read") as w:
        letter = inbox.read(w, message_id)
    return render_template("portal/inbox/page.html", letter=letter, about=_about(letter))


@blueprint.post("/read")
def mark_all() -> ResponseReturnValue:
    """Mark every message as read."""
    attempt("message.read", inbox.mark_all, done=T("已全部标为已读", "All are marked as read"))
    return redirect(url_for(".index"), 303)


def unread() -> int:
    """How many messages wait to be read, counted once a request."""
    if "unread_messages" not in g:
        g.unread_messages = inbox.unread(reading()) if current_user.is_authenticated else 0
    number: int = g.unread_messages
    return number


def _about(letter: inbox.Letter) -> tuple[str, T] | None:
    """The page of what the message is about, where the user may open it, and what leads there."""
    if letter.accreditation_id is not None and may_enter("my_accreditations.page"):
        if letter.exit_case_id is not None:
            address = url_for(
                "my_accreditations.exit_case",
                accreditation_id=letter.accreditation_id,
                case_id=letter.exit_case_id,
            )
            return address, T("查看退出事项", "Open the exit case")
        address = url_for("my_accreditations.page", accreditation_id=letter.accreditation_id)
        return address, T("查看认定", "View the accreditation")
    if letter.application_id is not None:
        address = url_for("my_applications.page", application_id=letter.application_id)
        return address, T("查看申请", "Open the application")
    return None
