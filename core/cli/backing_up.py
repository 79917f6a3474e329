"""`accredit backup` and `accredit restore`: a register put away whole, and brought back elsewhere."""

from __future__ import annotations

import getpass
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from core.backup import secret
from core.backup.archive import ArchiveError, Manifest
from core.backup.restoring import Restored, RestoreError, readable, require_unused, restore
from core.backup.taking import TakingError, take
from core.cli.checking import tell_faults
from core.cli.register import INSTANCE_VARIABLE, instance_option, opened
from core.domain.clock import now
from core.rules.text import T
from core.services.base.work import Actor
from core.storage import unfinished
from core.storage.migrate import current
from core.web.frame.config import SECRET_FILE

REFUSALS = (ArchiveError, TakingError, RestoreError, secret.KeyFileError)


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
    with _refusing(), opened(instance, migrated=False) as engine:
        if unfinished.unfinished(engine):
            raise TakingError(f"the database cannot be used: {unfinished.MEND}")
        if current(engine) is None:
            raise TakingError("the database is empty: there is nothing to put away; is it the right one?")
        there = (instance / SECRET_FILE).exists()
        key = secret.read(instance / SECRET_FILE) if there else ""
        if keys is not None and not key:
            raise TakingError(f"there are no keys in {instance} yet; is it the right folder?")
        if keys is not None and keys.exists():
            raise TakingError(f"{keys} is there already, and is not written over; name a new file")
        taken = take(engine.url.render_as_string(hide_password=False), instance, target, key, now())
        if keys is not None:
            secret.write(keys, key)
    manifest = taken.manifest
    _say(
        f"{target}: {taken.size} bytes, revision {manifest.revision}, {sum(manifest.tables.values())} rows "
        f"in {len(manifest.tables)} tables, {manifest.files} documents of {manifest.files_bytes} bytes"
    )
    if keys is not None:
        _say(f"{keys}: the secret keys; keep them apart from the backup, where few can read them")
    else:
        _say("the secret keys are not in it; --keys FILE writes them, to be kept apart")
    _say_missing(manifest)
    raise SystemExit(1 if manifest.missing else 0)


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--instance",
    envvar=INSTANCE_VARIABLE,
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder for the register.",
)
@click.option("--keys", type=click.Path(path_type=Path), help="The file that backup --keys has written.")
def restore_command(source: Path, instance: Path, keys: Path | None) -> None:
    """Bring the register in the backup SOURCE back, into a new instance folder and an empty database.

    Nothing old is done again: waiting messages are held, logins have ended, codes and invitations are void,
    queued jobs are gone. Exit code 1 where `verify` finds a fault.
    """
    with _refusing():
        manifest, key = readable(source, keys)
        require_unused(instance)
        with opened(instance, migrated=False) as engine:
            actor = Actor(None, f"command line ({getpass.getuser()})", system=True)
            done = restore(engine, source, manifest, instance, key, actor, now)
            _say(f"{instance}: restored from {source}, made at {manifest.made_at}")
            _say_done(done, with_keys=key is not None)
            _say_missing(manifest)
            found = tell_faults(engine, instance)
    _say(T("未发现问题", "no fault found").en if not found else f"{found} faults; see above")
    raise SystemExit(1 if found else 0)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except REFUSALS as error:
        raise click.ClickException(str(error)) from error


def _say_done(done: Restored, *, with_keys: bool) -> None:
    old = done.disarmed
    _say(
        f"held: {old.messages} messages (see the delivery log, which can send them); ended: the logins "
        f"of {old.logins} accounts; void: {old.codes} codes, {old.invitations} invitations; gone: {old.jobs} "
        f"queued jobs, {old.exports} exports"
    )
    if with_keys:
        _say("the secret keys are in place")
        return
    _say(
        "new secret keys were made. Restored without the old ones, second factors by authenticator cannot be "
        f"read: {len(done.unreadable)} accounts need their recovery codes to log in"
    )
    for account in done.unreadable:
        _say(f"  {account}")


def _say_missing(manifest: Manifest) -> None:
    for sha256 in manifest.missing:
        _say(f"missing: the document {sha256}; accredit verify tells whose it is")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
