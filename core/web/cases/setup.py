"""The blueprints of the case pages, registered, with the words their templates use."""

from __future__ import annotations

from flask import Flask

from core.domain.identifiers import mask_id_number
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.web.cases import (
    accreditation_page,
    application_page,
    filing,
    notice_pages,
    reviewing,
    settings_page,
    system_forms,
    table_pages,
)

BLUEPRINTS = (
    application_page.blueprint,
    accreditation_page.blueprint,
    filing.blueprint,
    notice_pages.blueprint,
    reviewing.blueprint,
    settings_page.blueprint,
    system_forms.blueprint,
    table_pages.blueprint,
)


def states_of(kind: str) -> list[ApplicationState | AccreditationState]:
    """The states of applications or accreditations."""
    return list(ApplicationState) if kind == "application" else list(AccreditationState)


def init_app(app: Flask) -> None:
    """Register every blueprint of the case pages."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.globals["states_of"] = states_of
    app.jinja_env.filters["id_masked"] = mask_id_number
