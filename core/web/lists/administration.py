"""Flask-Admin with one base template, and how an audience adds its lists and their lines of the menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Flask
from flask_admin import Admin, AdminIndexView
from flask_admin.theme import Bootstrap4Theme

from core.storage import models
from core.web.frame import menu
from core.web.frame.bound import db
from core.web.frame.headers import csp_nonce
from core.web.lists.base import ScopedView

Listed = tuple[str, type[models.Base], type[ScopedView]]
"""Name in the address, entity, view."""


def init_app(app: Flask, start: AdminIndexView) -> None:
    """Register Flask-Admin with its start page."""
    Admin(
        app,
        name="accredit",
        url="/admin",
        index_view=start,
        theme=Bootstrap4Theme(base_template="base.html"),
        csp_nonce_generator=csp_nonce,
    )


def add_lists(app: Flask, views: Sequence[Listed], behind: Mapping[str, str]) -> None:
    """Register lists, with a line each; `behind` names the pages that a list leads to."""
    (admin,) = app.extensions["admin"]
    for name, model, view in views:
        admin.add_view(view(model, db, name=name, endpoint=name))
    menu.add(
        app,
        *(
            menu.Entry(
                view.group,
                view.title,
                f"{name}.index_view",
                f"{name} {behind.get(name, '')}",
                place=menu.LIST,
            )
            for name, _, view in views
        ),
    )
