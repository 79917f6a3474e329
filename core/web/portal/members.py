"""Who acts for a party: members, invitations, hand-over; and the page behind an invitation's link."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core.domain.errors import NotFound
from core.rules.text import T
from core.services.applications.own import acting_for
from core.services.base.work import Work
from core.services.claims import own as claims
from core.services.people import invitations, parties
from core.storage.models.accounts import GuessKind
from core.web.forms.fields import make_form
from core.web.forms.shared import ADDRESS, link_start
from core.web.frame import paging
from core.web.frame.bound import guessed, limiter
from core.web.frame.pipeline import attempt, current_actor, reading

blueprint = Blueprint("my_members", __name__, url_prefix="/my/parties/<int:party_id>/members")
guests = Blueprint("invitations", __name__, url_prefix="/account/invitations")

INVITED_RATE = "20 per minute"


@blueprint.route("/", methods=["GET", "POST"])
@limiter.limit(INVITED_RATE, methods=["POST"])
def index(party_id: int) -> ResponseReturnValue:
    """The members and the invitations; the main contact invites."""
    w = reading()
    item = acting_for(w, party_id)
    form = make_form([ADDRESS])
    if request.method == "POST" and form.validate():
        address = form.values()["address"]
        done = attempt(
            "party.invite",
            lambda u: invitations.invite(u, party_id, address, link_start()),
            done=T("邀请已发送", "The invitation was sent"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".index", party_id=party_id), 303)
    page = render_template(
        "portal/party/members.html",
        item=item,
        form=form,
        members=invitations.members(w, party_id, paging.wish()),
        invitations=invitations.of_party(w, party_id, paging.wish(name="invitations")),
        me=invitations.member(w, party_id, current_user.id),
        claims=claims.against_party(w, party_id),
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/invitations/<int:invitation_id>/cancel")
def cancel(party_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    acting_for(reading(), party_id)
    attempt(
        "party.cancel_invitation",
        lambda w: invitations.cancel(w, invitation_id),
        done=T("邀请已撤销", "The invitation was cancelled"),
    )
    return redirect(url_for(".index", party_id=party_id), 303)


@blueprint.post("/<int:user_id>/main")
def hand_over(party_id: int, user_id: int) -> ResponseReturnValue:
    """Make another member the main contact."""
    acting_for(reading(), party_id)
    attempt(
        "party.hand_over",
        lambda w: parties.hand_over(w, party_id, user_id),
        done=T("已移交", "Handed over"),
    )
    return redirect(url_for(".index", party_id=party_id), 303)


@blueprint.post("/<int:user_id>/remove")
def remove(party_id: int, user_id: int) -> ResponseReturnValue:
    """Let a member act for the party no longer; oneself too."""
    acting_for(reading(), party_id)
    leaving = user_id == current_user.id
    done = attempt(
        "party.remove_member",
        lambda w: parties.remove_member(w, party_id, user_id),
        done=T("已退出该主体", "You have left") if leaving else T("已移除", "Removed"),
    )
    if done is not None and leaving:
        return redirect(url_for("my.index"), 303)
    return redirect(url_for(".index", party_id=party_id), 303)


def _invitation(w: Work, link: str) -> invitations.InvitationView | None:
    try:
        return invitations.read(w, link)
    except NotFound:
        return None


@guests.route("/<link>", methods=["GET", "POST"])
def page(link: str) -> ResponseReturnValue:
    """An invitation: what it is for, where it stands, and a button for whoever has logged in."""
    w = reading()
    view = guessed(GuessKind.INVITATION, lambda: _invitation(w, link))
    if view is None:
        return render_template("portal/party/invitation.html", view=None), 404
    if request.method == "POST":
        if not current_user.is_authenticated:
            return redirect(url_for("security.login", next=request.path))
        done = attempt(
            "party.accept_invitation",
            lambda u: invitations.accept(u, link),
            done=T("您现在可以代表该主体办理业务", "You act for the party now"),
        )
        return redirect(
            url_for("my_party.page", party_id=done.value) if done is not None else request.path, 303
        )
    mine = view.party_id in current_actor().parties
    closed = invitations.why_closed(view.state)
    known = current_user.is_authenticated and not mine and closed is None
    refusal = invitations.why_not_theirs(w, view.address) if known else None
    return render_template(
        "portal/party/invitation.html", view=view, mine=mine, closed=closed, refusal=refusal
    )
