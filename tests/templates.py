"""Compiled templates, kept for the other applications and processes of a run: compiling all takes seconds."""

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

FOLDER = Path(__file__).parents[1] / ".pytest_cache" / "templates"


def keep(app: Flask) -> None:
    """Let the application take compiled templates from the folder; what has changed is compiled anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(FOLDER))
