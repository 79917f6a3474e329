"""What a password must be: by the profile of the installation, each with its source.

`asvs` (the default) follows OWASP ASVS 5.0 V6.2 and NIST SP 800-63B-4, 3.1.1.2: long, without rules of
composition, changed only for cause, and none that many have. `mlps` follows GB/T 22239-2019, 8.1.4.1 a),
complex and replaced from time to time, by the figures that assessors of the Multi-Level Protection Scheme ask
for.

A password that no longer fits opens the account once more, and has to be replaced then.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from core.rules.text import T
from core.services.entry.common import COMMON
from core.storage.models import FormerPassword, User
from core.storage.models.people import PasswordDue

VARIABLE = "ACCREDIT_PASSWORD_POLICY"
LONGEST = 200
LEAST_GUESSES = 10**9
"""Which whoever knows what passwords people choose would need; `guesses` lets through some dozens a day."""
LOOKED_AT = 72
"""Characters of which the library says how easily they are guessed; more make it no easier."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked of passwords."""

    shortest: int
    kinds: int = 0
    """Of capitals, small letters, digits and whatever else: so many at least."""
    lasts: timedelta | None = None
    history: int = 0
    """Passwords, the present one among them, of which none is taken again."""


POLICIES = {
    "asvs": Policy(shortest=12),
    "mlps": Policy(shortest=10, kinds=3, lasts=timedelta(days=90), history=5),
}
DEFAULT = "asvs"
KINDS = (
    (T("大写字母", "a capital letter"), str.isupper),
    (T("小写字母", "a small letter"), str.islower),
    (T("数字", "a digit"), str.isdigit),
    (T("其他符号", "another character"), lambda one: not (one.isdigit() or one.isupper() or one.islower())),
)


def policy(environment: Mapping[str, str] = os.environ) -> Policy:
    """That of this installation; ValueError for one that there is not."""
    given = environment.get(VARIABLE, "") or DEFAULT
    if given not in POLICIES:
        raise ValueError(f"{VARIABLE} is {given!r}; give {' or '.join(POLICIES)}")
    return POLICIES[given]


def hint() -> T:
    """What a page says of it, before anything is typed."""
    now = policy()
    zh, en = f"至少 {now.shortest} 个字符", f"At least {now.shortest} characters"
    if now.kinds:
        zh += f"，包含大写字母、小写字母、数字、其他符号中的 {now.kinds} 种"
        en += f", {now.kinds} kinds of capitals, small letters, digits and others"
    else:
        zh += "，可以是几个不相关的词"
        en += ", several words that have nothing to do with each other for instance"
    if now.lasts is not None:
        zh += f"；每 {now.lasts.days} 天更换一次"
        en += f"; replaced every {now.lasts.days} days"
    return T(zh, en)


def faults(password: str, own: Iterable[str] = ()) -> list[T]:
    """What is wrong with a password, all of it; `own`: what everyone knows of the account."""
    asked, found = policy(), []
    if len(password) < asked.shortest:
        found.append(
            T(
                f"至少 {asked.shortest} 个字符，现在是 {len(password)} 个",
                f"at least {asked.shortest} characters, and these are {len(password)}",
            )
        )
    if len(password) > LONGEST:
        return [T(f"至多 {LONGEST} 个字符", f"no more than {LONGEST} characters")]
    missing = [name for name, is_one in KINDS if not any(map(is_one, password))]
    if len(KINDS) - len(missing) < asked.kinds:
        found.append(
            T(
                f"须包含 {asked.kinds} 种字符，还缺{'、'.join(name.zh for name in missing)}",
                f"{asked.kinds} kinds of characters; it lacks {', '.join(name.en for name in missing)}",
            )
        )
    if password and _is_guessed(password, own):
        found.append(
            T(
                "过于常见或容易猜到（常用密码、键盘顺序、重复、日期，或含有本人账号），请换成几个不相关的词",
                "too common or easily guessed (a known password, keys in a row, repetition, a date, or the "
                "account's own name); take several words that have nothing to do with each other",
            )
        )
    return found


def _is_guessed(password: str, own: Iterable[str]) -> bool:
    parts = [part for text in own for part in (text, *text.split("@")[:1]) if part]
    return bool(zxcvbn(password[:LOOKED_AT], [*parts, *COMMON])["guesses"] < LEAST_GUESSES)


def errors(password: str, own: Iterable[str] = (), used: Iterable[str] = ()) -> dict[str, T]:
    """The same at the field `password`; `used`: hashes of those that are not taken again."""
    found = faults(password, own)
    if not found and any(_opens(hashed, password) for hashed in used):
        found = [used_before()]
    if not found:
        return {}
    return {"password": T("；".join(why.zh for why in found), "; ".join(why.en for why in found))}


def used_before() -> T:
    """That a password was used before."""
    most = policy().history
    return T(f"不能与最近 {most} 个密码相同", f"not one of the last {most} passwords")


def used_by(session: Session, user: User) -> list[str]:
    """Hashes of the passwords that the user may not take again."""
    most = policy().history
    if not most:
        return []
    query = select(FormerPassword.hash).where(FormerPassword.user_id == user.id)
    former = session.scalars(query.order_by(FormerPassword.id.desc()).limit(most - 1))
    return [hashed for hashed in (user.password, *former) if hashed]


def _opens(hashed: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, password)
    except VerificationError:
        return False


def replacing(session: Session, user: User, now: datetime) -> None:
    """Note that the user's password is about to be another: since when it is, and what it was."""
    most = policy().history
    if most and user.password:
        session.add(FormerPassword(user_id=user.id, hash=user.password, replaced_at=now))
        session.flush()
    kept = select(FormerPassword.id).where(FormerPassword.user_id == user.id)
    kept = kept.order_by(FormerPassword.id.desc()).limit(max(most - 1, 0))
    session.execute(
        delete(FormerPassword).where(FormerPassword.user_id == user.id, FormerPassword.id.not_in(kept))
    )
    user.password_set_at, user.password_due = now, None


def due(user: User, password: str, now: datetime) -> PasswordDue | None:
    """Why a password that opens has to be replaced; None where it may stay."""
    lasts = policy().lasts
    if lasts is not None and (user.password_set_at is None or now - user.password_set_at >= lasts):
        return PasswordDue.AGED
    return PasswordDue.UNFIT if faults(password, own_words(user)) else None


def own_words(user: User) -> tuple[str, ...]:
    """What everyone knows of an account."""
    return tuple(word for word in (user.email, user.mobile, user.name) if word)
