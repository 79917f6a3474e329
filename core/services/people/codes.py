"""Codes that show that an address is somebody's own: six digits, for ten minutes, tried five times."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil

from sqlalchemy import ColumnElement, delete, func, select, text

from core.domain import identifiers
from core.domain.clock import SHANGHAI
from core.domain.errors import DomainError, Invalid, MalformedError, Refused
from core.domain.folding import as_seen
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.base.work import Work
from core.services.messaging.writing import EMAIL, SMS, Recipient, notify
from core.storage.models import VerificationCode
from core.storage.models.accounts import CodePurpose
from core.storage.models.operations import MessageChannel

DIGITS = 6
VALID_MINUTES = 10
VALID = timedelta(minutes=VALID_MINUTES)
AGAIN_AFTER = timedelta(seconds=60)
MOST_ATTEMPTS = 5
KEPT = timedelta(days=7)
"""Addresses of people without an account are not kept longer."""
MOST_A_DAY = 10
"""Codes for one address and purpose: nobody's telephone is to be flooded, and no code to be guessed."""
COST = {"n": 2**14, "r": 8, "p": 1}
"""Slow enough that a million codes are not tried within the minutes in which one is good."""
WRONG = T("验证码不正确或已失效", "The code is wrong, or no longer valid")
ASK_AGAIN = T("请核对，或重新获取", "check it, or ask for another one")


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address, all in lower case, or a mobile number."""

    channel: MessageChannel
    value: str

    @property
    def by_email(self) -> bool:
        """Whether it is an e-mail address."""
        return self.channel == EMAIL


def read_address(given: str) -> Address:
    """What was typed, as an address; Invalid at `address`."""
    try:
        if "@" in as_seen(given):
            return Address(EMAIL, identifiers.email(given).lower())
        return Address(SMS, identifiers.mobile(given))
    except MalformedError as error:
        raise Invalid({"address": error.text}) from None


def issue(
    w: Work,
    purpose: CodePurpose,
    address: Address,
    *,
    language: str,
    user_id: int | None = None,
    instead: MessageEvent | None = None,
) -> None:
    """Send a code to the address, or the message `instead`; whoever asked sees no difference.

    Refused before a minute has passed since the last one, and beyond so many a day.
    """
    _one_at_a_time(w, address)
    w.session.execute(delete(VerificationCode).where(VerificationCode.created_at < w.now - KEPT))
    own = _of(purpose, address, user_id)
    last = w.session.scalar(select(func.max(VerificationCode.created_at)).where(*own))
    if last is not None and w.now < last + AGAIN_AFTER:
        wait = ceil((last + AGAIN_AFTER - w.now).total_seconds())
        raise Refused(
            T(f"请在 {wait} 秒后再获取验证码", f"ask for another code in {wait} seconds"), field="address"
        )
    today = VerificationCode.created_at >= datetime.combine(w.today, time(), SHANGHAI)
    if (w.session.scalar(select(func.count()).where(*own, today)) or 0) >= MOST_A_DAY:
        raise Refused(
            T("今天获取验证码的次数过多", "too many codes were sent there today"),
            field="address",
            mend=T("请明天再试，或联系系统管理员", "try again tomorrow, or ask the administrator"),
        )
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = VerificationCode(
        purpose=purpose,
        address=address.value,
        user_id=user_id,
        code_hash=_hash(code, address, w.now),
        created_at=w.now,
        expires_at=w.now + VALID,
    )
    w.session.add(row)
    w.session.flush()
    somebody = Recipient(address.channel, address.value, language, address.value)
    notify(
        w,
        instead or MessageEvent.ACCOUNT_CODE,
        key=f"code/{row.id}",
        to=somebody,
        secret="" if instead else code,
        values={"purpose": purpose.label, "minutes": VALID_MINUTES, "login": address.value},
    )


def spend(
    w: Work, purpose: CodePurpose, address: Address, code: str, *, user_id: int | None = None
) -> DomainError | None:
    """Use up the last code sent to the address; what stands against it is returned, so that it is counted."""
    _one_at_a_time(w, address)
    query = select(VerificationCode).where(*_of(purpose, address, user_id))
    newest = query.order_by(VerificationCode.created_at.desc(), VerificationCode.id.desc()).limit(1)
    row = w.session.scalar(newest.with_for_update().execution_options(populate_existing=True))
    if row is None or row.used_at is not None or w.now >= row.expires_at:
        return Refused(WRONG, field="code", mend=ASK_AGAIN)
    if row.attempts >= MOST_ATTEMPTS:
        return Refused(
            T("输错次数过多，验证码已作废", "The code was typed wrongly too often and is void"),
            field="code",
            mend=T("请重新获取", "ask for another one"),
        )
    given = "".join(unicodedata.normalize("NFKC", code).split())
    if not hmac.compare_digest(_hash(given, address, row.created_at), row.code_hash):
        row.attempts += 1
        return Refused(WRONG, field="code", mend=ASK_AGAIN)
    row.used_at = w.now
    return None


def _of(purpose: CodePurpose, address: Address, user_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return (
        VerificationCode.purpose == purpose,
        VerificationCode.address == address.value,
        VerificationCode.user_id.is_not_distinct_from(user_id),
    )


def _one_at_a_time(w: Work, address: Address) -> None:
    """Whoever asks for, or spends, a code of the same address waits for the other."""
    key = f"code/{address.value}"
    w.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def _hash(code: str, address: Address, at: datetime) -> str:
    salt = f"{address.value}/{at.timestamp()}".encode()
    return hashlib.scrypt(code.encode(), salt=salt, **COST, dklen=32).hex()
