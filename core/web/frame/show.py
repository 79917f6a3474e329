"""How values are written on a page: in the reader's language, dates in Asia/Shanghai, data marked as data."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, assert_never

from flask import Flask, current_app, g
from markupsafe import Markup, escape

from core.domain.calendar import WorkingCalendar
from core.domain.clock import SHANGHAI, forward, now, today
from core.domain.identifiers import mask_id_number, mask_mobile, masked_within
from core.domain.identifiers.telephones import mask_telephones
from core.hooks.catalogue import catalogue
from core.rules import clauses
from core.rules.evaluate import NEVER
from core.rules.obligations import FindingKind
from core.rules.phrases import NEVER_SO_FAR, NO, YES
from core.rules.sentence import counted, plain, quantity
from core.rules.terms import Fact, Kind
from core.rules.text import T
from core.services.base import regions
from core.services.base.evidence import evidence_text
from core.services.base.work import REPLY_TO, SYSTEM, Work
from core.services.settings import authority
from core.services.settings.values import OPERATIONS, REPLY_TO_TITLE
from core.services.supervision.last_days import last_day, moves
from core.storage.models import Accreditation, SettingOverride
from core.storage.models.operations import SettingKind
from core.web.frame.bound import db
from core.web.frame.labels import parameter_label, parameter_unit, tone_of
from core.web.frame.language import language, t, tr

NOTHING = "—"
KILOBYTE = 1024
FEW, MOMENT_LENGTH, NUMBER_LENGTH = 6, 16, 20
STORED_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")
ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
NUMBERED = re.compile(r"[A-Z]+(-[A-Z0-9]+)+")
JOBS = {
    "daily_check": T("每日检查", "Daily check"),
    "verify": T("数据核验", "Check of the data"),
    "issue_decisions": T("发出决定", "Issuing decisions"),
    "send_outbox": T("发送消息", "Sending messages"),
    "clear_exports": T("清理导出文件", "Clearing away downloads"),
    "clear_entry": T("清理登录记录", "Clearing away records of logins"),
    "digest": T("待办汇总", "Digests"),
    "mail_anchor": T("发送操作记录存证", "Anchors of the trail, by mail"),
    "demo": T("示例数据", "Demo data"),
    "backup": T("备份", "Backup"),
    "restore": T("从备份恢复", "Restored from a backup"),
    "retry_stalled": T("接管中断的任务", "Taking over stalled jobs"),
}


def data(text: object) -> Markup:
    """Text that came from people or files: it stays as it is in every language."""
    return Markup('<span translate="no">{}</span>').format(text)


def show(value: Any) -> str | Markup:  # one line a type
    """Any value as a reader expects it."""
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, T):
        return tr(value)
    if isinstance(value, Enum):
        member: Any = value
        return tr(member.label)
    if isinstance(value, bool):
        return tr(YES if value else NO)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value, ",")
    if isinstance(value, list | tuple | set | frozenset):
        return escape(t("、", ", ")).join(escape(show(item)) for item in value)
    if isinstance(value, int | float | Markup):
        return value if isinstance(value, Markup) else str(value)
    return data(value)


def span(first: object, last: object) -> Markup:
    """A span of days or moments, each of which stays on one line."""
    return Markup('<span class="nowrap">{}</span> {} <span class="nowrap">{}</span>').format(
        show(first), t("至", "to"), show(last)
    )


def unbroken(text: str | Markup) -> Markup:
    """A text whose days and moments stay on one line each: a browser breaks them at their hyphens."""
    return Markup(ISO_MOMENT.sub(r'<span class="nowrap">\g<0></span>', str(escape(text))))  # noqa: S704  # escaped


def badge(value: Enum | None) -> Markup | str:
    """A state as a coloured word."""
    if value is None:
        return NOTHING
    return Markup('<span class="badge bg-{0}-lt text-{0}-lt-fg">{1}</span>').format(
        tone_of(value), show(value)
    )


def fact_value(fact: Fact | None, value: Any, *, whole: bool = False) -> str | Markup:
    """A fact's JSON value with its unit and choices in words; identifiers are masked unless `whole`."""
    if value is None:
        return t("未知", "unknown")
    if fact is None:
        return data(value)
    if isinstance(value, bool):
        return show(value)
    labels = dict(fact.choices)
    if isinstance(value, list):
        return (
            t("、", ", ").join(tr(labels[item]) if item in labels else str(item) for item in value) or NOTHING
        )
    if fact.choices and str(value) in labels:
        return tr(labels[str(value)])
    match fact.kind:
        case Kind.ID_NUMBER:
            return data(value if whole else mask_id_number(str(value)))
        case Kind.MOBILE:
            return data(value if whole else mask_mobile(str(value)))
        case Kind.DATE_OR_NEVER:
            return tr(NEVER_SO_FAR) if value == NEVER else data(value)
        case Kind.REGION:
            return region_name(str(value))
        case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY | Kind.PERCENT:
            return tr(quantity(fact, Decimal(str(value))))
        case Kind.FLAG | Kind.DATE | Kind.ENUM | Kind.LEVEL | Kind.SET:
            return data(value)
        case Kind.TEXT | Kind.USCC | Kind.EMAIL:
            return data(value)
        case _:
            assert_never(fact.kind)


def clause_name(clause: str) -> T | str:
    """A clause's id; in words where the text has no number for it."""
    named = clauses.clause_name(clause)
    return clause if named.zh == clause else named


def job_title(job: str) -> T | str:
    """A job's title; its id where there is none."""
    return JOBS.get(job, job)


def program_title(program_id: str | None) -> str:
    """A programme's title; its id where the plugin is gone."""
    known = catalogue().programs
    if program_id is None:
        return t("全部项目", "All programmes")
    return tr(known[program_id].program.title) if program_id in known else program_id


def track_title(program_id: str, track_id: str) -> str:
    """A track's title; its id where the plugin is gone."""
    loaded = catalogue().programs.get(program_id)
    for track in loaded.program.tracks if loaded else ():
        if track.id == track_id:
            return tr(track.title)
    return track_id


def target_title(item: Accreditation, target: str) -> str | Markup:
    """What a body was nominated for; the target's id where the text no longer names it."""
    loaded = catalogue().programs.get(item.program)
    if loaded is not None and (item.track, item.edition) in loaded.rules:
        for _clause, name, title in loaded.track_rules(item.track, item.edition).procedure.nomination:
            if name == target:
                return tr(title)
    return data(target)


def edition_title(program_id: str, edition_id: str) -> str:
    """The title of an issue of a text; its id where the plugin is gone."""
    loaded = catalogue().programs.get(program_id)
    for edition in loaded.program.editions if loaded else ():
        if edition.id == edition_id:
            return tr(edition.title)
    return edition_id


def region_name(code: str | None) -> str | Markup:
    """A division's name; its code where it is not in the table."""
    if not code:
        return t("全国", "Whole country")
    named = _region(code)
    if named is None:
        return data(code)
    zh, en = named
    return data(en if language() == "en" and en else zh)


def place(code: str | None) -> str | Markup:
    """A division with those above it, as an address begins."""
    return data(place_name(code)) if code else region_name(code)


def place_name(code: str) -> str:
    """The same as plain text; the code where it is not in the table."""
    line = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    names = [_region(step) for step in line]
    if names[-1] is None:
        return code
    known = [name for name in names if name is not None]
    if language() == "en":
        return ", ".join(en or zh for zh, en in reversed(known))
    return "".join(zh for zh, _en in known)


def is_place(code: str) -> bool:
    """Whether the table has a division of that code."""
    return _region(code) is not None


def _region(code: str) -> tuple[str, str] | None:
    """The names of a division. The table is read once a process, and again by the one that adds to it."""
    names: dict[str, tuple[str, str]] | None = current_app.extensions.get("region_names")
    if names is None:
        names = current_app.extensions["region_names"] = regions.names(db.session())
    return names.get(code)


def forget_regions() -> None:
    """Have the table of divisions read anew; other processes do so when they start."""
    current_app.extensions.pop("region_names", None)


_TEXTS = {REPLY_TO: REPLY_TO_TITLE, **authority.TITLES}
"""Settings that are a text of a programme's own."""


def setting_title(row: SettingOverride) -> str:
    """What a setting is about, as the page of all settings names it."""
    match row.kind:
        case SettingKind.OPERATION:
            return tr(_TEXTS.get(row.name) or OPERATIONS[row.name])
        case SettingKind.PARAMETER:
            return tr(parameter_label(row.name))
        case SettingKind.INTERPRETATION:
            loaded = catalogue().programs.get(row.program)
            readings = loaded.interpretations if loaded is not None else ()
            return tr(
                next((item.question for item in readings if item.id == row.name), T(row.name, row.name))
            )
        case _:
            assert_never(row.kind)


def finding_kind(kind: str) -> str:
    """A finding's kind in words."""
    return tr(FindingKind(kind).label)


def short(text: str, few: int = FEW) -> bool:
    """Whether a cell's text stays on one line: a few characters, a number, a date, a code."""
    plain_text = text.striptags() if isinstance(text, Markup) else text
    if len(plain_text) <= few or (plain_text[:1].isdigit() and len(plain_text) <= MOMENT_LENGTH):
        return True
    return len(plain_text) <= NUMBER_LENGTH and NUMBERED.fullmatch(plain_text) is not None


def amount(text: str) -> str:
    """A number that is kept as text, with its groups told apart."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdigit() else text


def parameter_value(name: str, value: str) -> str:
    """A parameter's number with what it counts."""
    return tr(counted(amount(value), parameter_unit(name)))


def file_size(size: int) -> str:
    """The size of a file in a few digits."""
    if size < KILOBYTE:
        return t(f"{size} 字节", f"{size} bytes")
    if size < KILOBYTE**2:
        return f"{size / KILOBYTE:.0f} KB"
    return f"{size / KILOBYTE**2:.1f}".removesuffix(".0") + " MB"


def days_left(day: date) -> int:
    """Days from today to the day."""
    return (day - current_day()).days


def calendar() -> WorkingCalendar:
    """The holiday table, read once a request."""
    if "calendar" not in g:
        g.calendar = Work(db.session(), SYSTEM, now()).calendar
    table: WorkingCalendar = g.calendar
    return table


def until(named: date) -> Markup:
    """The last day of a period in which somebody must act, and the one that it moves to where it is off."""
    more = moves(calendar(), named, lambda day, _: day.isoformat())
    shown = Markup('<span class="nowrap">{}</span>').format(show(named))
    if not more.zh:
        return shown
    return shown + Markup('<span class="hint">{}{}</span>').format(tr(T("，", ", ")), unbroken(tr(more)))


def days_to_act(named: date) -> int:
    """Days from today to the last day of a period in which somebody must act, moved where it is off."""
    return days_left(last_day(calendar(), named))


def current_day() -> date:
    """Today, once a request."""
    if "today" not in g:
        g.today = today()
    day: date = g.today
    return day


def days_ahead() -> int:
    """How far the demo was lived forward; 0 in real time."""
    return forward().days


def init_app(app: Flask) -> None:
    """Give templates their words for values."""
    app.jinja_env.filters.update(
        show=show,
        until=until,
        badge=badge,
        unbroken=unbroken,
        data=data,
        file_size=file_size,
        short=short,
        clause=lambda clause: show(clause_name(clause)),
        job=lambda job: show(job_title(job)),
        id_masked=mask_id_number,
        phone_masked=mask_telephones,
        words_masked=masked_within,
    )
    app.jinja_env.globals.update(
        evidence_text=evidence_text,
        days_ahead=days_ahead,
        fact_value=fact_value,
        program_title=program_title,
        target_title=target_title,
        track_title=track_title,
        edition_title=edition_title,
        region_name=region_name,
        place=place,
        finding_kind=finding_kind,
        parameter_label=parameter_label,
        parameter_value=parameter_value,
        days_left=days_left,
        days_to_act=days_to_act,
        span=span,
        today=current_day,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
