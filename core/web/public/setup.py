"""The blueprints of the public site, registered."""

from __future__ import annotations

from flask import Blueprint, Flask

from core.rules.text import T
from core.web.frame import menu
from core.web.public import (
    about,
    comparison,
    complaints,
    follow_up,
    home,
    notices,
    open_data,
    programs,
    register,
    verification,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    register.blueprint,
    verification.blueprint,
    notices.blueprint,
    follow_up.blueprint,
    complaints.blueprint,
    programs.blueprint,
    comparison.blueprint,
    about.blueprint,
    open_data.blueprint,
)


def _line(title: T, endpoint: str) -> menu.Entry:
    return menu.Entry(menu.PUBLIC, title, endpoint, endpoint.split(".")[0])


MENU = (
    _line(T("登记查询", "Register"), "register.search"),
    _line(T("证书查验", "Verify"), "verification.form"),
    _line(T("公示公告", "Notices"), "public_notices.index"),
    _line(T("认定项目", "Programmes"), "public_programs.index"),
    _line(T("条件对比", "Compare"), "comparison.page"),
    _line(T("投诉举报", "Complaints"), "public_complaints.file"),
)


def init_app(app: Flask) -> None:
    """Register every blueprint of the public site, and its start page."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    menu.add(app, *MENU)
    app.add_url_rule("/", "home", home.home)
