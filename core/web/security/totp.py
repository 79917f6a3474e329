"""Time-based codes that work once: the last counter is kept in the database."""

from __future__ import annotations

from typing import Any

from flask_security.totp import Totp
from passlib.totp import TokenError
from sqlalchemy import or_, update

from core.storage.models import User
from core.web.pipeline import session


class OnceOnlyTotp(Totp):  # type: ignore[misc]  # the library publishes no types for it
    """Refuses a code that has been used, also when two requests bring it at once."""

    def verify_totp(self, token: str, totp_secret: str, user: User, window: int = 0) -> bool:
        """Whether the code is right and new."""
        try:
            match: Any = self._totp.verify(
                token, totp_secret, window=window, last_counter=user.tf_last_counter
            )
        except TokenError:
            return False
        data = session()
        taken = data.execute(
            update(User)
            .where(
                User.id == user.id, or_(User.tf_last_counter.is_(None), User.tf_last_counter < match.counter)
            )
            .values(tf_last_counter=match.counter)
            .execution_options(synchronize_session=False)
        )
        data.commit()
        data.refresh(user, ["tf_last_counter"])
        return bool(taken.rowcount)
