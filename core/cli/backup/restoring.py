"""`accredit restore`: a register brought back elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from core.backup.restoring import Restored, readable, require_openable, require_unused, restore
from core.cli.backup import refusing, say, say_missing
from core.cli.checking import NO_FAULT, tell_faults
from core.cli.common import language_option
from core.cli.register import INSTANCE_VARIABLE, application_role, operator, owned
from core.domain.clock import now
from core.storage.trail.signing import known_keys


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
@language_option
def restore_command(source: Path, instance: Path, keys: Path | None, language: str) -> None:
    """Bring the register in the backup SOURCE back, into a new instance folder and an empty database.

    Nothing old is done again: waiting messages are held, logins have ended, codes and invitations are void,
    queued jobs are gone. Exit code 1 where `verify` finds a fault.
    """
    with refusing():
        manifest, held = readable(source, keys)
        require_unused(instance)
        require_openable(manifest, instance, held)
        with owned(instance) as engine:
            role = application_role(instance)
            done = restore(engine, source, manifest, instance, held, operator(), now, application=role)
            say(f"{instance}: restored from {source}, made at {manifest.made_at}")
            _say_done(done, with_keys=held is not None)
            say_missing(manifest)
            found = tell_faults(engine, instance, language, known_keys(instance))
    say(NO_FAULT.get(language) if not found else f"{found} faults; see above")
    raise SystemExit(1 if found else 0)


def _say_done(done: Restored, *, with_keys: bool) -> None:
    old = done.disarmed
    say(
        f"held: {old.messages} messages (see the delivery log, which can send them); ended: the logins "
        f"of {old.logins} accounts; void: {old.codes} codes, {old.invitations} invitations; gone: {old.jobs} "
        f"queued jobs, {old.exports} exports"
    )
    if with_keys:
        say("the secret keys are in place")
        return
    say(
        "new secret keys were made. Without the old ones the second factors of "
        f"{len(done.unreadable)} accounts cannot be read; these log in by a recovery code, or after "
        "accredit user forget-factor"
    )
    for account in done.unreadable:
        say(f"  {account}")
