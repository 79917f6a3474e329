"""The first page of whoever acts for a party, or wants to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, url_for

from core.domain.clock import SHANGHAI
from core.domain.lifecycle.states import ApplicationState
from core.services.applications.own import open_applications, own_parties
from core.services.base.paging import Wish
from core.services.claims import own as claims
from core.services.duties.owed import Owed, held_by, owed
from core.services.duties.progress import services_to_do, term_left, time_left
from core.services.messaging import inbox
from core.services.supervision.status import Status
from core.storage.models import Application
from core.web.frame.pipeline import reading

blueprint = Blueprint("my", __name__, url_prefix="/my")

MOST_WAITING = 12
MOST_HELD = 10
"""Accreditations in force whose duties the page shows; the list of them has them all."""
MOST_MESSAGES = 3
MOST_PARTIES = 10
PAGES = {
    "report": ("my_accreditations.report_form", "year"),
    "order": ("my_accreditations.order", "order_id"),
    "exit": ("my_accreditations.exit_case", "case_id"),
    "extension": ("my_accreditations.extension", ""),
}


@blueprint.get("/")
def index() -> str:
    """What waits for the parties that the user acts for."""
    w = reading()
    parties = own_parties(w)
    held = [row for row in held_by(w, [party.id for party in parties]) if row.state.in_force]
    applications = open_applications(w)
    statuses = [Status(w, row) for row in held]
    waiting = owed(w, statuses)
    shown = held[:MOST_HELD]
    return render_template(
        "portal/index.html",
        parties=parties[:MOST_PARTIES],
        claimed=0 if parties else claims.of_user(w, Wish(size=1)).total,
        several=len(parties) > 1,
        more_parties=len(parties) - MOST_PARTIES,
        names={party.id: party.name for party in parties},
        held=shown,
        more_held=len(held) - len(shown),
        to_do=services_to_do(w, statuses[:MOST_HELD]),
        applications=applications,
        returned=[item for item in applications if item.state is ApplicationState.RETURNED],
        drafts=[item for item in applications if item.state is ApplicationState.DRAFT],
        owed=[item for item in waiting if not item.answered][:MOST_WAITING],
        numbers={row.id: row for row in held},
        page_of=page_of,
        deadline=deadline,
        left=lambda until: time_left(w.today, until.astimezone(SHANGHAI).date()),
        time_left=lambda day: time_left(w.today, day),
        term_left=lambda day: term_left(w.today, day),
        messages=inbox.page(w, Wish(size=MOST_MESSAGES), unread=True).rows,
    )


def page_of(item: Owed) -> str:
    """The page on which what waits is done."""
    endpoint, key = PAGES[item.kind]
    more: dict[str, Any] = {key: item.key} if key else {}
    return url_for(endpoint, accreditation_id=item.accreditation_id, **more)


def deadline(application: Application) -> datetime | None:
    """The last second in which the application can be handed in, where there is one."""
    call, extended = application.call, application.deadline_extended_to
    if call is None:
        return extended
    return max(call.submit_by, extended) if extended is not None else call.submit_by
