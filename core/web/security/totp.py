"""Time-based codes that work once: the last counter is kept in the database."""

from __future__ import annotations

from typing import Any, cast

from flask_security.core import UserMixin
from flask_security.totp import Totp
from passlib.totp import TokenError

from core.domain.errors import TooMany
from core.services.people.users import take_code
from core.storage.models import User
from core.storage.models.accounts import GuessKind
from core.web.frame.bound import guessed
from core.web.frame.pipeline import complain, session


class OnceOnlyTotp(Totp):
    """Refuses a code that has been used, also when two requests bring it at once."""

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Whether the code is right and new, and was not guessed at too often."""
        person = cast(User, user)

        def check() -> bool:
            try:
                match: Any = self._totp.verify(
                    token, totp_secret, window=window, last_counter=person.tf_last_counter
                )
            except TokenError:
                return False
            data = session()
            fresh = take_code(data, person.id, match.counter)
            data.commit()
            data.refresh(person, ["tf_last_counter"])
            return fresh

        try:
            return guessed(GuessKind.FACTOR, check, person.id)
        except TooMany as refused:
            complain(refused)
            return False
