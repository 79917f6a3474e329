"""`accredit user`: accounts and roles, from the machine that the register runs on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.cli.common import Unreadable, emit, read_day
from core.cli.register import acting, instance_option
from core.domain.roles import Role
from core.rules.text import T
from core.services.base.work import Work
from core.services.people import factor_resets, keyed, users
from core.services.people.rights import duties, glass
from core.services.people.succession import pass_on
from core.storage.models import Grant, User

Command = Callable[..., Any]
TWO = "  ! two duties that are kept apart: the one granted first works, revoke the other"
ROLES = [role.value for role in Role if role is not Role.APPLICANT]


def _reach_options(command: Command) -> Command:
    command = click.option(
        "--region", help="Division code (GB/T 2260), e.g. 370000; everywhere unless given."
    )(command)
    return click.option("--program", help="Programme; all unless given.")(command)


@click.group()
def user() -> None:
    """Accounts: who may log in, and what they may do."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--role", type=click.Choice(ROLES), help="A first role; give more with accredit user grant.")
@_reach_options
@click.option("--mobile", default="", help="Mobile number.")
@click.option("--lang", "language", type=click.Choice(users.LANGUAGES), default="zh", show_default=True)
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the first password from standard input.")
@instance_option
def add(
    email: str,
    name: str,
    role: str | None,
    program: str | None,
    region: str | None,
    mobile: str,
    language: str,
    instance: Path,
    *,
    from_stdin: bool,
) -> None:
    """Make an account: the first administrator with a password, all others set their own by a code."""
    with acting(instance, "user.add") as w:
        first = Role.SYSADMIN.value == role and not glass.has_administrator(w)
    if from_stdin and not first:
        raise click.ClickException(
            "only the first administrator is given a password; leave --stdin out: whoever is added is "
            "written to, and sets it by a code (accredit user password is for an emergency)"
        )
    password = _password(from_stdin=from_stdin) if first else None
    with acting(instance, "user.add") as w:
        number = users.create_user(
            w, email=email, name=name, password=password, mobile=mobile, language=language
        )
        given = T("", "")
        if role is not None:
            users.grant(w, number, Role(role), program=program, region=region)
            given = T(f"，{Role(role).label.zh}", f", {Role(role).label.en}")
        glass.tell(w, T(f"新建账号{given.zh}", f"account made{given.en}"), number)
    _say(f"{email} added" if first else f"{email} added; a message tells how to set the password")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@instance_option
def list_command(instance: Path, *, as_json: bool) -> None:
    """List the accounts with their roles."""
    with acting(instance, "user.list") as w:
        mixed = set(w.session.scalars(select(User.id).where(duties.mixed(w.today))))
        query = select(User).options(selectinload(User.grants)).order_by(User.sort_name, User.id)
        for found in w.session.scalars(query):
            roles = [_reach(item) for item in sorted(found.grants, key=lambda item: item.id)]
            if as_json:
                more = {"two_duties": True} if found.id in mixed else {}
                emit(
                    {"email": found.email, "name": found.name, "active": found.active, "roles": roles, **more}
                )
            else:
                state = "" if found.active else " (deactivated)"
                held, login = ", ".join(map(_shown, roles)), found.email or found.mobile
                _say(f"{login:40} {found.name}{state}  {held}{TWO if found.id in mixed else ''}")


@user.command()
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@_reach_options
@instance_option
def grant(email: str, role: str, program: str | None, region: str | None, instance: Path) -> None:
    """Give a role, for a programme or all, in a division or everywhere."""
    wanted = _shown({"role": role, "program": program, "region": region})
    with acting(instance, "user.grant") as w:
        found = _find(w, email)
        users.grant(w, found, Role(role), program=program, region=region)
        glass.tell(w, T(f"授予角色 {wanted}", f"role granted: {wanted}"), found)
    _say(f"{email} is {wanted}")


@user.command()
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@_reach_options
@instance_option
def revoke(email: str, role: str, program: str | None, region: str | None, instance: Path) -> None:
    """Take a role away; its programme and region are given as it was granted."""
    with acting(instance, "user.revoke") as w:
        user_id = _find(w, email)
        query = (
            select(Grant.id)
            .where(
                Grant.user_id == user_id,
                Grant.role == Role(role),
                Grant.program.is_not_distinct_from(program),
                Grant.region.is_not_distinct_from(region),
            )
            .order_by(Grant.ends_on.desc().nulls_first(), Grant.id)
        )
        found = w.session.scalar(query)
        wanted = _shown({"role": role, "program": program, "region": region})
        if found is None:
            raise click.ClickException(f"{email} is not {wanted}; accredit user list shows the roles")
        users.revoke_grant(w, found)
        glass.tell(w, T(f"收回角色 {wanted}", f"role taken away: {wanted}"), user_id)
    _say(f"{email} is no longer {wanted}")


@user.command()
@click.argument("email")
@click.option("--reason", required=True, help="Why nobody can do it on the site.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
@instance_option
def password(email: str, reason: str, instance: Path, *, from_stdin: bool) -> None:
    """Break the glass: give an account a password, where nobody can have its user set one by a code.

    Its open sessions end, a lock is lifted, and all administrators and auditors are told.
    """
    new = _password(from_stdin=from_stdin)
    with acting(instance, "user.password") as w:
        glass.set_password(w, _find(w, email), new, reason)
    _say(f"the password of {email} is changed; administrators and auditors are told")


@user.command()
@click.argument("old")
@click.argument("new")
@click.option("--from", "on", required=True, help="First day of the new body, e.g. 2024-07-01.")
@instance_option
def succeed(old: str, new: str, on: str, instance: Path) -> None:
    """Pass the roles of a body that is reorganised on to its successor, both by USCC, from a day on."""
    try:
        day = read_day(on, "--from")
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    with acting(instance, "user.succession") as w:
        bodies = [keyed.by_uscc(w, code) for code in (old, new)]
        for code, found in zip((old, new), bodies, strict=True):
            if found is None:
                raise click.ClickException(f"no body with the USCC {code} is registered")
        moved = pass_on(w, bodies[0] or 0, bodies[1] or 0, day)
        what = T(
            f"自 {day} 起，代 {old} 的角色转为代 {new}", f"roles for {old} become those for {new} on {day}"
        )
        taken = select(Grant.user_id).where(Grant.party_id == bodies[1], Grant.starts_on >= day)
        for found in w.session.scalars(taken.distinct().order_by(Grant.user_id)).all():
            glass.tell(w, what, found)
    _say(f"{moved} roles pass from {old} to {new} on {day}")


@user.command("forget-factor")
@click.argument("email")
@click.option("--reason", required=True, help="How it was made sure who asks for it.")
@instance_option
def forget_factor(email: str, reason: str, instance: Path) -> None:
    """Ask for an account's second factor to be taken away, which was lost or can no longer be read."""
    with acting(instance, "user.forget_factor") as w:
        found = _find(w, email)
        factor_resets.open_reset(w, found, reason)
        glass.tell(
            w, T("提出停用双重验证，待第二人确认", "second factor to be taken away once confirmed"), found
        )
    _say(f"{email}: a second person has to confirm it, on the site or by accredit user confirm-factor")


@user.command("confirm-factor")
@click.argument("email")
@instance_option
def confirm_factor(email: str, instance: Path) -> None:
    """Confirm that an account's second factor is taken away, as somebody other than who asked for it."""
    with acting(instance, "user.confirm_factor") as w:
        found = _find(w, email)
        factor_resets.confirm(w, found)
        glass.tell(w, T("停用双重验证", "second factor taken away"), found)
    _say(f"{email} logs in by the password alone, until it sets up a second factor")


@user.command()
@click.argument("email")
@instance_option
def deactivate(email: str, instance: Path) -> None:
    """Close an account; what its user did stays recorded."""
    with acting(instance, "user.deactivate") as w:
        found = _find(w, email)
        users.deactivate(w, found)
        glass.tell(w, T("停用账号", "account closed"), found)
    _say(f"{email} can no longer log in")


@user.command()
@click.argument("email")
@instance_option
def activate(email: str, instance: Path) -> None:
    """Open a closed account again."""
    with acting(instance, "user.activate") as w:
        found = _find(w, email)
        users.activate(w, found)
        glass.tell(w, T("启用账号", "account opened"), found)
    _say(f"{email} can log in again")


def _find(w: Work, email: str) -> int:
    # An account that was opened by a mobile number has no address.
    found = users.find_by_login(w.session, email)
    if found is None:
        raise click.ClickException(f"there is no account {email}; accredit user list shows them")
    return found.id


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _reach(item: Grant) -> dict[str, str | None]:
    days = {"starts_on": item.starts_on, "ends_on": item.ends_on}
    when = {name: day.isoformat() for name, day in days.items() if day is not None}
    return {"role": item.role.value, "program": item.program, "region": item.region, **when}


def _shown(reach: dict[str, str | None]) -> str:
    where = [limit for limit in (reach["program"], reach["region"]) if limit]
    return f"{reach['role']} ({' '.join(where)})" if where else str(reach["role"])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
