"""`accredit trail`: the audit trail sealed, anchored outside, signed with another key, put away in parts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from core.cli.register import instance_option, opened, operator, owned, require_migrated
from core.domain.clock import SHANGHAI, now
from core.services.base.work import work
from core.services.trail.anchoring import anchor_now, outlets_from
from core.storage.engine import session_factory
from core.storage.trail import sealing, signing
from core.storage.trail.detaching import DetachError
from core.storage.trail.detaching import detach as put_away
from core.storage.trail.keys import NoKeysError
from core.storage.trail.persons import rotate
from core.storage.trail.recording import record
from core.storage.verify.columns import by_columns

NOTHING_NEW = "nothing new since the last anchor"


@click.group()
def trail() -> None:
    """The audit trail: sealed, anchored outside of the database, put away in parts."""


@trail.command()
@instance_option
def seal(instance: Path) -> None:
    """Give every committed transaction its place in the chain; the worker does it every few seconds."""
    with opened(instance) as engine:
        number = sealing.seal(session_factory(engine))
    _say(f"{number} transactions sealed")


@trail.command()
@instance_option
def anchor(instance: Path) -> None:
    """Sign the head of the chain and write it out, where anything is new; the worker does it every hour."""
    with _explained(), opened(instance) as engine:
        outlets = outlets_from(os.environ, instance)
        made = anchor_now(session_factory(engine), instance, outlets, now())
    _say(made.line() if made is not None else NOTHING_NEW)


@trail.command()
@click.option("--new", is_flag=True, help="Sign with a new key from now on; the old ones stay known.")
@instance_option
def key(instance: Path, *, new: bool) -> None:
    """Print the public keys of the register, the newest first: for `verify --key`, on other machines."""
    with _explained():
        if new:
            _renew(instance)
        for line in signing.signer_of(instance).known:
            _say(line)


@trail.command()
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The day (China time) from which on everything stays.",
)
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="A new file.")
@instance_option
def detach(before: datetime, target: Path, instance: Path) -> None:
    """Put the oldest part of the trail away into a file; a signed end stays in its place.

    Nothing can be written while the database lets go of it: choose a quiet hour.
    """
    with _explained(), owned(instance) as engine, session_factory(engine)() as session:
        require_migrated(engine)
        sealing.seal(session_factory(engine))
        signer = signing.signer_of(instance)
        if (fault := next(by_columns(session), None)) is not None:
            raise DetachError(f"nothing was put away: {fault}. accredit verify tells all that is wrong")
        with work(session, operator(), now(), "trail.detach") as w:
            done = put_away(w.session, signer, before.replace(tzinfo=SHANGHAI), target, w.now)
    if done is None:
        _say(f"nothing to do: no whole link lies before {before:%Y-%m-%d}")
        return
    _say(f"{target}: links {done.first} to {done.number} with {done.events} events, sha256 {done.sha256}")
    _say(f"keep it: accredit verify --archive {target} checks it")


@trail.command("rotate-keys")
@instance_option
def rotate_keys(instance: Path) -> None:
    """Wrap the keys of persons under a new master key, and seal numbers and codes under it.

    The register works on meanwhile; broken off, the next time completes it. The key before it is kept until
    then. Needs the owner's rights: facts and decisions are kept from any other change. Write the new keys
    away: accredit backup --keys.
    """
    with _explained(), owned(instance) as engine, session_factory(engine)() as session:
        require_migrated(engine)
        number = rotate(session)
    _say(f"{number} keys of persons wrapped anew; write the new master key away with accredit backup --keys")


def _renew(instance: Path) -> None:
    """Take a new key, and let the trail tell of it."""
    with (
        opened(instance) as engine,
        session_factory(engine)() as session,
        work(session, operator(), now(), "trail.key") as w,
    ):
        old = signing.signer_of(instance).public
        new = signing.renew(instance).public
        record(w.session, "trail_key", new, {"replaces": [None, old]})


@contextmanager
def _explained() -> Iterator[None]:
    """Say in a line why nothing was done."""
    try:
        yield
    except (DetachError, signing.SigningKeyError, NoKeysError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
