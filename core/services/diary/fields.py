"""The fields of a diary entry: read into typed values, every error at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.domain.errors import MalformedError
from core.domain.facts import service_functions
from core.domain.folding import repaired
from core.domain.identifiers import NOT_ACCEPTED, Accepted, enterprise_key, uscc
from core.domain.profile import read
from core.domain.supervision.enterprises import enterprise_keys
from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.phrases import FILL_IN, at_most_characters
from core.rules.terms import DateFact, EnumFact, Fact, FlagFact, Kind, NumberFact, TextFact
from core.rules.text import T
from core.services.base.words import unkept
from core.services.diary.served import read_served, several, unquoted
from core.services.supervision.status import Status
from core.storage.models.register import ServiceMode

MOST_HOURS = 24
MOST_ENTERPRISES = 2000
MOST_PARTICIPANTS = 1_000_000
LONGEST_TITLE = 200
LONGEST_SUMMARY = 4000
CENTS = Decimal("0.01")
MODES = (
    (ServiceMode.ONLINE.value, T("线上", "online")),
    (ServiceMode.OFFLINE.value, T("线下", "on site")),
    (ServiceMode.BOTH.value, T("线上线下结合", "online and on site")),
)

SERVICE_DATE = DateFact("service_date", Kind.DATE, T("服务日期", "Service date"))
TITLE = TextFact("title", Kind.TEXT, T("服务名称", "Service title"))
MODE = EnumFact("mode", Kind.ENUM, T("服务方式", "Mode of service"), choices=MODES)
HOURS = NumberFact("hours", Kind.DECIMAL, T("服务时长（小时）", "Hours of service"))
PARTICIPANTS = NumberFact("participants", Kind.INTEGER, T("参加人数", "Participants"))
SATISFACTION = NumberFact("satisfaction_pct", Kind.PERCENT, T("满意度（%）", "Satisfaction (%)"))
FEE = NumberFact("fee_cny", Kind.MONEY, T("收费（元）", "Fee (CNY)"))
BY_AUTHORITY = FlagFact("organized_by_authority", Kind.FLAG, T("主管部门组织", "Organised by the authority"))
PUBLIC_BENEFIT = FlagFact("public_benefit", Kind.FLAG, T("公益性服务", "Public-benefit service"))
CAMPAIGN = NumberFact("campaign_id", Kind.INTEGER, T("所属活动", "Part of campaign"))

SINGLE: tuple[Fact, ...] = (
    SERVICE_DATE,
    TITLE,
    MODE,
    HOURS,
    PARTICIPANTS,
    SATISFACTION,
    FEE,
    BY_AUTHORITY,
    PUBLIC_BENEFIT,
    CAMPAIGN,
)
KNOWN = frozenset(fact.name for fact in SINGLE) | {"function", "enterprises", "summary"}
NOT_TEXT = T("不是文字", "is not a text")


@dataclass(frozen=True, slots=True)
class Entry:
    """One service as the diary keeps it."""

    service_date: date
    title: str
    hours: Decimal
    function: str = ""
    mode: ServiceMode = ServiceMode.OFFLINE
    participants: int = 0
    enterprises: tuple[Mapping[str, str], ...] = ()
    enterprise_keys: tuple[str, ...] = ()
    satisfaction_pct: Decimal | None = None
    fee_cny: Decimal = Decimal(0)
    organized_by_authority: bool = False
    public_benefit: bool = False
    campaign_id: int | None = None
    summary: str = ""


def functions_of(loaded: LoadedProgram, rules: TrackRules) -> tuple[tuple[str, T], ...]:
    """The service functions that a record of the track may name, with their labels, in the text's order."""
    areas = loaded.program.service_areas or service_functions
    labels = {**dict(service_functions.choices), **dict(areas.choices)}
    keys = rules.procedure.functions or tuple(key for key, _ in areas.choices)
    return tuple((key, labels.get(key, T(key, key))) for key in keys)


def functions_under(status: Status) -> dict[str, T]:
    """The same for an accreditation, under its rules of today."""
    return dict(functions_of(status.w.program(status.accreditation.program), status.rules))


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of an entry, by field, and what is wrong with the rest."""

    values: Mapping[str, Any]
    errors: Mapping[str, T]

    def entry(self) -> Entry:
        """The whole entry, where nothing was wrong."""
        return Entry(**self.values)


def parse_entry(data: Mapping[str, object], accepted: Accepted = NOT_ACCEPTED) -> Reading:
    """Read every field that can be read; None and "" leave a field out.

    `accepted`: USCCs that are taken although their check digit does not fit.
    """
    errors: dict[str, T] = {
        name: T(f"没有名为 {name} 的字段", f"there is no field {name}") for name in data if name not in KNOWN
    }
    values: dict[str, Any] = {}
    for fact in SINGLE:
        given = data.get(fact.name)
        if given is None or given == "":
            continue
        try:
            values[fact.name] = read(fact, given)
        except MalformedError as error:
            errors[fact.name] = error.text
    for fact in (SERVICE_DATE, TITLE, HOURS):
        if fact.name not in values and fact.name not in errors:
            errors[fact.name] = FILL_IN
    _bounds(values, errors)
    values["enterprises"], values["enterprise_keys"] = _enterprises(data.get("enterprises"), errors, accepted)
    for name, longest in (("summary", LONGEST_SUMMARY), ("function", LONGEST_TITLE)):
        text = data.get(name) or ""
        why = unkept(text, name, longest=longest) if isinstance(text, str) else {name: NOT_TEXT}
        errors |= why
        if isinstance(text, str) and not why:
            values[name] = text.strip()
    if "mode" in values:
        values["mode"] = ServiceMode(values["mode"])
    return Reading(values, errors)


def _bounds(values: Mapping[str, object], errors: dict[str, T]) -> None:
    """What the readers of numbers and texts leave open."""
    hours = values.get("hours")
    if isinstance(hours, Decimal) and not 0 < hours <= MOST_HOURS:
        errors["hours"] = T(
            f"应大于 0 且不超过 {MOST_HOURS}（多日活动请按日分别登记）",
            f"give more than 0 and at most {MOST_HOURS}; record a longer event day by day",
        )
    for name in ("hours", "satisfaction_pct", "fee_cny"):
        number = values.get(name)
        if isinstance(number, Decimal) and number != number.quantize(CENTS) and name not in errors:
            errors[name] = T("至多两位小数", "give at most two decimals")
    participants = values.get("participants")
    if isinstance(participants, int) and participants > MOST_PARTICIPANTS:
        errors["participants"] = T("数字过大", "the number is too large")
    title = values.get("title")
    if isinstance(title, str) and len(title) > LONGEST_TITLE:
        errors["title"] = at_most_characters(LONGEST_TITLE)


def _enterprises(
    given: object, errors: dict[str, T], accepted: Accepted
) -> tuple[tuple[Mapping[str, str], ...], tuple[str, ...]]:
    """The served enterprises, each once, with their keys."""
    if given is None or given == "":
        return (), ()
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        errors["enterprises"] = T("应为企业列表", "give a list of enterprises")
        return (), ()
    if len(given) > MOST_ENTERPRISES:
        errors["enterprises"] = T(
            f"至多 {MOST_ENTERPRISES} 家", f"give at most {MOST_ENTERPRISES} enterprises"
        )
        return (), ()
    found: dict[str, Mapping[str, str]] = {}
    for number, item in enumerate(given, start=1):
        field = f"enterprises.{number}"
        name, code = read_served(item)
        name = repaired(name)
        if why := unkept(name, field, longest=LONGEST_TITLE):
            errors |= why
            continue
        if (doubt := several(name, code)) is not None:
            errors[field] = doubt
            continue
        name = unquoted(name)
        try:
            key = enterprise_key(name, code, accepted)
            found.setdefault(key, {"name": name, "uscc": uscc(code, accepted)} if code else {"name": name})
        except MalformedError as error:
            errors[field] = error.text
    return tuple(found.values()), tuple(sorted(enterprise_keys(found.values(), accepted)))
