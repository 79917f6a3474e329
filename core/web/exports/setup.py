"""The page of one's long exports, registered."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.web.exports import downloads
from core.web.frame import menu

MENU = (menu.Entry("mine", T("导出文件", "Exported files"), "downloads.index", "downloads"),)


def init_app(app: Flask) -> None:
    """Register it."""
    app.register_blueprint(downloads.blueprint)
    menu.add(app, *MENU)
