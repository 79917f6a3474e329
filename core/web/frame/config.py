"""What the web application is started with, and the secrets that it keeps beside the data."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.services.entry import passwords
from core.services.files import scanning
from core.services.files.scanning import Clamd

SECRET_FILE = "secret_key"  # noqa: S105  # the file's name, not a secret


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
    two_factor_required: bool = False
    base_url: str = ""
    """The site's address as others see it, for codes on certificates; without one, the request's."""
    scanner: Clamd | None = None
    """Who looks at uploads before they are kept."""
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
        two_factor_required=env.get("ACCREDIT_TWO_FACTOR_REQUIRED", "") == "1",
    )


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
