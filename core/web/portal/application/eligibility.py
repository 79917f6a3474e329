"""Where can we apply: what is known of a party held against every track of its kind."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from core.rules.evaluate import Outcome
from core.services.applications.own import own_parties
from core.services.granting import matching
from core.storage.models import Party
from core.web.frame import paging
from core.web.frame.pipeline import reading
from core.web.portal.countdown import left

blueprint = Blueprint("eligibility", __name__, url_prefix="/my/programs")


def chosen_party(parties: list[Party]) -> Party | None:
    """The party that the address names, else the first; None for who acts for none."""
    wish = paging.asked("party", None)
    if wish is None:
        return parties[0] if parties else None
    return next((party for party in parties if party.id == wish), None) or abort(404)


@blueprint.get("/")
def index() -> str:
    """Every track with its verdict, what is short by how much, and the button to begin."""
    unit = reading()
    parties = own_parties(unit)
    party = chosen_party(parties)
    found = matching.matches(unit, party.id) if party is not None else []
    open_to = [match for match in found if not match.barred]
    groups = [(door.value, [match for match in open_to if match.door is door]) for door in matching.Door]
    groups.append(("against", [match for match in found if match.barred]))
    return render_template(
        "portal/application/programs.html",
        parties=parties,
        party=party,
        matches=found,
        groups=[(door, rows) for door, rows in groups if rows],
        outcomes=Outcome,
        now=unit.now,
        left=lambda until: left(unit.now, until),
    )
