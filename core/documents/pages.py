"""An uploaded PDF as pictures of its pages and as words, read in a process of its own within bounds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

READER = Path(__file__).with_name("pdf_reader.py")
TIMEOUT_SECONDS = 15
WORD = re.compile(r"[^\W_㐀-鿿]+|[㐀-鿿]")
"""A run of letters or digits, or one Chinese character."""


class PagesError(Exception):
    """The file cannot be shown: broken, under a password, or beyond the bounds of time and memory."""


def count(pdf: bytes) -> int:
    """How many pages it has."""
    return int(_asked(pdf, "count"))


def picture(pdf: bytes, number: int) -> bytes:
    """A page, counted from 1, as a JPEG: its pixels, and nothing that could act."""
    return _asked(pdf, "page", str(number))


def words(pdf: bytes) -> list[str]:
    """Every word that could be selected in it, in order; a Chinese character is one."""
    return WORD.findall(_asked(pdf, "words").decode("utf-8", errors="replace").casefold())


def _asked(pdf: bytes, *question: str) -> bytes:
    # Isolated: neither the site's environment nor its folder is in reach of the reader.
    command = [sys.executable, "-I", str(READER), *question]
    try:
        done = subprocess.run(  # noqa: S603  # our own reader
            command, input=pdf, capture_output=True, timeout=TIMEOUT_SECONDS, env={}, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise PagesError(str(error)) from error
    return done.stdout
