"""Every file that is sent, shown to the virus scanner before anything reads it, whether it is kept or not."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from core.domain.errors import Invalid
from core.services.files.scanning import Clamd
from core.web.frame.errors import page


def init_app(app: Flask, scanner: Clamd | None) -> None:
    """Scan what comes to an address, where a scanner is configured; called once who may send is known."""
    if scanner is None:
        return

    @app.before_request
    def scan() -> ResponseReturnValue | None:
        for _, file in request.files.items(multi=True):
            try:
                scanner.check(file.stream)
            except Invalid as error:
                return page(422, error.text)
            file.stream.seek(0)
        return None
