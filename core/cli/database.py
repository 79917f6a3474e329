"""`accredit db`: the schema of the register's database."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click
from sqlalchemy import Connection, Engine

from core.cli.register import application_role, instance_option, opened, owned
from core.domain.clock import now
from core.embedded.server import OWNER_VARIABLE, URL_VARIABLE
from core.services.base.work import SYSTEM, work
from core.services.diary.renewing import renew_keys
from core.services.people.named import renew_names
from core.services.settings.holidays import take_up_supplied
from core.services.trail.anchoring import FILE_NAME
from core.storage import grants
from core.storage.engine import session_factory
from core.storage.files import FOLDER
from core.storage.losing import LossError
from core.storage.migrate import current, downgrade, give_rights, head, upgrade
from core.storage.processes import forward
from core.storage.seed import load_regions
from core.storage.trail.takeover import TAKEN_OVER, is_due, take_over


@click.group()
def db() -> None:
    """Bring the database to a version of the schema, and tell where it is."""


@db.command("upgrade")
@click.argument("revision", default="head")
@instance_option
def upgrade_command(revision: str, instance: Path) -> None:
    """Bring the database up to REVISION (the newest unless given), with the divisions and holiday tables."""
    with owned(instance) as engine:
        _upgrade(engine, revision, application_role(instance))


@db.command("downgrade")
@click.argument("revision")
@click.option("--lose", is_flag=True, help="Go back even where rows are lost or changed.")
@instance_option
def downgrade_command(revision: str, instance: Path, *, lose: bool) -> None:
    """Take the database back to REVISION, or with `base` to nothing, if no row is lost by it."""
    with owned(instance) as engine:
        try:
            downgrade(engine, revision, lose=lose)
        except LossError as error:
            raise click.ClickException(str(error)) from None
        _say(engine)


@db.command("current")
@instance_option
def current_command(instance: Path) -> None:
    """Tell which revision the database is at."""
    with opened(instance, migrated=False) as engine:
        _say(engine)


@db.command("reset")
@click.option("--yes", is_flag=True, help="Do not ask: all data and all uploaded documents go.")
@instance_option
def reset_command(instance: Path, *, yes: bool) -> None:
    """Empty the register: the database is built anew, and the uploaded documents are removed."""
    if not yes:
        click.confirm(f"Everything in the register of {instance} goes for good. Go on?", abort=True)
    with owned(instance) as engine:
        empty(engine, instance)
        _upgrade(engine, "head", application_role(instance))


@db.command("roles")
@instance_option
def roles_command(instance: Path) -> None:
    """Give the application's role its rights on the tables, or print the SQL where this is not the owner."""
    only_told = bool(os.environ.get(URL_VARIABLE)) and not os.environ.get(OWNER_VARIABLE)
    with opened(instance, migrated=False) if only_told else owned(instance) as engine:
        role = application_role(instance)
        with engine.connect() as connection:
            _require_apart(connection, role)
            wanted = grants.statements(connection, role)
        if only_told:
            sys.stdout.write("".join(f"{statement};\n" for statement in wanted))
            return
        give_rights(engine, role)
    sys.stdout.write(f"{role} has the rights of the application\n")


def _require_apart(connection: Connection, role: str) -> None:
    owner = grants.owner(connection)
    if owner is None:
        raise click.ClickException("the database is empty; run accredit db upgrade")
    if owner == role:
        raise click.ClickException(
            f"the role {role} owns the tables that the site works on with it: make a role of its own for the "
            "owner first (docs/operations.md, Your own server)"
        )


def empty(engine: Engine, instance: Path) -> None:
    """Take all tables away, and from the instance folder documents, anchors and a clock set forward."""
    downgrade(engine, "base", lose=True)
    shutil.rmtree(instance / FOLDER, ignore_errors=True)
    (instance / FILE_NAME).unlink(missing_ok=True)
    forward.forget(instance)


def _upgrade(engine: Engine, revision: str, application: str) -> None:
    upgrade(engine, revision, application=application)
    if current(engine) == head():
        with session_factory(engine)() as session, work(session, SYSTEM, now(), "holiday.load") as w:
            regions, days = load_regions(session), take_up_supplied(w)
        sys.stdout.write(f"{regions} divisions and {days} holiday days written\n")
        _take_over(engine)
        with session_factory(engine)() as session, work(session, SYSTEM, now(), "enterprise.renew") as w:
            number = renew_keys(w)
            names = renew_names(w)
        if number:
            sys.stdout.write(f"{number} service records counted anew by the names of their enterprises\n")
        if names:
            sys.stdout.write(f"{names} names compared, found and sorted anew\n")
    _say(engine)


def _take_over(engine: Engine) -> None:
    with session_factory(engine)() as session, work(session, SYSTEM, now(), TAKEN_OVER):
        if is_due(session):
            number = take_over(session)
            sys.stdout.write(f"{number} rows taken into the audit trail as they stand\n")


def _say(engine: Engine) -> None:
    there, newest = current(engine), head()
    state = "the newest" if there == newest else f"the newest is {newest}"
    sys.stdout.write(f"{there or 'empty'} ({state})\n")
