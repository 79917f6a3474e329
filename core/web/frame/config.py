"""What the web application is started with, and the secrets that it keeps beside the data."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from core.services.entry import passwords
from core.services.files import scanning
from core.services.files.scanning import Clamd

SECRET_FILE = "secret_key"  # noqa: S105  # the file's name, not a secret


FACTOR_MINUTES, SESSION_IDLE_MINUTES, SESSION_HOURS = 15, 30, 12
MOST_OF_A_TIME = 1440
"""Of what is set in minutes or hours: longer is no bound."""
FACTOR_VARIABLE = "ACCREDIT_TWO_FACTOR_REQUIRED"


class FactorOf(Enum):
    """Who must have a second factor; the value is how the environment says it."""

    STAFF = ""
    """Whoever has a role: each decides, administers or looks over it."""
    EVERYONE = "1"
    NOBODY = "0"
    """For a demo, on this machine alone."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to tell of a hole in the site."""

    uri: str
    until: date
    """The last day on which that holds."""


@dataclass(frozen=True, slots=True)
class AppConfig:
    """Where the data is and how the site is reached."""

    instance: Path
    """Folder of the embedded database, the secret key and the uploaded documents."""
    database_url: str | None = None
    """None: the embedded server below `instance`, or what ACCREDIT_DATABASE_URL names."""
    https: bool = False
    """The site is reached by HTTPS alone: cookies go there only, and browsers are told to stay there."""
    proxies: int = 0
    """Trusted proxies in front, whose X-Forwarded headers are believed."""
    metrics_token: str = ""
    """Bearer token for /metrics; without one it answers loopback only."""
    rate_limit_storage: str = "memory://"
    """Counts of the login rate limit. In memory they are per process; the lockout is in the database."""
    factor_of: FactorOf = FactorOf.STAFF
    factor_minutes: int = FACTOR_MINUTES
    """How long a second factor serves for decisions and the like, before it is asked for again."""
    session_idle_minutes: int = SESSION_IDLE_MINUTES
    session_hours: int = SESSION_HOURS
    base_url: str = ""
    """The site's address as others see it, for codes on certificates; without one, the request's."""
    scanner: Clamd | None = None
    """Who looks at uploads before they are kept."""
    security_contact: Contact | None = None
    """Told in security.txt."""
    accessibility_contact: str = ""
    """An address or number, told in the accessibility statement."""
    testing: bool = False


def from_environment(instance: Path, environment: Mapping[str, str] | None = None) -> AppConfig:
    """The configuration that ACCREDIT_* variables describe; ValueError for one that cannot be read."""
    env = os.environ if environment is None else environment
    passwords.policy(env)
    return AppConfig(
        instance=instance,
        https=env.get("ACCREDIT_HTTPS", "") == "1",
        proxies=int(env.get("ACCREDIT_PROXIES", "0") or 0),
        metrics_token=env.get("ACCREDIT_METRICS_TOKEN", ""),
        rate_limit_storage=env.get("ACCREDIT_RATE_LIMIT_STORAGE", "") or "memory://",
        base_url=base_url(env.get("ACCREDIT_BASE_URL", "")),
        scanner=scanning.configured(env.get(scanning.VARIABLE, "")),
        security_contact=security_contact(env),
        accessibility_contact=env.get("ACCREDIT_ACCESSIBILITY_CONTACT", "").strip(),
        factor_of=_factor_of(env.get(FACTOR_VARIABLE, "").strip()),
        factor_minutes=_whole(env, "ACCREDIT_FACTOR_MINUTES", FACTOR_MINUTES),
        session_idle_minutes=_whole(env, "ACCREDIT_SESSION_IDLE_MINUTES", SESSION_IDLE_MINUTES),
        session_hours=_whole(env, "ACCREDIT_SESSION_HOURS", SESSION_HOURS),
    )


def security_contact(env: Mapping[str, str]) -> Contact | None:
    """Whom the environment names for holes in the site; ValueError for what RFC 9116 does not take."""
    uri = env.get("ACCREDIT_SECURITY_CONTACT", "").strip()
    until = env.get("ACCREDIT_SECURITY_UNTIL", "").strip()
    if not uri:
        return None
    if not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:[+0-9-]+)", uri, re.ASCII):
        raise ValueError(
            f"ACCREDIT_SECURITY_CONTACT is {uri!r}; write it as mailto:…, https://… or tel:+86-…"
        )
    try:
        return Contact(uri, date.fromisoformat(until))
    except ValueError as error:
        raise ValueError(
            f"ACCREDIT_SECURITY_UNTIL is {until!r}; name the last day of the contact, as 2027-06-30"
        ) from error


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= MOST_OF_A_TIME):
        raise ValueError(f"{name} is {text!r}; give a whole number from 1 to {MOST_OF_A_TIME}")
    return int(text)


def _factor_of(text: str) -> FactorOf:
    try:
        return FactorOf(text)
    except ValueError:
        raise ValueError(
            f"{FACTOR_VARIABLE} is {text!r}; leave it out (staff), or give 1 (everyone) or 0 (nobody)"
        ) from None


def base_url(text: str) -> str:
    """The address without its last slash; ValueError for what is no web address."""
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query):
        raise ValueError(f"ACCREDIT_BASE_URL is {text!r}; write it as https://register.example.cn")
    return address


def secret_key(instance: Path) -> str:
    """The key of this installation, made at the first start and readable by its owner only."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / SECRET_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text("ascii").strip()
        if key:
            return key
        raise RuntimeError(
            f"{path} is empty; remove it, and a new key is made (everyone logs in anew)"
        ) from None
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def derived(key: str, purpose: str) -> str:
    """A key for one purpose, so that one file of secrets is enough."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()
