"""What must hold of parties that were registered twice: mergers, pointers and marks tell one story."""

from __future__ import annotations

from core.rules.text import T
from core.storage.verify.check import Check

PARTIES = (
    Check(
        "party.merged",
        "party",
        T("显示在别的主体之下，与主体合并的记录不符", "is shown under another party than its mergers tell"),
        """
        WITH RECURSIVE up AS (
            SELECT merged_id AS id, kept_id AS kept, 1 AS step FROM merger WHERE undone_at IS NULL
            UNION ALL
            SELECT up.id, m.kept_id, up.step + 1 FROM up
            JOIN merger m ON m.merged_id = up.kept AND m.undone_at IS NULL WHERE up.step < 1000
        ), last AS (SELECT DISTINCT ON (id) id, kept FROM up ORDER BY id, step DESC)
        SELECT p.id FROM party p LEFT JOIN last l ON l.id = p.id
        WHERE p.merged_into_id IS DISTINCT FROM l.kept""",
    ),
    Check(
        "party.not_same",
        "not_same",
        T(
            "标注为不同主体的 {one} 和 {other} 已合并",
            "says that {one} and {other} are two parties, which were merged",
        ),
        """
        SELECT n.id, n.one_id AS one, n.other_id AS other FROM not_same n
        JOIN party a ON a.id = n.one_id JOIN party b ON b.id = n.other_id
        WHERE n.taken_back_at IS NULL
        AND coalesce(a.merged_into_id, a.id) = coalesce(b.merged_into_id, b.id)""",
    ),
)
