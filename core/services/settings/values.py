"""Settings of an authority: numbers and readings of a programme, and how the register is run.

Each is changed from a day on, with a reason; the text's own value stays beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError

from core.domain import reading
from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, MalformedError, NotFound, Refused
from core.domain.identifiers import email
from core.domain.lifecycle.keeping import RETENTION
from core.domain.lifecycle.states import IN_FORCE
from core.domain.quantities import SHARE, share, signed
from core.hooks.loaded import TrackRules
from core.rules.clauses import Interpretation, Procedure
from core.rules.numbers import HUNDRED, LONGEST_AHEAD
from core.rules.periods import MONTHS
from core.rules.phrases import GIVE_A_NUMBER
from core.rules.text import EMPTY, T
from core.rules.walk import Parameter, parameters, with_numbers
from core.services.base.access import require, require_anywhere
from core.services.base.words import NOTHING_THERE, home, unwritten
from core.services.base.work import (
    ACCESS_MONTHS,
    DECISION_DELAY,
    ENDED_DAYS,
    NOTICE_DAYS,
    OPEN_CLAIMS,
    OPERATION_DEFAULTS,
    REGISTRATIONS_A_DAY,
    REPLY_TO,
    Work,
)
from core.services.settings.units import OPERATION_UNITS, subject_of, unit_of
from core.storage.models import Accreditation, Application, Decision, RegisterEvent, SettingOverride
from core.storage.models.operations import SettingKind

LARGEST = Decimal(10) ** 12
LONGEST = 3650
"""Of days, months and years: any longer leads out of the calendar."""
MAY_BE_ZERO = frozenset({"days_before", "days_after", "ban_years"})
TERM, EXTENSION = T("有效期", "Term"), T("延续", "Extension")
LONGEST_DELAY = 24 * 60
"""Minutes: the party has waited for its decision long enough."""
LEAST = {DECISION_DELAY: 0, ACCESS_MONTHS: 6}
"""Of an operational setting, else 1; article 21 (3) of the Cybersecurity Law asks for six months."""
MOST = {DECISION_DELAY: LONGEST_DELAY, ACCESS_MONTHS: LONGEST}
OPERATIONS: dict[str, T] = {
    "objection_working_days": T("退出异议期（工作日）", "Working days to object to an exit"),
    "brake_count": T("一次撤销超过多少件时暂停", "Revocations in a run above which it stops"),
    "brake_percent": T("一次撤销超过百分之多少时暂停", "Percent revoked in a run above which it stops"),
    "most_messages": T(
        "同一项目同类消息一小时内超过多少条时暂停发送",
        "Messages of one kind and programme in an hour above which they are held",
    ),
    "login_attempts": T("登录失败几次后锁定", "Failed logins that lock an account"),
    "login_lock_minutes": T("锁定多少分钟", "Minutes that an account stays locked"),
    "review_days": T("评审期限（指派后天数）", "Days for a review, from the assignment"),
    DECISION_DELAY: T(
        "决定作出后多少分钟发出（此前可收回；0 为立即发出）",
        "Minutes from a decision until it is issued, in which it can be recalled (0: at once)",
    ),
    "review_remind_days": T("评审到期前几天提醒", "Days before its end on which a reviewer is reminded"),
    ACCESS_MONTHS: T(
        "登录和查看记录保存多少个月（至少 6 个月）", "Months that logins and looks are kept (6 at least)"
    ),
    NOTICE_DAYS: T(
        "公示结束后多少天不再公布其中个人的姓名（个人信息保护法第十九条；默认为行政诉讼法第四十六条的六个月）",
        "Days after a notice from which its people are named no more (Personal Information Protection Law, "
        "art. 19; the six months of the Administrative Litigation Law, art. 46)",
    ),
    ENDED_DAYS: T(
        "个人的认定终止后多少天不再公布其姓名（个人信息保护法第十九条、第四十七条）",
        "Days after a person’s status ended from which the name is public no more (Personal Information "
        "Protection Law, arts. 19 and 47)",
    ),
    **{
        kind.setting: T(
            f"{kept.label.zh}保管多少个月（自{kept.since.zh}起；{kept.source.zh}）",
            f"Months for which is kept: {kept.label.en} (from {kept.since.en}; {kept.source.en})",
        )
        for kind, kept in RETENTION.items()
    },
    REGISTRATIONS_A_DAY: T(
        "一个账号一天至多登记、认领多少个主体", "Parties that one account registers or claims on a day"
    ),
    OPEN_CLAIMS: T("一个账号至多有多少项认领待答复", "Claims of one account that wait for an answer"),
    "review_spread": T("评分分差超过多少分时标出", "Points of spread above which scores are marked"),
}
REPLY_TO_TITLE = T("邮件的回复地址", "Address for answers to e-mails")


@dataclass(frozen=True, slots=True)
class Change:
    """A value set from a day on."""

    id: int
    value: str
    effective_on: date
    reason: str
    set_by_id: int | None


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with the text's own value, today's, and every change."""

    kind: SettingKind
    track: str
    name: str
    clause: str
    title: T
    default: str
    value: str
    choices: tuple[tuple[str, T], ...]
    why: T
    changes: tuple[Change, ...]
    of_text: bool = True
    """Whether the default is the text's; else it is the register's own."""
    unit: str = ""
    """Of a number, by its Chinese word."""


def list_settings(w: Work, program: str) -> list[Setting]:
    """The numbers of each track and the readings of a programme, with their changes."""
    require(w, Act.SETTING_VIEW, program, home(w, program))
    loaded = w.program(program)
    edition = loaded.edition(w.today).id
    changes = changes_of(w, program)
    found: list[Setting] = []
    for track in loaded.program.tracks:
        for number, title in _numbers(loaded.rules[track.id, edition]).items():
            title = _with_reading(title, number, loaded.interpretations)
            made = changes.get((SettingKind.PARAMETER, track.id, number.id), ())
            default = format(number.default, "f")
            found.append(
                Setting(
                    SettingKind.PARAMETER, track.id, number.id, number.clause, title, default,
                    current(made, default, w.today), (), EMPTY, made, not number.operational,
                    unit_of(number),
                )
            )  # fmt: skip
    for open_text in loaded.interpretations:
        made = changes.get((SettingKind.INTERPRETATION, "", open_text.id), ())
        found.append(
            Setting(
                SettingKind.INTERPRETATION, "", open_text.id, open_text.clause, open_text.question,
                open_text.default, current(made, open_text.default, w.today), open_text.values,
                open_text.why, made,
            )
        )  # fmt: skip
    return found


def _with_reading(title: T, number: Parameter, texts: Sequence[Interpretation]) -> T:
    """The title, with the reading of an open text under which alone the number stands."""
    words = next((dict(item.values) for item in texts if item.id == number.reading[0]), {})
    chosen = words.get(number.reading[1])
    if chosen is None:
        return title
    return T(f"{title.zh}（{chosen.zh}）", f"{title.en} ({chosen.en})")


def _numbers(rules: TrackRules) -> dict[Parameter, T]:
    """The numbers of a track, each with the title of what holds it; a cited one stands once."""
    found: dict[Parameter, T] = {}
    for clause in rules.clauses:
        for number in parameters(clause):
            found.setdefault(number, clause.title if not isinstance(clause, Procedure) else TERM)
    procedure = rules.procedure
    for stage in procedure.stages:
        found.update(dict.fromkeys(parameters(stage), stage.title))
    if procedure.term.extension is not None:
        # Numbered within the whole procedure, where its years may come after those of the term.
        own = {
            (number.clause, number.id.partition("#")[0]) for number in parameters(procedure.term.extension)
        }
        held = [
            number for number in parameters(procedure) if (number.clause, number.id.partition("#")[0]) in own
        ]
        first = parameters(procedure.term)[0]
        found.update(dict.fromkeys((number for number in held if number != first), EXTENSION))
    return found


def list_operations(w: Work) -> list[Setting]:
    """How the register is run, with the changes."""
    require_anywhere(w, Act.SETTING_VIEW)
    changes = changes_of(w, "")
    found = []
    for name, default in OPERATION_DEFAULTS.items():
        made = changes.get((SettingKind.OPERATION, "", name), ())
        given = format(default, "f")
        title = OPERATIONS[name]
        now = current(made, given, w.today)
        found.append(
            Setting(
                SettingKind.OPERATION, "", name, "", title, given, now, (), EMPTY, made,
                of_text=False, unit=OPERATION_UNITS[name],
            )
        )  # fmt: skip
    return found


def set_parameter(
    w: Work, program: str, track: str, name: str, value: str, effective_on: date, reason: str
) -> int:
    """Set a number of a track from a day on; returns the change's id."""
    require(w, Act.SETTING_EDIT, program, home(w, program))
    loaded = w.program(program)
    rules = loaded.rules.get((track, loaded.edition(effective_on).id))
    if rules is None:
        raise NotFound(T(f"没有类别 {track}", f"There is no track {track}"))
    number = next((item for item in rules.parameters() if item.id == name), None)
    errors = unwritten(reason, "reason")
    if number is None:
        errors["name"] = T(f"没有参数 {name}", f"there is no parameter {name}")
    else:
        why = number_error(rules, number, value)
        if why is not None:
            errors["value"] = why
        if number.operational and effective_on < w.today:
            errors["effective_on"] = T(
                "提醒不追溯：请自今天或以后生效",
                "no reminder is made up for: let it take effect from today on",
            )
    typed = value if number is None else kept(value, unit_of(number))
    return keep(w, errors, SettingKind.PARAMETER, program, track, name, typed, effective_on, reason)


def set_interpretation(w: Work, program: str, name: str, value: str, effective_on: date, reason: str) -> int:
    """Choose a reading of a programme's text from a day on; returns the change's id."""
    require(w, Act.SETTING_EDIT, program, home(w, program))
    open_text = next((item for item in w.program(program).interpretations if item.id == name), None)
    errors = unwritten(reason, "reason")
    if open_text is None:
        errors["name"] = T(f"没有解释项 {name}", f"there is no interpretation {name}")
    elif value not in dict(open_text.values):
        errors["value"] = _not_a_reading(open_text)
    return keep(w, errors, SettingKind.INTERPRETATION, program, "", name, value, effective_on, reason)


def set_operation(w: Work, name: str, value: str, effective_on: date, reason: str) -> int:
    """Set how the register is run, from a day on; returns the change's id."""
    require(w, Act.SETTING_EDIT, None, None)
    errors = unwritten(reason, "reason")
    if name not in OPERATION_DEFAULTS:
        errors["name"] = T(f"没有运行设置 {name}", f"there is no setting {name}")
    unit = OPERATION_UNITS.get(name, "")
    try:
        number = reading.percent(value) if unit == SHARE else reading.number(value, most=LARGEST, unit=unit)
    except MalformedError as error:
        number, errors["value"] = Decimal(1), error.text
    least = LEAST.get(name, 1)
    if number != number.to_integral_value() or number < least:
        errors["value"] = T(f"应为不小于 {least} 的整数", f"give a whole number of {least} or more")
    elif number > (most := MOST.get(name, LARGEST)):
        errors["value"] = T(f"不能超过 {most}", f"give at most {most}")
    return keep(w, errors, SettingKind.OPERATION, "", "", name, kept(value, unit), effective_on, reason)


def list_own_operations(w: Work, program: str) -> list[Setting]:
    """How a programme itself is run, with the changes: a text each, empty where none is set."""
    require(w, Act.SETTING_VIEW, program, home(w, program))
    made = changes_of(w, program).get((SettingKind.OPERATION, "", REPLY_TO), ())
    now = current(made, "", w.today)
    title = REPLY_TO_TITLE
    return [Setting(SettingKind.OPERATION, "", REPLY_TO, "", title, "", now, (), EMPTY, made, of_text=False)]


def set_reply_to(w: Work, program: str, value: str, effective_on: date, reason: str) -> int:
    """Set where answers to a programme's e-mails go, from a day on; an empty address means nowhere."""
    require(w, Act.SETTING_EDIT, program, home(w, program))
    w.program(program)
    errors = unwritten(reason, "reason")
    if value.strip():
        try:
            value = email(value)
        except MalformedError as error:
            errors["value"] = error.text
    if effective_on < w.today:
        errors["effective_on"] = T(
            "已发出的邮件不会改变：请自今天或以后生效",
            "what was sent stays as it is: let it take effect from today on",
        )
    return keep(w, errors, SettingKind.OPERATION, program, "", REPLY_TO, value, effective_on, reason)


def cancel_change(w: Work, change_id: int) -> None:
    """Take back a change whose day has not come yet."""
    found = w.session.get(SettingOverride, change_id, with_for_update=True)
    if found is None:
        raise NotFound(NOTHING_THERE)
    program = found.program or None
    require(w, Act.SETTING_EDIT, program, home(w, program) if program else None)
    if found.effective_on <= w.today:
        raise Refused(
            T("该设置已生效，不能撤回", "The change is in force and cannot be taken back"),
            mend=T("请自某日起改为其他数值", "set another value from a day on"),
        )
    w.session.delete(found)
    w.session.flush()
    w.forget_settings()


def keep(
    w: Work,
    errors: dict[str, T],
    kind: SettingKind,
    program: str,
    track: str,
    name: str,
    value: str,
    effective_on: date,
    reason: str,
) -> int:
    if errors:
        raise Invalid(errors)
    if effective_on < w.today and (not program or _decided_since(w, program, effective_on)):
        raise Refused(
            T(
                f"{effective_on} 起已有依原数值作出的决定，不能追溯变更",
                f"Since {effective_on} decisions were taken under the old value; it cannot change for them",
            ),
            field="effective_on",
            mend=T("请自今天或以后生效", "let it take effect from today on"),
        )
    change = SettingOverride(
        program=program,
        track=track,
        kind=kind,
        name=name,
        value=value.strip(),
        effective_on=effective_on,
        reason=reason.strip(),
        set_by_id=w.actor.user_id,
        set_at=w.now,
    )
    try:
        with w.session.begin_nested():
            w.session.add(change)
    except IntegrityError as error:
        raise Conflict(
            T(f"{effective_on} 起的设置已存在", f"There is a change from {effective_on} on already"),
            mend=T("请撤回该设置，或另选日期", "take that one back, or choose another day"),
        ) from error
    w.forget_settings()
    if program and kind is not SettingKind.OPERATION:
        _look_again(w, program, track, max(effective_on, w.today))
    return change.id


def _look_again(w: Work, program: str, track: str, day: date) -> None:
    """Let the daily check work out the next days anew once the change is in force: they may come earlier."""
    about = [Accreditation.program == program, Accreditation.state.in_(IN_FORCE)]
    if track:
        about.append(Accreditation.track == track)
    due = func.least(func.coalesce(Accreditation.next_due_on, day), day)
    w.session.execute(
        update(Accreditation)
        .where(*about)
        .values(next_due_on=due)
        .execution_options(synchronize_session=False)
    )


def _decided_since(w: Work, program: str, day: date) -> bool:
    decided = select(Decision.id).join(Decision.application)
    decided = decided.where(Application.program == program, Decision.as_of >= day)
    happened = select(RegisterEvent.id).join(RegisterEvent.accreditation)
    happened = happened.where(Accreditation.program == program, RegisterEvent.happened_on >= day)
    accredited = exists().where(Accreditation.program == program, Accreditation.started_on >= day)
    return bool(w.session.scalar(select(exists(decided) | exists(happened) | accredited)))


def number_error(rules: TrackRules, number: Parameter, value: str) -> T | None:
    """Why the value cannot stand for the number: held against its kind, then put in and read back."""
    subject, unit = subject_of(number), unit_of(number)
    percent = unit == SHARE
    try:
        given = reading.number(value, most=LARGEST, unit=unit)
        if percent and not signed(value):
            share(given, value)
    except MalformedError as error:
        return error.text
    if given < 0:
        return GIVE_A_NUMBER
    if percent and given > HUNDRED:
        return T("不能超过 100%", "give at most 100 percent")
    counted = number.fact is None and not percent
    if counted and given == 0 and not number.operational and subject not in MAY_BE_ZERO:
        return T("应大于 0", "give more than 0")
    most = LONGEST_AHEAD if number.operational else LONGEST
    if counted and given > most:
        return T(f"不能超过 {most}", f"give at most {most}")
    if subject in ("due_month", "covered_months") and given > MONTHS:
        return T("不能超过 12", "give at most 12")
    try:
        put_in = [with_numbers(clause, {number.id: given}) for clause in rules.clauses]
    except ValueError as error:
        return T(f"规则不接受此数值：{error}", f"the rule does not take it: {error}")
    taken = {item.default for clause in put_in for item in parameters(clause) if item.id == number.id}
    return T("应为整数", "give a whole number") if taken - {given} else None


def kept(value: str, unit: str = "") -> str:
    """A number as it is kept, however it was typed; what cannot be read stays as it is, and is refused."""
    try:
        return format(reading.number(value, unit=unit), "f")
    except MalformedError:
        return value


def _not_a_reading(open_text: Interpretation) -> T:
    return T(
        "可选：" + "；".join(f"{key}（{label.zh}）" for key, label in open_text.values),
        "choose from " + "; ".join(f"{key} ({label.en})" for key, label in open_text.values),
    )


def changes_of(w: Work, program: str) -> dict[tuple[SettingKind, str, str], tuple[Change, ...]]:
    query = select(SettingOverride).where(SettingOverride.program == program)
    found: dict[tuple[SettingKind, str, str], tuple[Change, ...]] = {}
    for item in w.session.scalars(query.order_by(SettingOverride.effective_on)):
        key = (item.kind, item.track, item.name)
        change = Change(item.id, item.value, item.effective_on, item.reason, item.set_by_id)
        found[key] = (*found.get(key, ()), change)
    return found


def current(changes: tuple[Change, ...], default: str, day: date) -> str:
    return next((item.value for item in reversed(changes) if item.effective_on <= day), default)
