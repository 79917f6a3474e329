"""A small application behind the real front and the real server: it says what reached it."""

import os
import sys
from itertools import repeat
from pathlib import Path

from core.cli.serving import answering
from core.web.front import limits
from core.web.front.application import Front

MEGABYTE = 1024 * 1024


def application(environ, start_response):
    """The body's length on most addresses; on others an answer of many megabytes, or none."""
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise ValueError("on purpose")
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/long":
        return repeat(b"x" * MEGABYTE, 40)
    if path == "/endless":
        return endless()
    return [f"{len(body)} {environ.get('CONTENT_LENGTH')} {environ.get('HTTP_COOKIE', '')}".encode()]


def endless():
    """Pieces until nobody takes them any more, and a mark on disk then."""
    try:
        while True:
            yield b"x" * 16 * 1024
    finally:
        Path(os.environ["ECHO_FOLDER"], "closed").touch()


def site():
    """The front before it; who has the cookie `in` counts as logged in."""
    return Front(
        application,
        lambda environ: "in=1" in environ.get("HTTP_COOKIE", ""),
        limits.from_environment(),
        Path(os.environ["ECHO_FOLDER"]),
    )


if __name__ == "__main__":
    answering.APPLICATION = f"{Path(__file__).stem}:site"
    answering.answer("127.0.0.1", int(sys.argv[1]), 1)
