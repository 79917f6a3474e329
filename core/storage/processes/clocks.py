"""The clock of a process against its database's: where they are too far apart, the process dates nothing.

Which of the two is wrong nobody can tell from here. What a day brings about, it brings about once both say
that the day has come.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.domain import clock
from core.domain.errors import Refused
from core.rules.text import T

BOUND = timedelta(minutes=5)
"""So far apart they may be; the check begins later after midnight than that."""
NONE = timedelta(0)

log = structlog.get_logger(__name__)


class Clocks:
    """How far this process's clock was ahead of its database's when they were last compared.

    Days that the demo is lived ahead do not count.
    """

    def __init__(self) -> None:
        self.ahead = NONE
        self._lock = threading.Lock()

    @property
    def apart(self) -> bool:
        """Whether they are further apart than the bound."""
        return abs(self.ahead) > BOUND

    def compare(self, execute: Callable[[str], Any]) -> bool:
        """Ask the database for its time, over one of its connections; whether the clocks agree.

        Said once when they no longer do, and once when they do again.
        """
        (there,) = execute("SELECT clock_timestamp()").fetchone()
        with self._lock:
            before, self.ahead = self.apart, clock.now() - clock.forward() - there
            if self.apart and not before:
                log.error("clock.off", seconds_ahead=round(self.ahead.total_seconds()))
            elif before and not self.apart:
                log.warning("clock.right")
            return not self.apart

    def hold(self, session: Session) -> None:
        """Refuse whatever would be dated by a clock that is off."""
        if self.compare(session.connection().exec_driver_sql):
            return
        minutes = round(abs(self.ahead).total_seconds() / 60)
        zh, en = ("快", "ahead of") if self.ahead > NONE else ("慢", "behind")
        raise Refused(
            T(
                f"服务器时钟比数据库{zh} {minutes} 分钟，暂不能办理",
                f"The server's clock is {minutes} minutes {en} the database's: nothing can be done for now",
            ),
            mend=T("请由系统管理员校准时钟后重试", "have the administrator set it right, and try again"),
        )
