"""`accredit backup` and `accredit restore`: what both say, and how they refuse."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg

from core.backup.archive import ArchiveError, Manifest
from core.backup.restoring import RestoreError
from core.backup.secret import KeyFileError
from core.backup.taking import TakingError

REFUSALS = (ArchiveError, TakingError, RestoreError, KeyFileError)


@contextmanager
def refusing() -> Iterator[None]:
    """Say in a line why nothing was done."""
    try:
        yield
    except REFUSALS as error:
        raise click.ClickException(str(error)) from error
    except psycopg.Error as error:
        raise click.ClickException(f"the database said: {str(error).strip()}") from error


def say_missing(manifest: Manifest) -> None:
    """Name the documents that are not in the archive."""
    for sha256 in manifest.missing:
        say(f"missing: the document {sha256}; accredit verify tells whose it is")


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(line + "\n")
