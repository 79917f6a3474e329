"""Checks that need more than SQL: the audit chain, numbers by their pattern, keys by their rule, files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.domain.calendar import CalendarUnknownError, WorkingCalendar
from core.domain.clock import local_date
from core.domain.errors import MalformedError
from core.domain.folding import folded, number_key
from core.domain.identifiers import AS_KEPT
from core.domain.names.order import HAN, sort_key
from core.domain.supervision.enterprises import enterprise_keys
from core.domain.supervision.hearing import OBJECTION_WORKING_DAYS, last_day_known_late
from core.hooks.catalogue import Catalogue
from core.rules.text import T
from core.storage.files import FileStore
from core.storage.models import Base
from core.storage.search import name_grams
from core.storage.trail.chain import broken_links
from core.storage.trail.ends import broken_ends
from core.storage.trail.sealing import unsealed
from core.storage.verify.check import Fault

BATCH = 1000

NUMBERS = "SELECT id, program, track, number, year, sequence FROM accreditation"

# These two only pick candidates, by what SQL can tell of the rule; the rule itself then decides.
CANDIDATES_BY_KEYS = r"""
SELECT s.id, s.enterprises, s.enterprise_keys FROM service_record s CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT key ORDER BY key), '{}') AS keys FROM (
        SELECT (CASE WHEN coalesce(e->>'uscc', '') <> '' THEN 'uscc:' || upper(e->>'uscc')
            ELSE 'name:' || accredit_folded(e->>'name') END) COLLATE "C" AS key
        FROM jsonb_array_elements(s.enterprises) e
        UNION ALL
        SELECT ('also:' || accredit_folded(e->>'name')) COLLATE "C"
        FROM jsonb_array_elements(s.enterprises) e
        WHERE coalesce(e->>'uscc', '') <> '' AND accredit_folded(e->>'name') <> ''
    ) k
) expected
WHERE expected.keys <> ARRAY(SELECT DISTINCT k COLLATE "C" FROM unnest(s.enterprise_keys) k ORDER BY 1)
"""
CANDIDATES_BY_NAME = r"""
SELECT p.id, p.name, p.folded_name, p.name_grams, p.sort_name FROM party p CROSS JOIN LATERAL (
    SELECT accredit_folded(p.name) AS plain
) n
WHERE p.folded_name <> n.plain OR p.sort_name = ''
OR regexp_replace(p.sort_name, :others, '', 'g') <> regexp_replace(n.plain, :others, '', 'g')
OR cardinality(p.name_grams) = 0 OR NOT p.name_grams @> (
    SELECT coalesce(array_agg(substr(n.plain, i, 2)), '{}') FROM generate_series(1, length(n.plain) - 1) i
)
"""

CANDIDATES_BY_USER = r"""
SELECT id, name, sort_name FROM app_user WHERE (sort_name = '') <> (name = '')
OR regexp_replace(sort_name, :others, '', 'g') <> regexp_replace(accredit_folded(name), :others, '', 'g')
"""
CANDIDATES_BY_FORMER_NAME = """
SELECT id, value, folded, grams FROM former_value
WHERE field = 'name' AND (folded <> accredit_folded(value) OR cardinality(grams) = 0)
"""

# A table from which statuses were taken in has its size nowhere.
FILES = """
SELECT 'material_file' AS name, id, sha256, size FROM material_file
UNION ALL SELECT 'attachment', id, sha256, size FROM attachment
UNION ALL SELECT 'filing_file', id, sha256, size FROM filing_file
UNION ALL SELECT 'redaction', id, sha256, size FROM redaction
UNION ALL SELECT 'redaction', id, copy_sha256, copy_size FROM redaction
UNION ALL SELECT 'taken_in', id, sha256, NULL FROM taken_in
UNION ALL SELECT 'taken_in', id, years_sha256, NULL FROM taken_in WHERE years_sha256 IS NOT NULL
ORDER BY sha256, name DESC, id
"""

LATER = "SELECT id FROM audit_event WHERE (at AT TIME ZONE 'Asia/Shanghai')::date > :today"
HOLIDAYS = "SELECT day, working, known_on FROM holiday_day"
OPEN_ORDERS = """
SELECT r.id, r.deadline, r.answered_on, a.next_due_on
FROM rectification r JOIN accreditation a ON a.id = r.accreditation_id
WHERE r.state = 'open' AND a.state IN ('active', 'rectifying') AND a.next_due_on IS NOT NULL
"""
UNDATED = """
SELECT c.id, c.told_on, (
    SELECT s.value FROM setting_override s
    WHERE s.kind = 'operation' AND s.name = 'objection_working_days' AND s.effective_on <= c.told_on
    ORDER BY s.effective_on DESC LIMIT 1
) AS days
FROM exit_case c WHERE c.told_on IS NOT NULL AND c.objection_until IS NULL
AND c.state IN ('proposed', 'objected', 'held', 'confirmed_once')
"""

TRAIL = "SELECT EXISTS (SELECT FROM audit_event) OR EXISTS (SELECT FROM audit_end)"


def rows(session: Session, query: str, values: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """The rows of a query, a batch at a time."""
    statement = text(query).execution_options(yield_per=BATCH)
    return iter(session.connection().execute(statement, values or {}))


def day_of(session: Session) -> date:
    """The database's day in Asia/Shanghai."""
    return local_date(session.scalars(select(func.now())).one())


def trail(session: Session, today: date, keys: Collection[str]) -> Iterator[Fault]:
    """The audit chain, and what in it is yet to come.

    `keys` are the public keys that may have signed the ends of parts that were put away.
    """
    parts = {
        "audit.end": broken_ends(session, keys),
        "audit.chain": broken_links(session),
        "audit.unsealed": unsealed(session),
    }
    for check, found in parts.items():
        for table, number, message in found:
            yield Fault(check, table, str(number), message)
    yield from _emptied(session)
    for row in rows(session, LATER, {"today": today}):
        message = T("留痕的时间尚未到来", "is recorded on a day yet to come")
        yield Fault("audit.future", "audit_event", str(row.id), message)


def _emptied(session: Session) -> Iterator[Fault]:
    """A register with data, of which no trail tells."""
    if session.scalar(text(TRAIL)):
        return
    audited = (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.audited)
    for table in sorted(entity.__tablename__ for entity in audited):
        if session.scalar(text(f"SELECT EXISTS (SELECT FROM {table})")):  # noqa: S608  # the models' own names
            message = T("有数据，却没有任何操作记录", "has rows, and the audit trail is empty")
            yield Fault("audit.empty", table, "*", message)


def hearings(session: Session, today: date) -> Iterator[Fault]:
    """Exit cases whose last day to object is left open, though the holiday tables tell it."""
    calendar = _calendar(session)
    for row in rows(session, UNDATED):
        number = int(Decimal(row.days)) if row.days is not None else OBJECTION_WORKING_DAYS
        try:
            until = last_day_known_late(calendar, row.told_on, number, today)
        except CalendarUnknownError:
            continue
        message = T(
            f"异议截止日未定，而放假安排已有：应为 {until}",
            f"has no last day to object, though the holiday table tells it: {until}",
        )
        yield Fault("exit.undated", "exit_case", str(row.id), message)


def orders(session: Session, today: date) -> Iterator[Fault]:
    """Open orders without an answer that nobody will look at once their last day is over."""
    calendar = _calendar(session)
    for row in rows(session, OPEN_ORDERS):
        follows = calendar.follows(row.deadline)
        answered = row.answered_on is not None and not calendar.is_over(row.deadline, row.answered_on)
        if follows is None or follows < today or answered or row.next_due_on <= follows:
            continue
        message = T(
            f"整改期限 {row.deadline} 届满后（{follows} 起）不会再被检查",
            f"will not be looked at once its deadline, {row.deadline}, is over (from {follows} on)",
        )
        yield Fault("order.due", "rectification", str(row.id), message)


def _calendar(session: Session) -> WorkingCalendar:
    days = list(rows(session, HOLIDAYS))
    late = {row.day.year: row.known_on for row in days if row.known_on is not None}
    return WorkingCalendar(
        {row.day: row.working for row in days}, frozenset(row.day.year for row in days), late
    )


def numbers(session: Session, known: Catalogue) -> Iterator[Fault]:
    """Certificate numbers that their track's pattern does not make, and tracks that are not loaded."""
    patterns = {(p.program.id, track.id): track.number_pattern for p, track in known.tracks()}
    for row in rows(session, NUMBERS):
        pattern = patterns.get((row.program, row.track))
        if pattern is None:
            name = f"{row.program}/{row.track}"
            message = T(f"{name} 未加载，不受监督", f"{name} is not loaded: nothing supervises it")
            yield Fault("accreditation.program", "accreditation", str(row.id), message)
        elif row.sequence is None:
            continue  # of an older series
        elif not _same(due := pattern.format(year=row.year, sequence=row.sequence), row.number):
            message = T(f"编号 {row.number} 应为 {due}", f"is numbered {row.number}; its pattern gives {due}")
            yield Fault("number.pattern", "accreditation", str(row.id), message)


def _same(due: str, number: str) -> bool:
    """Whether a number is the one that is due, though the table that it came from may write it otherwise."""
    return due == number or number_key(due) == number_key(number)


def keys(session: Session) -> Iterator[Fault]:
    """Service records counted by other enterprises than they name, and parties not found by name."""
    for row in rows(session, CANDIDATES_BY_KEYS):
        if set(row.enterprise_keys) != _keys_of(row.enterprises):
            message = T("服务企业与计数标识不符", "names other enterprises than it is counted by")
            yield Fault("record.enterprises", "service_record", str(row.id), message)
    for row in rows(session, CANDIDATES_BY_NAME, {"others": f"[^{HAN}]"}):
        if row.folded_name != folded(row.name) or set(row.name_grams) != set(name_grams(row.name)):
            message = T("按名称检索不到", "is not found by its name")
            yield Fault("party.search", "party", str(row.id), message)
        elif row.sort_name != sort_key(row.name):
            message = T("未按名称的读音排序", "is not sorted by how its name is read")
            yield Fault("party.order", "party", str(row.id), message)
    for row in rows(session, CANDIDATES_BY_USER, {"others": f"[^{HAN}]"}):
        if row.sort_name != sort_key(row.name):
            message = T("未按姓名的读音排序", "is not sorted by how the name is read")
            yield Fault("user.order", "app_user", str(row.id), message)
    for row in rows(session, CANDIDATES_BY_FORMER_NAME):
        if row.folded != folded(row.value) or set(row.grams) != set(name_grams(row.value)):
            message = T("按原名称检索不到", "is not found by its former name")
            yield Fault("party.former", "former_value", str(row.id), message)


def _keys_of(enterprises: list[Any]) -> set[str] | None:
    try:
        return set(enterprise_keys(enterprises, AS_KEPT))
    except MalformedError:
        return None


def files(session: Session, store: FileStore) -> Iterator[Fault]:
    """Documents whose bytes are gone, or are not those that were handed in."""
    last, intact, size = "", False, 0
    for row in rows(session, FILES):
        if row.sha256 != last:
            last, intact = row.sha256, store.intact(row.sha256)
            size = store.path(last).stat().st_size if intact else 0
        if not intact:
            message = T("文件缺失或内容已变", "its file is missing or was changed")
            yield Fault("material.file", row.name, str(row.id), message)
        elif row.size not in (None, size):
            message = T(
                f"记录 {row.size} 字节，实为 {size}", f"is said to have {row.size} bytes, and has {size}"
            )
            yield Fault("material.size", row.name, str(row.id), message)
