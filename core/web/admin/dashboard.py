"""The first page: counts by programme and state, what waits for me, what ends soon, the last job runs."""

from __future__ import annotations

from flask_admin import AdminIndexView, expose


class Dashboard(AdminIndexView):  # type: ignore[misc]  # the library publishes no types for it
    """What an officer sees first; every number leads to its list."""

    @expose("/")
    def index(self) -> str:
        """The dashboard."""
        return self.render("admin/dashboard.html")
