"""Whether an installation may be opened to others: what stands against it, each with the way out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy import Engine, func, select

from core.demo.people.parties import DOMAIN
from core.embedded.server import OWNER_VARIABLE
from core.services.delivery.gateways import MAIL_VARIABLE
from core.storage.grants import excess
from core.storage.models import User
from core.storage.processes.forward import FILE, stored
from core.storage.trail.signing import KEY_FILE
from core.web.frame.config import FACTOR_VARIABLE, SECRET_FILE, AppConfig, FactorOf, from_environment
from core.web.frame.doors import is_loopback

SHORTEST_SECRET = 32
FEWEST_CHARACTERS = 8
"""Different ones: a key of fewer is a word that somebody has typed."""
LOOPBACK = "127.0.0.1"


def hold(
    instance: Path, engine: Engine, host: str = LOOPBACK, environment: Mapping[str, str] | None = None
) -> list[str]:
    """Refuse to open an unsafe installation to others; the faults where this machine alone reaches it.

    Others reach it where it listens beyond this machine, or has an address for them, or a proxy in front.
    """
    env = os.environ if environment is None else environment
    config = from_environment(instance, env)
    name = urlsplit(config.base_url).hostname or LOOPBACK
    opened = not is_loopback(host) or not is_loopback(name) or config.proxies > 0
    found = [
        *_config_faults(config, env, host),
        *_secret_faults(instance),
        *_account_faults(engine),
        *_role_faults(engine, env),
        *_clock_faults(instance),
    ]
    if opened and found:
        listed = "\n".join(f"- {fault}" for fault in found)
        raise click.ClickException(f"the site is not opened to others before this is put right:\n{listed}")
    return found


def warn(faults: Iterable[str]) -> None:
    """Say what would keep the installation from being opened."""
    for fault in faults:
        click.echo(f"Not for others yet: {fault}", err=True)


def _config_faults(config: AppConfig, env: Mapping[str, str], host: str) -> Iterator[str]:
    if not env.get(MAIL_VARIABLE, "").strip():
        yield (
            f"no mail server: messages and codes go to a file, and reach nobody; set {MAIL_VARIABLE} "
            "and ACCREDIT_MAIL_FROM"
        )
    if not config.base_url:
        yield "no address: set ACCREDIT_BASE_URL to the address that people open; it refuses all others"
    elif not config.base_url.startswith("https://"):
        yield f"plain HTTP: ACCREDIT_BASE_URL is {config.base_url}; give the https:// address of the proxy"
    if config.factor_of is FactorOf.NOBODY:
        yield f"staff log in by a password alone: take {FACTOR_VARIABLE}=0 away"
    if not config.https or not config.proxies:
        yield (
            f"plain HTTP on {host}: put a proxy with TLS in front, and set ACCREDIT_HTTPS=1 and "
            "ACCREDIT_PROXIES to the number of proxies"
        )


def _secret_faults(instance: Path) -> Iterator[str]:
    """What is wrong with the keys of the sessions and of the trail; those not there yet are made well."""
    if _is_open(trail := instance / KEY_FILE):
        yield (
            f"other accounts may read {trail}: run chmod 600 {trail}, and accredit trail key --new if "
            "somebody did"
        )
    path = instance / SECRET_FILE
    if not path.exists():
        return
    if _is_open(path):
        yield f"other accounts may read {path}: run chmod 600 {path}, or remove it if somebody did"
    key = path.read_text("utf-8", errors="replace").strip()
    if len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_CHARACTERS:
        yield f"{path} can be guessed: remove it, and a new key is made (everyone logs in anew)"


def _is_open(path: Path) -> bool:
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def _clock_faults(instance: Path) -> Iterator[str]:
    days = stored(instance)
    if days:
        yield (
            f"the clock is {days} days ahead ({instance / FILE}), which only a demo on this machine may be: "
            "begin with an empty register (accredit db reset, or another --instance)"
        )


def _account_faults(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        made_up = User.email.endswith(f"@{DOMAIN}", autoescape=True) & User.active
        number = connection.scalar(select(func.count()).select_from(User).where(made_up))
    if number:
        yield (
            f"{number} demo accounts, whose password everyone knows: begin with an empty register "
            "(accredit db reset, or another --instance)"
        )


def _role_faults(engine: Engine, env: Mapping[str, str]) -> Iterator[str]:
    """What lets whoever takes the site over undo what keeps the audit trail, the facts and the decisions."""
    if more := excess(engine):
        yield (
            f"the site's role in the database can undo what keeps the audit trail: it {'; it '.join(more)}. "
            "Run accredit db upgrade; on a server of your own make a role for the owner first, and give the "
            f"command its address as {OWNER_VARIABLE} (docs/operations.md, Your own server)"
        )
    if env.get(OWNER_VARIABLE, "").strip():
        yield (
            f"{OWNER_VARIABLE} is in the environment of the site, and goes with it to whoever takes it over: "
            "give it to accredit db upgrade and accredit restore alone"
        )
