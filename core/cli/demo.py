"""`accredit demo`: a filled register on this machine, served at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from sqlalchemy import Engine

from core import logs
from core.cli.common import language_option
from core.cli.database import empty
from core.cli.readiness import hold
from core.cli.register import application_role, explained, instance_option, owned
from core.cli.serving.answering import HOST, PORT, require_free
from core.cli.serving.commands import serve_site
from core.demo.loading import SIZE, ForeignDataError, Told, load, loaded
from core.demo.people.parties import DOMAIN
from core.demo.people.staff import PASSWORD, Account, accounts
from core.documents.columns import drawn
from core.domain.clock import today
from core.embedded.server import database_url
from core.jobs.leader import is_led
from core.rules.text import T
from core.services.delivery.gateways import LOG_NAME
from core.storage.engine import make_engine, session_factory
from core.storage.migrate import unfit, upgrade
from core.storage.processes import forward
from core.storage.seed import seed
from core.storage.trail.keys import KeyFile
from core.web.frame.config import FACTOR_VARIABLE, FactorOf

WORKS = "a worker lives by this demo's clock: stop the site and the workers first"
MOST_LISTED = 2
COLUMNS = (T("角色", "Role"), T("项目", "Programme"), T("账号", "Account"))


@click.command()
@click.option("--no-serve", is_flag=True, help="Load the data, and do not serve the site.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--forward",
    "days",
    type=int,
    help="Live so many days more: this demo's clock is ahead from now on, and the check catches them up.",
)
@click.option("--reset", is_flag=True, help="Throw the register of the instance folder away, and load anew.")
@click.option(
    "--size", default=SIZE, show_default=True, type=click.IntRange(1), help="Well-doing bodies a track."
)
@language_option
@instance_option
def demo(
    port: int,
    size: int,
    language: str,
    instance: Path,
    *,
    days: int | None,
    no_serve: bool,
    reset: bool,
) -> None:
    """Load a made-up register of all programmes, and serve it; a second start keeps the data."""
    if days is not None and days < 1:
        raise click.BadParameter(
            "1 day or more: days that were lived cannot be unlived; --reset begins anew",
            param_hint="--forward",
        )
    logs.configure("warning")
    if not no_serve:
        require_free(HOST, port)
    with explained(language):
        # What a power cut takes away here is loaded again: no commit waits for the disk.
        options = {"options": "-c synchronous_commit=off"}
        engine = make_engine(database_url(instance), KeyFile.of(instance), connect_args=options)
        try:
            _fill(engine, instance, size, language, reset=reset)
            _live_forward(engine, instance, days)
            if not no_serve:
                hold(instance, engine)
            with session_factory(engine)() as session:
                shown = accounts(session)
        finally:
            engine.dispose()
    if no_serve:
        _say(_table(shown, language))
        return
    address = f"http://{HOST}:{port}/"
    # Many accounts are looked at in one sitting; nobody else reaches the site.
    os.environ[FACTOR_VARIABLE] = FactorOf.NOBODY.value
    serve_site(
        instance,
        HOST,
        port,
        with_worker=True,
        ready=lambda: _say(_greeting(address, shown, instance / LOG_NAME, language)),
    )


def _fill(engine: Engine, instance: Path, size: int, language: str, *, reset: bool) -> None:
    application = application_role(instance)
    if unfit(engine) is not None:
        with owned(instance) as owner:
            upgrade(owner, application=application)
    factory = session_factory(engine)
    try:
        state = None if reset else loaded(factory)
    except ForeignDataError as error:
        raise click.ClickException(
            f"{error}, e.g. --instance demo; or throw its data away with --reset"
        ) from error
    if state is True:
        _say(T("数据已装入，保留现有内容。", "The data are there already and are kept.").get(language))
        return
    if reset or state is False:
        if state is False:
            _say(T("上次装入未完成，重新装入。", "Loading had broken off; it begins anew.").get(language))
        with owned(instance) as owner:
            empty(owner, instance)
            upgrade(owner, application=application)
    forward.forget(instance)
    with factory() as session, session.begin():
        seed(session)
    load(factory, instance, today(), size=size, told=_Progress(language))


def _live_forward(engine: Engine, instance: Path, days: int | None) -> None:
    why = None
    if days is not None:
        why = WORKS if is_led(engine) else forward.go(instance, engine, days)
    why = why or forward.take_up(instance, engine)
    if why is not None:
        raise click.ClickException(why)


class _Progress:
    """Tells how far the story has come: on one line of a terminal, or a line a year elsewhere."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._last: object = None
        self._line = sys.stdout.isatty()

    def __call__(self, told: Told) -> None:
        percent = 100 * told.done // max(1, told.of)
        text = T(
            f"装入演示数据：{told.day:%Y-%m}（第 {told.done}/{told.of} 天，{percent}%）",
            f"Loading the demo: {told.day:%Y-%m} (day {told.done} of {told.of}, {percent}%)",
        ).get(self._language)
        step: object = percent if self._line else (told.day.year, (told.day.month - 1) // 3)
        if step != self._last:
            self._last = step
            sys.stdout.write(f"\r{text}" if self._line else f"{text}\n")
            sys.stdout.flush()
        if self._line and told.done == told.of:
            sys.stdout.write("\n")


def _greeting(address: str, shown: list[Account], letters: Path, language: str) -> str:
    served = T(f"网站地址：{address}  （按 Ctrl-C 停止）", f"The site: {address}  (Ctrl-C stops it)")
    sent = T(
        f"未配置邮件和短信服务时，消息和注册验证码写入 {letters}",
        f"Without a mail server and a gateway, messages and the codes of new accounts go to {letters}",
    )
    return f"{_table(shown, language)}\n{sent.get(language)}\n\n{served.get(language)}"


def _table(shown: list[Account], language: str) -> str:
    """The accounts by role and programme, with their one password."""
    rows = [tuple(column.get(language) for column in COLUMNS)]
    rows += [
        (item.role.get(language), item.where.get(language), _listed([_local(email) for email in item.emails]))
        for item in shown
    ]
    widths = [max(drawn(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = [
        "  ".join(
            cell + " " * (width - drawn(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    password = T(
        f"每个账号的邮箱均以 @{DOMAIN} 结尾；密码：{PASSWORD}",
        f"Every address ends in @{DOMAIN}; password: {PASSWORD}",
    )
    return "\n".join([*lines, "", password.get(language)])


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= MOST_LISTED else f"{names[0]} … {names[-1]}"


def _local(email: str) -> str:
    return email.removesuffix(f"@{DOMAIN}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
