"""The blueprints of the case pages, registered."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every blueprint of the case pages."""
