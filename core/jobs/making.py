"""Makes long exports by the pages that show them; the web application is loaded with the first of them."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.services.exports.long_ones import FOLDER
from core.storage.files import FileStore

MAKER = "core.web.export_worker"
"""The module that knows the pages; by name, as jobs stand beside the web and not above it."""

Make = Callable[[sessionmaker[Session], int], bool]


class Making:
    """What one worker makes exports with."""

    def __init__(self, instance: Path, factory: sessionmaker[Session]) -> None:
        self._instance, self._factory = instance, factory
        self._lock = threading.Lock()
        self.store = FileStore(instance / FOLDER)

    def __call__(self, export_id: int) -> bool:
        """Make one; False when there was nothing to do."""
        with self._lock:
            make = self._make
        return make(self._factory, export_id)

    @cached_property
    def _make(self) -> Make:
        engine = self._factory.kw["bind"]
        if not isinstance(engine, Engine):
            raise TypeError("the worker's sessions are bound to no engine")
        url = engine.url.render_as_string(hide_password=False)
        made: Make = importlib.import_module(MAKER).maker(self._instance, url)
        return made
