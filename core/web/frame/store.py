"""Where uploaded files are kept."""

from flask import current_app

from core.storage.files import FileStore


def files() -> FileStore:
    """The application's store."""
    store: FileStore = current_app.extensions["files"]
    return store
