"""What must hold of accounts: duties that are kept apart do not meet in one of them."""

from __future__ import annotations

from core.rules.text import T
from core.storage.verify.check import Check

ACCOUNTS = (
    Check(
        "grant.two_duties",
        "app_user",
        T(
            "同一日兼任 {one} 和 {other}，系统管理、认定办理和审计不得兼任；只有先授予的有效，请收回另一类",
            "is {one} and {other} on the same day; administration, decision and audit are kept apart, and "
            "only the one granted first can be used: take the other away",
        ),
        """
        SELECT DISTINCT ON (a.user_id) a.user_id AS id, a.role AS one, b.role AS other
        FROM role_grant a JOIN role_grant b ON b.user_id = a.user_id AND b.id > a.id
        AND accredit_duty(a.role) <> accredit_duty(b.role)
        AND daterange(a.starts_on, a.ends_on) && daterange(b.starts_on, b.ends_on)
        WHERE coalesce(least(a.ends_on, b.ends_on), 'infinity') > CAST(:today AS date)
        ORDER BY a.user_id, a.id, b.id""",
    ),
)
