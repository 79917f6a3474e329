"""The blueprint of the reviewers' screens, registered."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.web.frame import menu
from core.web.reviewing import tasks

MENU = (menu.Entry("work", T("我的评审", "My reviews"), "reviewing.index", "reviewing"),)


def init_app(app: Flask) -> None:
    """Register it."""
    app.register_blueprint(tasks.blueprint)
    menu.add(app, *MENU)
