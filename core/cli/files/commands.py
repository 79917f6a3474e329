"""`accredit files unnamed`: the files that belong to nothing, listed, and taken away where one says so."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from core.cli.common import emit
from core.cli.register import instance_option, opened, operator
from core.domain.clock import SHANGHAI, now
from core.services.base.work import work
from core.services.exports.long_ones import FOLDER as EXPORTS
from core.services.files import unnamed
from core.storage.engine import session_factory
from core.storage.files import FileStore

AT_ONCE = 500
"""Files that are taken away after one transaction that tells of them."""


@click.group()
def files() -> None:
    """The documents and exports in the instance folder."""


@files.command("unnamed")
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=unnamed.FEWEST_DAYS),
    default=unnamed.DAYS,
    show_default=True,
    help="Days for which nobody has handed the file in.",
)
@click.option("--remove", is_flag=True, help="Take them away; the audit trail tells of each.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@instance_option
def unnamed_command(days: int, instance: Path, *, remove: bool, as_json: bool) -> None:
    """List the files that no row, no decision and no audit event names; with --remove they go.

    They come of uploads that were refused or broken off, and of tables that were only looked at.
    """
    with opened(instance) as engine, session_factory(engine)() as session:
        documents, exports = FileStore.of(instance), FileStore(instance.resolve() / EXPORTS)
        found = list(unnamed.find(session, documents, exports, timedelta(days=days)))
        session.rollback()
        for file in found:
            _tell(file, instance, as_json=as_json)
        gone = 0
        for start in range(0, len(found) if remove else 0, AT_ONCE):
            part = found[start : start + AT_ONCE]
            with work(session, operator(), now(), "files.remove") as w:
                unnamed.write_down(w.session, part)
            gone += unnamed.take_away(part)
    if not as_json:
        size = sum(file.size for file in found)
        done = f", {gone} removed" if remove else ""
        sys.stdout.write(f"{len(found)} files, {size} bytes{done}\n")


def _tell(file: unnamed.Unnamed, instance: Path, *, as_json: bool) -> None:
    came = datetime.fromtimestamp(file.path.stat().st_mtime, UTC).astimezone(SHANGHAI).date().isoformat()
    place = file.path.relative_to(instance.resolve()).as_posix()
    if as_json:
        emit({"file": place, "size": file.size, "since": came})
    else:
        sys.stdout.write(f"{came}\t{file.size}\t{place}\n")
