"""What each process that answers loads: the application behind its front."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from core import logs
from core.cli.register import INSTANCE_VARIABLE
from core.web.app import create_app
from core.web.frame.config import from_environment
from core.web.front import limits
from core.web.front.answers import Application
from core.web.front.application import Front, logged_in


def site() -> Front:
    """The application behind its front, as a process that answers loads it."""
    app = make()
    return fronted(app, app)


def fronted(application: Application, app: Flask) -> Front:
    """A front before the application, or before what stands around it."""
    return Front(application, logged_in(app), limits.from_environment(), Path(app.instance_path))


def make() -> Flask:
    """The application: what it needs to know is in the environment."""
    logs.configure()
    return create_app(from_environment(Path(os.environ[INSTANCE_VARIABLE])))
