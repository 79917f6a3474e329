"""Reads one accreditation's life for a replay: JSON events become happenings, every error named at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from core.domain.errors import Invalid, MalformedError
from core.domain.identifiers import ACCEPTED, Accepted, accepted_among
from core.domain.quantities import doubt
from core.domain.reading import (
    FIRST_DAY,
    FIRST_YEAR,
    LARGEST_NUMBER,
    LAST_DAY,
    LAST_YEAR,
    exact,
    iso_day,
    too_many_digits,
)
from core.domain.supervision.enterprises import enterprise_keys
from core.domain.supervision.replay import COUNTED, VERIFIED, Happening, HappeningKind, Record
from core.rules.obligations import FindingKind, ReportKind
from core.rules.text import T

STATUSES = (*COUNTED, "draft", "rejected")
MAX_HOURS = Decimal(24 * 31)


@dataclass(frozen=True, slots=True)
class LifeFile:
    """A parsed replay request."""

    program: str
    track: str
    party: str
    accredited_on: date
    check_until: date
    happenings: tuple[Happening, ...]
    doubts: Mapping[str, T]
    """What is taken as it stands and may be meant otherwise, by its path."""
    authority_events: tuple[date, ...] | None = None
    """When the authority held events that were open to the party; None where they went on throughout."""


class _Reader:
    """Collects errors and doubts by path while values are read."""

    def __init__(self, accepted: Accepted) -> None:
        self.accepted = accepted
        self.errors: dict[str, T] = {}
        self.doubts: dict[str, T] = {}

    def fail(self, path: str, value: object, zh: str, en: str) -> None:
        self.errors[path] = T(f"{path}：{value!r} {zh}", f"{path}: {value!r} {en}")

    def day(self, raw: Mapping[str, object], key: str, path: str) -> date:
        value = raw.get(key)
        try:
            found = iso_day(value)
        except MalformedError:
            self.fail(path, value, "不是日期，请写成 2024-05-31", "is no date; write it as 2024-05-31")
            return FIRST_DAY
        if not FIRST_DAY <= found <= LAST_DAY:
            self.fail(
                path,
                value,
                f"应在 {FIRST_DAY} 至 {LAST_DAY} 之间",
                f"must lie between {FIRST_DAY} and {LAST_DAY}",
            )
            return FIRST_DAY
        return found

    def number(
        self, raw: Mapping[str, object], key: str, path: str, *, high: Decimal | None = None
    ) -> Decimal:
        value = raw.get(key, 0)
        number = exact(value)
        if (
            number is None
            or not number.is_finite()
            or not 0 <= number <= (LARGEST_NUMBER if high is None else high)
            or too_many_digits(number)
        ):
            top = f"，且不大于 {high}" if high is not None else ""
            top_en = f" and at most {high}" if high is not None else ""
            self.fail(path, value, f"应为不小于 0 的数{top}", f"must be a number of 0 or more{top_en}")
            return Decimal(0)
        return number

    def percentage(self, raw: Mapping[str, object], key: str, path: str) -> Decimal | None:
        if raw.get(key) is None:
            return None
        found = self.number(raw, key, path, high=Decimal(100))
        why = doubt(found)
        if why is not None:
            self.doubts[path] = why
        return found

    def flag(self, raw: Mapping[str, object], key: str, path: str, *, default: bool = False) -> bool:
        value = raw.get(key, default)
        if not isinstance(value, bool):
            self.fail(path, value, "应为 true 或 false", "must be true or false")
            return default
        return value

    def clause(self, raw: Mapping[str, object], path: str) -> str | None:
        value = raw.get("clause")
        if value is not None and not isinstance(value, str):
            self.fail(f"{path}.clause", value, "应为条款号", "must be the number of a clause")
            return None
        return value

    def enterprises(self, names: object, path: str) -> frozenset[str]:
        if not isinstance(names, list) or not all(isinstance(item, str | Mapping) for item in names):
            self.fail(path, names, "应为企业名称的列表", "must be a list of enterprise names")
            return frozenset()
        try:
            return enterprise_keys(names, self.accepted)
        except MalformedError as error:
            self.errors[path] = T(f"{path}：{error.text.zh}", f"{path}: {error.text.en}")
            return frozenset()

    def text(self, raw: Mapping[str, object], key: str, path: str) -> str:
        value = raw.get(key)
        if not isinstance(value, str) or not value:
            self.fail(path, value, "应为文字", "must be a text")
            return ""
        return value


def parse_life(raw: object) -> LifeFile:
    """The replay request of a JSON object; Invalid names every field that cannot be read."""
    if not isinstance(raw, Mapping):
        raise Invalid({"": T("应为 JSON 对象", "must be a JSON object")})
    try:
        reader = _Reader(accepted_among(raw.get(ACCEPTED)))
    except MalformedError as error:
        raise Invalid(
            {ACCEPTED: T(f"{ACCEPTED}：{error.text.zh}", f"{ACCEPTED}: {error.text.en}")}
        ) from error
    program, track = reader.text(raw, "program", "program"), reader.text(raw, "track", "track")
    accredited = reader.day(raw, "accredited_on", "accredited_on")
    until = reader.day(raw, "check_until", "check_until")
    events = raw.get("events", [])
    happenings: list[Happening] = []
    if not isinstance(events, list):
        reader.fail("events", events, "应为列表", "must be a list")
    else:
        for number, event in enumerate(events):
            happening = _happening(reader, event, f"events[{number}]")
            if happening is not None:
                happenings.append(happening)
    held = _events_held(reader, raw)
    if reader.errors:
        raise Invalid(reader.errors)
    party = str(raw.get("party", ""))
    return LifeFile(program, track, party, accredited, until, tuple(happenings), reader.doubts, held)


def _events_held(reader: _Reader, raw: Mapping[str, object]) -> tuple[date, ...] | None:
    given = raw.get("authority_events")
    if given is None:
        return None
    if not isinstance(given, list):
        reader.fail("authority_events", given, "应为日期的列表", "must be a list of dates")
        return None
    days = {f"authority_events[{number}]": day for number, day in enumerate(given)}
    return tuple(reader.day(days, path, path) for path in days)


def _happening(reader: _Reader, raw: object, path: str) -> Happening | None:
    if not isinstance(raw, Mapping):
        reader.fail(path, raw, "应为 JSON 对象", "must be a JSON object")
        return None
    given = raw.get("type")
    if given not in list(HappeningKind):
        known = ", ".join(HappeningKind)
        reader.fail(
            f"{path}.type", given, f"不是事件类型，可用：{known}", f"is no event type; use one of {known}"
        )
        return None
    kind = HappeningKind(str(given))
    return Happening(reader.day(raw, "date", f"{path}.date"), kind, _fields(kind, reader, raw, path))


def _fields(kind: HappeningKind, reader: _Reader, raw: Mapping[str, object], path: str) -> dict[str, object]:
    match kind:
        case HappeningKind.SERVICE:
            return _service(reader, raw, path)
        case HappeningKind.ANNUAL_REPORT:
            return _report(reader, raw, path)
        case HappeningKind.COMPLAINT:
            return {"verified": reader.flag(raw, "verified", f"{path}.verified")} | _opened(reader, raw, path)
        case HappeningKind.FINDING:
            return _finding(reader, raw, path)
        case HappeningKind.RECTIFICATION_RESULT:
            return {"ok": reader.flag(raw, "ok", f"{path}.ok"), "clause": reader.clause(raw, path)}
        case HappeningKind.ORDER_ANSWER:
            return {"clause": reader.clause(raw, path)}
        case HappeningKind.REPORT_RETURNED:
            return _returned(reader, raw, path)
        case HappeningKind.WITHDRAWAL | HappeningKind.RENEWAL | HappeningKind.JUSTIFIED_ABSENCE:
            return {}
        case _:
            assert_never(kind)


def _service(reader: _Reader, raw: Mapping[str, object], path: str) -> dict[str, object]:
    status = raw.get("status", "submitted")
    if status not in STATUSES:
        known = ", ".join(STATUSES)
        reader.fail(
            f"{path}.status",
            status,
            f"不是记录状态，可用：{known}",
            f"is no record status; use one of {known}",
        )
    record = Record(
        reader.day(raw, "date", f"{path}.date"),
        reader.number(raw, "hours", f"{path}.hours", high=MAX_HOURS),
        reader.enterprises(raw.get("enterprises", []), f"{path}.enterprises"),
        status in COUNTED,
        status == VERIFIED,
        reader.percentage(raw, "satisfaction_pct", f"{path}.satisfaction_pct"),
        reader.number(raw, "fee_cny", f"{path}.fee_cny"),
        reader.flag(raw, "organized_by_authority", f"{path}.organized_by_authority"),
        reader.flag(raw, "public_benefit", f"{path}.public_benefit"),
    )
    return {"record": record}


def _report(reader: _Reader, raw: Mapping[str, object], path: str) -> dict[str, object]:
    year, kind = raw.get("year"), raw.get("kind", ReportKind.REPORT.value)
    if kind not in list(ReportKind):
        known = ", ".join(ReportKind)
        reader.fail(f"{path}.kind", kind, f"应为其一：{known}", f"must be one of {known}")
    if year is None:
        return {"kind": kind}
    if not isinstance(year, int) or isinstance(year, bool) or not FIRST_YEAR <= year <= LAST_YEAR:
        reader.fail(f"{path}.year", year, "应为年份", "must be a year")
    return {"year": year, "kind": kind}


def _returned(reader: _Reader, raw: Mapping[str, object], path: str) -> dict[str, object]:
    """The report that is returned; an event has to say which year's."""
    if raw.get("year") is None:
        reader.fail(f"{path}.year", None, "应为年份", "must be a year")
    return _report(reader, raw, path)


def _opened(reader: _Reader, raw: Mapping[str, object], path: str) -> dict[str, object]:
    """When it came up, where that was before the day on which it was found true."""
    if raw.get("opened_on") is None:
        return {}
    opened = reader.day(raw, "opened_on", f"{path}.opened_on")
    if opened > reader.day(raw, "date", f"{path}.date"):
        value = raw["opened_on"]
        reader.fail(f"{path}.opened_on", value, "不应晚于 date", "must not be later than date")
    return {"opened_on": opened}


def _finding(reader: _Reader, raw: Mapping[str, object], path: str) -> dict[str, object]:
    kind = raw.get("kind")
    if kind not in list(FindingKind):
        known = ", ".join(FindingKind)
        reader.fail(
            f"{path}.kind",
            kind,
            f"不是查实事项的类型，可用：{known}",
            f"is no kind of finding; use one of {known}",
        )
    return {"kind": kind} | _opened(reader, raw, path)
