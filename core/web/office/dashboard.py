"""The first page: counts by programme and state, what waits for me, what ends soon, the last job runs."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_admin import AdminIndexView, expose

from core.domain.acts import Act
from core.services.base import ledger
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.services.daily_check.run import state_of
from core.services.statistics import by_state
from core.services.statistics.narrow import Narrow
from core.services.todo import waiting
from core.web.figures import topics
from core.web.figures.figure import Figure
from core.web.frame.pipeline import reading
from core.web.frame.policy import may_enter

LAST_RUNS = 5
ENDING_SHOWN = 10
LAST_MONTHS = 12

LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "recommend": ("recommending.index", {}),
    "review": ("applications.index_view", {}),
    "decide": ("panels.index", {}),
    "issuing": ("issuing.page", {}),
    "publish": ("register_forms.new_notice", {}),
    "agreement": ("applications.index_view", {"state": "agreement"}),
    "verifications": ("verifications.index_view", {}),
    "objections": ("objections.index_view", {"state": "open"}),
    "score": ("reviewing.index", {}),
    "departed": ("panels.index", {}),
    "duties": ("users.index_view", {"duties": "mixed"}),
    "factor_resets": ("users.index_view", {"reset": "waits"}),
    "complaints": ("complaints.index_view", {"open": "yes"}),
    "findings": ("findings.index_view", {"state": "open"}),
    "reports": ("reports.index_view", {"accepted": "no"}),
    "orders": ("rectifications.index_view", {"state": "open"}),
    "orders_late": ("rectifications.index_view", {"state": "open", "sort": "deadline"}),
    "extensions": ("extensions.index_view", {"state": "open"}),
    "reverifications": ("inspecting.index", {"show": "again"}),
    "departed_inspections": ("inspecting.index", {}),
    "exits": ("exits.index_view", {"state": "proposed"}),
    "exits_second": ("exits.index_view", {"state": "confirmed_once"}),
    "exits_untold": ("exits.index_view", {"state": "proposed"}),
    "exits_undated": ("exits.index_view", {"state": "proposed"}),
    "exits_held": ("exits.index_view", {"state": "held"}),
    "appeals": ("exits.index_view", {"appeal": "open"}),
    "changes": ("changes.index_view", {"state": "open"}),
    "claims": ("claims.index_view", {"state": "open"}),
    "redactions": ("redactions.index", {}),
    "destruction": ("keeping.index", {}),
    "holidays": ("holiday_years.page", {}),
    "shortened": ("holiday_years.periods", {}),
    "messages_held": ("messages.index_view", {"state": "held"}),
    "periods": ("messages.index_view", {"state": "failed", "begins": "yes"}),
    "messages": ("messages.index_view", {"state": "failed", "begins": "no"}),
}
"""Where each kind of waiting work is listed."""


def link_of(kind: str) -> str | None:
    """The list behind a kind of waiting work, where the user may open it."""
    endpoint, args = LISTS.get(kind, ("", {}))
    return url_for(endpoint, **args) if endpoint and may_enter(endpoint) else None


def _figures(w: Work) -> list[Figure]:
    """What the register came to, for whoever sees accreditations."""
    if not w.actor.has(*ACTS[Act.ACCREDITATION_VIEW]):
        return []
    narrow = Narrow(months=LAST_MONTHS)
    return [topics.by_month(w, narrow), topics.by_region(w, narrow)]


class Dashboard(AdminIndexView):
    """What an officer sees first; every number leads to its list."""

    @expose("/")
    def index(self) -> str:
        """The dashboard."""
        w = reading()
        return self.render(
            "office/dashboard.html",
            applications=by_state.applications(w),
            accreditations=by_state.accreditations(w),
            waiting=waiting.waiting_for(w),
            link_of=link_of,
            ending=waiting.ending_soon(w, limit=ENDING_SHOWN),
            runs=[(run, state_of(w.session, run)) for run in ledger.latest(w, LAST_RUNS)],
            figures=_figures(w),
        )
