"""`accredit backup`: a register put away whole."""

from __future__ import annotations

import signal
import sys
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from core.backup import secret
from core.backup.taking import Taken, TakingError, take
from core.cli.backup import refusing, say, say_missing
from core.cli.register import instance_option, opened
from core.domain.clock import local_date, now
from core.services.statistics.operating import BACKUP
from core.storage import unfinished
from core.storage.engine import session_factory
from core.storage.migrate import current
from core.storage.models import JobRun
from core.storage.models.operations import JobState


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    help="Write the secret keys into this new file: keep it apart from the backup.",
)
@instance_option
def backup_command(target: Path, keys: Path | None, instance: Path) -> None:
    """Put the register away into the new file TARGET, while it goes on working.

    The archive has the database and every document that it names, and not the secret keys. Exit code 1 where
    documents are missing: the rest is in the archive all the same.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing half is left behind
    with refusing(), opened(instance, migrated=False) as engine:
        if unfinished.unfinished(engine):
            raise TakingError(f"the database cannot be used: {unfinished.MEND}")
        if current(engine) is None:
            raise TakingError("the database is empty: there is nothing to put away; is it the right one?")
        held = secret.of(instance)
        if keys is not None and held is None:
            raise TakingError(f"there are no keys in {instance} yet; is it the right folder?")
        if keys is not None and keys.exists():
            raise TakingError(f"{keys} is there already, and is not written over; name a new file")
        began = now()
        taken = take(engine.url.render_as_string(hide_password=False), instance, target, held, began)
        _note(engine, taken, began)
        if keys is not None and held is not None:
            secret.write(keys, held)
    manifest = taken.manifest
    say(
        f"{target}: {taken.size} bytes, revision {manifest.revision}, {sum(manifest.tables.values())} rows "
        f"in {len(manifest.tables)} tables, {manifest.files} documents of {manifest.files_bytes} bytes"
    )
    if keys is not None:
        say(f"{keys}: the secret keys; keep them apart from the backup, where few can read them")
    else:
        say("the secret keys are not in it; --keys FILE writes them, to be kept apart")
    say_missing(manifest)
    raise SystemExit(1 if manifest.missing else 0)


def _note(engine: Engine, taken: Taken, began: datetime) -> None:
    """Write into the ledger of jobs that there is a backup, after it, so that none has itself in it."""
    manifest = taken.manifest
    with session_factory(engine)() as session, session.begin():
        session.add(
            JobRun(
                job=BACKUP,
                as_of=local_date(began),
                started_at=began,
                finished_at=now(),
                state=JobState.FAILED if manifest.missing else JobState.DONE,
                counts={"bytes": taken.size, "documents": manifest.files, "missing": len(manifest.missing)},
            )
        )
