"""Clauses as sentences in Chinese and English: what a duty, an exit rule, a stage or a term says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never, cast

from core.domain.facts import service_functions
from core.rules.clauses import (
    Actor,
    Intake,
    Material,
    Stage,
    ValidityTerm,
    Waiver,
    Window,
    clause_name,
)
from core.rules.obligations import (
    Absence,
    Accumulation,
    ConductDuty,
    Duty,
    Effect,
    ExitRule,
    Mode,
    OnFinding,
    OnRequest,
    Overdue,
    PaidService,
    ReportDuty,
    ReportOverdue,
    Reverification,
    ServiceDuty,
    Silence,
    Span,
    Trigger,
    Year,
    YearlyTest,
)
from core.rules.phrases import only_verified
from core.rules.sentence import sentence
from core.rules.terms import Term
from core.rules.text import EMPTY, T
from core.rules.walk import chosen

ACTORS: Mapping[Actor, T] = {
    Actor.APPLICANT: T("申请人", "applicant"),
    Actor.RECOMMENDER: T("推荐单位", "recommender"),
    Actor.REVIEWER: T("评审专家", "reviewers"),
    Actor.AUTHORITY: T("认定机关", "authority"),
    Actor.SYSTEM: T("系统", "system"),
}
INTAKES: Mapping[Intake, T] = {
    Intake.ROLLING: T("常年受理", "open all year"),
    Intake.CALL: T("按申报通知集中受理", "applications within a call"),
}
YEARS: Mapping[Year, T] = {
    Year.ACCREDITATION: T("认定年度", "accreditation year"),
    Year.CALENDAR: T("自然年度", "calendar year"),
}
SPANS: Mapping[Span, T] = {
    Span.TERM: T("本认定期内", "within the current term"),
    Span.CALENDAR_YEAR: T("一个自然年度内", "within a calendar year"),
}
MODES: Mapping[Mode, T] = {
    Mode.AUTOMATIC: T("当事人无异议的，期满自动生效", "takes effect by itself unless the party objects"),
    Mode.CONFIRM: T("由两名经办人先后确认", "two different officers confirm it"),
}
_EFFECTS: Mapping[Effect, T] = {
    Effect.WARN: T("警告", "warning"),
    Effect.RECTIFY: T("责令整改", "order to rectify"),
    Effect.OPEN_FINDING: T("立案待查", "finding opened, for a person to decide"),
    Effect.REVOKE: T("撤销认定", "revocation"),
    Effect.WITHDRAW: T("主动退出", "withdrawal"),
}
_OVERDUE: Mapping[Overdue, T] = {
    Overdue.WARNING: T("逾期警告", "warning if overdue"),
    Overdue.REMINDER: T("逾期提醒", "reminder if overdue"),
    Overdue.NOTHING: T("逾期另按退出条款", "what follows if overdue is an exit rule's"),
}


def join(texts: Iterable[T], zh: str = "；", en: str = "; ") -> T:
    """The texts that are not empty, one after another."""
    there = [text for text in texts if text.zh]
    return T(zh.join(text.zh for text in there), en.join(text.en for text in there))


def trigger_text(trigger: Trigger) -> T:
    """When a resolved exit rule fires."""
    match trigger:
        case OnFinding():
            kinds = [kind.label for kind in trigger.kinds]
            listed = join(kinds, "、", ", ")
            return T(f"查实：{listed.zh}", f"established: {listed.en}")
        case OnRequest():
            return T("本人申请", "at the party's own request")
        case YearlyTest():
            year, asked = YEARS[chosen(trigger.year)], cast(Term, chosen(trigger.test))
            test = sentence(asked)
            over = T(f"一个完整的{year.zh}内：{test.zh}", f"over a whole {year.en}: {test.en}")
            return only_verified(over) if trigger.only_verified else over
        case ReportOverdue():
            return T(
                f"逾期未提交第 {trigger.duty} 条的报告",
                f"the report under {trigger.duty} has not come in time",
            )
        case Silence():
            return T(
                f"连续 {trigger.months} 个月没有服务活动或上报记录，每满一期一次",
                f"no activity reported for {trigger.months} months, once for each full period",
            )
        case Absence():
            return T(
                f"{trigger.months} 个月内未参加主管部门组织的活动，且无正当理由",
                f"no event of the authority attended for {trigger.months} months, without a justified reason",
            )
        case Accumulation():
            adding = _accumulation(trigger)
            return only_verified(adding) if trigger.only_verified else adding
        case PaidService():
            return T("服务记录中有收费", "a service record with a fee")
        case _:
            assert_never(trigger)


def exit_text(rule: ExitRule) -> T:
    """When a resolved exit rule fires, what it leads to and how that takes effect."""
    effect = _EFFECTS[rule.effect]
    if rule.rectify_days:
        effect = T(
            f"{effect.zh}（期限 {rule.rectify_days} 天）", f"{effect.en} (within {rule.rectify_days} days)"
        )
    parts = [effect]
    match rule.effect:
        case Effect.REVOKE | Effect.RECTIFY:
            parts.append(MODES[chosen(rule.mode)])
        case Effect.WARN | Effect.OPEN_FINDING | Effect.WITHDRAW:
            pass  # nothing to confirm
        case _:
            assert_never(rule.effect)
    if rule.ban_years:
        parts.append(
            T(f"{rule.ban_years} 年内不得再次申报", f"no new application for {rule.ban_years} years")
        )
    when, then = trigger_text(rule.trigger), join(parts)
    return T(f"{when.zh} → {then.zh}", f"{when.en} → {then.en}")


def duty_text(duty: Duty) -> T:
    """What a resolved duty asks; nothing beyond its title where people watch over it."""
    match duty:
        case ConductDuty():
            return EMPTY
        case ServiceDuty():
            year, test = YEARS[chosen(duty.year)], sentence(duty.test)
            return T(f"每个{year.zh}：{test.zh}", f"each {year.en}: {test.en}")
        case ReportDuty():
            return join([_report(duty), _OVERDUE[duty.overdue]])
        case Reverification():
            return T(f"每满 {duty.years} 年复核一次", f"verified again every {duty.years} years")
        case _:
            assert_never(duty)


def stage_text(stage: Stage) -> T:
    """Who acts in a stage, and for how long it lasts."""
    actor = ACTORS[stage.actor]
    parts = [actor]
    if stage.working_days:
        parts.append(T(f"{stage.working_days} 个工作日", f"{stage.working_days} working days"))
    if stage.scored:
        parts.append(T("逐项打分", "scored item by item"))
    return join(parts, "，", ", ")


def named_functions(functions: Iterable[str]) -> T:
    """Service functions in words; empty where there is none."""
    return join(map(service_functions.choice_label, functions), "、", ", ")


def window_text(window: Window) -> T:
    """The intake window that a text itself sets."""
    first, last = _minute(window.opens_at), _minute(window.submit_by)
    parts = [T(f"{first} 至 {last}", f"{first} to {last}")]
    if window.recommend_by:
        until = _minute(window.recommend_by)
        parts.append(T(f"推荐截止 {until}", f"recommendation until {until}"))
    return join(parts)


def term_text(term: ValidityTerm) -> T:
    """How long a status lasts, and how it goes on."""
    parts = [T(f"有效期 {term.years} 年", f"term of {term.years} {_years(term.years)}")]
    if term.by_agreement:
        parts = [
            T(
                f"以协议约定的起止日期为准，建议 {term.years} 年",
                f"the agreement's dates decide; {term.years} {_years(term.years)} proposed",
            )
        ]
    extension = term.extension
    if extension is None:
        parts.append(T("期满重新申报", "a new application after it"))
    else:
        parts.append(
            T(
                f"经申请可延续 {extension.years} 年（期满前 {extension.days_before} 天至期满后 "
                f"{extension.days_after} 天内提出，{extension.clause}）",
                f"on request extended by {extension.years} years (to be asked for from "
                f"{extension.days_before} days before its end until {extension.days_after} days after, "
                f"{extension.clause})",
            )
        )
    if term.reapply_in_final_year:
        parts.append(T("期满当年即可再次申报", "a new application is taken within the year in which it ends"))
    return join(parts)


def material_text(material: Material) -> T:
    """Whether and when a document is asked for."""
    if material.only_if is not None:
        when = sentence(material.only_if)
        return T(f"如{when.zh}", f"if {when.en}")
    return T("必交", "mandatory") if material.required else T("选交", "optional")


def waiver_text(waiver: Waiver) -> T:
    """Under which ground a failed condition may be set aside."""
    clause = clause_name(waiver.clause)
    if waiver.ground is None:
        return T(f"可由认定机关书面说明理由后放宽（{clause.zh}）",
                 f"the authority may set it aside with a written reason ({clause.en})")  # fmt: skip
    ground = sentence(waiver.ground)
    return T(
        f"{ground.zh}的，可由认定机关书面说明理由后放宽（{clause.zh}）",
        f"given {ground.en}, the authority may set it aside with a written reason ({clause.en})",
    )


def _accumulation(trigger: Accumulation) -> T:
    span, number = SPANS[chosen(trigger.span)], sentence(trigger.test)
    text = T(f"{span.zh}{number.zh}", f"{span.en}: {number.en}")
    if trigger.low is None:
        return text
    low = sentence(chosen(trigger.low))
    return T(f"{text.zh}（{low.zh}为偏低）", f"{text.en} (low is {low.en})")


def _report(duty: ReportDuty) -> T:
    match duty.year:
        case Year.ACCREDITATION:
            return T("每个认定年度结束前一份", "one by the end of each accreditation year")
        case Year.CALENDAR:
            return T(
                f"每个自然年度一份，次年 {duty.due_month} 月底前提交；当年认定不满 {duty.covered_months} "
                "个月的免交",
                f"one for each calendar year, by the end of month {duty.due_month} of the next; none for a "
                f"year with fewer than {duty.covered_months} whole months of accreditation",
            )
        case _:
            assert_never(duty.year)


def _minute(moment: str) -> str:
    return moment.replace("T", " ")[:16]


def _years(number: int) -> str:
    return "year" if number == 1 else "years"
