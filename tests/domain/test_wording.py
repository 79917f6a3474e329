"""Clauses as sentences: what an officer reads says what the rule does."""

import pytest

from core.domain import facts
from core.domain.supervision import metrics
from core.domain.wording import (
    duty_text,
    exit_text,
    join,
    material_text,
    stage_text,
    term_text,
    trigger_text,
    waiver_text,
    window_text,
)
from core.hooks.catalogue import catalogue
from core.rules.clauses import (
    Actor,
    Extension,
    Material,
    Stage,
    StageKind,
    ValidityTerm,
    Waiver,
    Window,
    clause_name,
)
from core.rules.obligations import (
    Absence,
    Accumulation,
    ConductDuty,
    Effect,
    ExitRule,
    FindingKind,
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
    Year,
    YearlyTest,
)
from core.rules.text import EMPTY, T

TITLE = T("标题", "Title")


@pytest.mark.parametrize(
    ("trigger", "zh", "en"),
    [
        (
            OnFinding((FindingKind.JUDICIAL_PENALTY, FindingKind.CRIMINAL_LIABILITY)),
            "查实：司法处罚、刑事责任",
            "established: Judicial penalty, Criminal liability",
        ),
        (OnRequest(), "本人申请", "at the party's own request"),
        (
            YearlyTest(metrics.service_hours.less_than(12), Year.CALENDAR),
            "一个完整的自然年度内：服务时长低于 12 小时",
            "over a whole calendar year: Service hours: less than 12 hours",
        ),
        (
            ReportOverdue("17"),
            "逾期未提交第 17 条的报告",
            "the report under 17 has not come in time",
        ),
        (
            Silence(6),
            "连续 6 个月没有服务活动或上报记录，每满一期一次",
            "no activity reported for 6 months, once for each full period",
        ),
        (
            Absence(12),
            "12 个月内未参加主管部门组织的活动，且无正当理由",
            "no event of the authority attended for 12 months, without a justified reason",
        ),
        (
            Accumulation(metrics.verified_complaints.at_least(3), Span.TERM),
            "本认定期内查实的投诉数不少于 3 件",
            "within the current term: Verified complaints: at least 3",
        ),
        (
            Accumulation(
                metrics.low_satisfaction_events.at_least(3),
                Span.CALENDAR_YEAR,
                low=metrics.record_satisfaction_pct.less_than(80),
            ),
            "一个自然年度内满意度偏低的服务次数不少于 3 次（单次服务满意度低于 80%为偏低）",
            "within a calendar year: Services with low satisfaction: at least 3 "
            "(low is Satisfaction with one service: less than 80%)",
        ),
        (PaidService(), "服务记录中有收费", "a service record with a fee"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_a_trigger_says_when_it_fires(trigger, zh, en):
    assert trigger_text(trigger) == T(zh, en)


@pytest.mark.parametrize(
    ("rule", "zh"),
    [
        (ExitRule("1", TITLE, Silence(6), Effect.WARN), "→ 警告"),
        (ExitRule("1", TITLE, PaidService(), Effect.OPEN_FINDING), "→ 立案待查"),
        (ExitRule("1", TITLE, OnRequest(), Effect.WITHDRAW), "→ 主动退出"),
        (
            ExitRule("1", TITLE, PaidService(), Effect.REVOKE, Mode.AUTOMATIC),
            "→ 撤销认定；当事人无异议的，期满自动生效",
        ),
        (
            ExitRule("1", TITLE, PaidService(), Effect.REVOKE, ban_years=3),
            "→ 撤销认定；由两名经办人先后确认；3 年内不得再次申报",
        ),
        (
            ExitRule("1", TITLE, PaidService(), Effect.RECTIFY, rectify_days=30),
            "→ 责令整改（期限 30 天）；由两名经办人先后确认",
        ),
    ],
)
def test_an_exit_rule_says_what_it_leads_to(rule, zh):
    assert exit_text(rule).zh.endswith(zh)
    assert "→" in exit_text(rule).en


@pytest.mark.parametrize(
    ("duty", "zh"),
    [
        (ConductDuty("1", TITLE), ""),
        (
            ServiceDuty("1", TITLE, metrics.enterprises_served.at_least(30)),
            "每个认定年度：服务企业数不少于 30 家",
        ),
        (
            ReportDuty("1", TITLE, Year.ACCREDITATION, Overdue.WARNING),
            "每个认定年度结束前一份；逾期警告",
        ),
        (
            ReportDuty("1", TITLE, Year.CALENDAR, Overdue.NOTHING),
            "每个自然年度一份，次年 1 月底前提交；当年认定不满 6 个月的免交；逾期另按退出条款",
        ),
        (Reverification("1", TITLE, 2), "每满 2 年复核一次"),
    ],
)
def test_a_duty_says_what_it_asks(duty, zh):
    assert duty_text(duty).zh == zh
    assert bool(duty_text(duty).en) == bool(zh)


def test_a_stage_says_who_acts_and_how_long():
    notice = Stage(StageKind.NOTICE, "13", TITLE, Actor.AUTHORITY, working_days=5)
    review = Stage(StageKind.REVIEW, "13", TITLE, Actor.REVIEWER, scored=True)
    assert stage_text(notice) == T("认定机关，5 个工作日", "authority, 5 working days")
    assert stage_text(review) == T("评审专家，逐项打分", "reviewers, scored item by item")


def test_a_window_gives_its_days():
    window = Window("5.2", "2017-01-01T00:00:00", "2017-09-20T17:00:00", "2017-09-30T23:59:59")
    assert window_text(window).zh == "2017-01-01 00:00 至 2017-09-20 17:00；推荐截止 2017-09-30 23:59"
    assert "recommendation" not in window_text(Window("N3", window.opens_at, window.submit_by)).en


@pytest.mark.parametrize(
    ("term", "zh", "en"),
    [
        (
            ValidityTerm("15", 3, "withdrawal", reapply_in_final_year=True),
            "有效期 3 年；期满重新申报；期满当年即可再次申报",
            "term of 3 years; a new application after it; a new application is taken within the year in "
            "which it ends",
        ),
        (
            ValidityTerm("10", 1, "withdrawal", by_agreement=True),
            "以协议约定的起止日期为准，建议 1 年；期满重新申报",
            "the agreement's dates decide; 1 year proposed; a new application after it",
        ),
    ],
)
def test_a_term_says_how_long_and_what_then(term, zh, en):
    assert term_text(term) == T(zh, en)


def test_a_term_that_can_be_extended_says_when_to_ask():
    text = term_text(ValidityTerm("10(1)", 2, "11(4)", Extension("10(3)", 2)))
    assert "可延续 2 年" in text.zh
    assert "from 90 days before its end until 90 days after" in text.en


def test_a_material_says_whether_and_when():
    assert material_text(Material("12", "a", TITLE)) == T("必交", "mandatory")
    assert material_text(Material("12", "a", TITLE, required=False)) == T("选交", "optional")
    when = material_text(Material("12", "a", TITLE, only_if=facts.fixed_premises.holds()))
    assert when.zh.startswith("如")
    assert when.en.startswith("if ")


def test_a_waiver_names_its_ground():
    ground = facts.highest_recognition_level.at_least("county")
    assert "county level or above" in waiver_text(Waiver("5(last)", TITLE, ground)).en
    assert waiver_text(Waiver("5(last)", TITLE)).zh == "可由认定机关书面说明理由后放宽（5末段）"


def test_every_clause_of_every_programme_has_its_sentence():
    for loaded in catalogue().programs.values():
        for track, edition in loaded.rules:
            rules = loaded.track_rules(track, edition)
            texts = [exit_text(rule) for rule in rules.exits]
            texts += [duty_text(duty) for duty in rules.duties if not isinstance(duty, ConductDuty)]
            texts += [stage_text(stage) for stage in rules.procedure.stages]
            texts += [material_text(material) for material in rules.materials]
            texts.append(term_text(rules.procedure.term))
            assert all(text.zh and text.en for text in texts)


def test_joining_leaves_out_what_is_empty():
    assert join([T("一", "one"), EMPTY, T("二", "two")]) == T("一；二", "one; two")


@pytest.mark.parametrize(
    ("clause", "zh", "en"),
    [
        ("8(3)", "8(3)", "8(3)"),
        ("8(last)", "8末段", "8, last paragraph"),
        ("withdrawal", "自愿退出", "voluntary withdrawal"),
        ("agreement", "协议约定", "terms of the agreement"),
    ],
)
def test_a_clause_without_a_number_is_named_in_words(clause: str, zh: str, en: str) -> None:
    assert clause_name(clause) == T(zh, en)
