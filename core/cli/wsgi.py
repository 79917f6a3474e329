"""The web application as a server's process loads it: what it needs to know is in the environment."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from core import logs
from core.cli.register import INSTANCE_VARIABLE
from core.web.app import create_app
from core.web.frame.config import from_environment


def make() -> Flask:
    """The application on the instance folder of the environment."""
    logs.configure()
    return create_app(from_environment(Path(os.environ[INSTANCE_VARIABLE])))
