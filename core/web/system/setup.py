"""What surrounds the cases, registered: users, settings, holidays, jobs, messages, the trail."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.storage import models
from core.web.frame import menu
from core.web.lists.administration import Listed, add_lists
from core.web.system import access, checking, divisions, forms, held, holidays, lists, settings, succession

BLUEPRINTS = (
    settings.blueprint,
    forms.blueprint,
    holidays.blueprint,
    divisions.blueprint,
    checking.blueprint,
    held.blueprint,
    succession.blueprint,
)
VIEWS: tuple[Listed, ...] = (
    ("users", models.User, lists.UserView),
    ("grants", models.Grant, lists.GrantView),
    ("settings", models.SettingOverride, lists.SettingView),
    ("holidays", models.HolidayDay, lists.HolidayView),
    ("jobs", models.JobRun, lists.JobView),
    ("messages", models.OutboxMessage, lists.MessageView),
    ("audit", models.AuditEvent, lists.AuditView),
    ("access", models.AccessRecord, access.AccessView),
)
BEHIND = {
    "users": "system_forms.new_user system_forms.user",
    "grants": "succession",
    "holidays": "holiday_years system_forms.holiday",
    "jobs": "system_forms.job checking",
    "messages": "held_messages",
}
MENU = (
    menu.Entry(
        "system", T("参数与条款理解", "Parameters and readings"), "settings_page.index", "settings_page"
    ),
    menu.Entry("system", T("行政区划", "Divisions"), "divisions.page", "divisions"),
)


def init_app(app: Flask) -> None:
    """Register them."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    menu.add(app, *MENU)
    add_lists(app, VIEWS, BEHIND)
