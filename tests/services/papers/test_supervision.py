"""Letters of supervision: what they cite, until when one may answer, and who may have them."""

from datetime import date

import pytest

from core.domain.errors import Invalid, NotFound
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.rules.obligations import Mode
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.papers import certificates, reports
from core.services.papers.supervision import exit_letter, exits_written, rectification_letter, warning_letter
from core.storage.engine import session_factory
from core.storage.models import AnnualReport, ExitCase, Inspection, Rectification, RegisterEvent
from core.storage.models.exits import ExitState
from tests.documents.samples import text_of
from tests.services.factory import accredit, serve

AT = "2024-07-01T10:00"
DAY = date(2024, 6, 3)


def put(engine, row):
    with session_factory(engine)() as session, session.begin():
        session.add(row)
        session.flush()
        return row.id


def plain(content):
    return "".join(text_of(content).split())


def case(held, **more):
    given = {
        "clause": "20(5)",
        "title_zh": "未报送年度总结",
        "title_en": "No yearly summary",
        "mode": Mode.CONFIRM,
        "period": "2023",
        "proposed_on": DAY,
        "told_on": DAY,
        "objection_until": date(2024, 6, 11),
        "ban_years": 3,
        "reason": "多次催报未果",
        "evidence": {"year": 2023, "due_on": "2024-01-31"},
    }
    return ExitCase(accreditation_id=held.id, **given | more)


DECIDED = {"decided_on": date(2024, 6, 20), "decision_reason": "事实清楚"}
LIVES = {
    "proposal": (
        {},
        ("拟撤销认定告知书", "第20(5)条", "未报送年度总结", "2024年6月11日（含当日）", "3年内不得"),
    ),
    "revocation": (
        {"state": ExitState.UPHELD, **DECIDED},
        ("撤销认定决定书", "自2024年6月20日起撤销", "事实清楚", "至2027年6月20日（含当日）不得再次申报"),
    ),
    "dismissal": ({"state": ExitState.DISMISSED, **DECIDED}, ("不予撤销认定决定书", "决定不予撤销")),
    "appeal": (
        {
            "state": ExitState.OVERTURNED,
            **DECIDED,
            "appeal": "已补报",
            "appealed_on": date(2024, 6, 24),
            "appeal_decided_on": date(2024, 6, 28),
            "appeal_reason": "补报属实",
        },
        ("申诉处理决定书", "申诉成立", "补报属实"),
    ),
}


@pytest.mark.parametrize("kind", LIVES)
def test_each_letter_of_an_exit_says_its_clause_days_and_reason(engine, begin, kind):
    more, words = LIVES[kind]
    held = accredit(engine, "liaocheng/comprehensive", "2023-03-01")
    number = put(engine, case(held, **more))
    with begin(SYSTEM, AT) as w:
        latest = exit_letter(w, number, language="zh")
        assert latest.content == exit_letter(w, number, kind, language="zh").content
        text = plain(latest.content)
        english = text_of(exit_letter(w, number, language="en").content)
    assert [word for word in words if word not in text] == []
    assert "clause 20(5)" in " ".join(english.split()) or kind == "appeal"


def test_a_letter_that_was_not_written_is_not_there(engine, begin):
    number = put(engine, case(accredit(engine, "liaocheng/comprehensive", "2023-03-01")))
    with begin(SYSTEM, AT) as w:
        assert exits_written(w.session.get_one(ExitCase, number)) == ("proposal",)
        for kind in ("revocation", "dismissal", "appeal", "nonsense"):
            with pytest.raises(NotFound):
                exit_letter(w, number, kind, language="zh")
        with pytest.raises(NotFound):
            exit_letter(w, 10**9, language="zh")


def test_letters_are_for_the_party_and_staff_within_reach(engine, begin, make_actor):
    held = accredit(engine, "liaocheng/comprehensive", "2023-03-01")
    number = put(engine, case(held))
    party = make_actor(Role.APPLICANT, parties=[held.party_id])
    auditor, elsewhere = make_actor(Role.AUDITOR), make_actor(Role.RECOMMENDER, "liaocheng", "371521")
    for actor in (party, auditor):
        with begin(actor, AT) as w:
            assert exit_letter(w, number, language="zh").content
    for actor in (ANONYMOUS, elsewhere, make_actor(Role.APPLICANT)):
        with begin(actor, AT) as w, pytest.raises(NotFound):
            exit_letter(w, number, language="zh")


def test_a_warning_and_an_order_say_what_was_found_and_by_when(engine, begin):
    held = accredit(engine, "hubei/comprehensive", "2023-03-01")
    warned = put(
        engine,
        RegisterEvent(
            accreditation_id=held.id,
            kind=EventKind.WARNING,
            happened_on=DAY,
            clause="18(4)",
            period="1",
            title_zh="半年没有服务",
            title_en="Half a year without a service",
            evidence={"months": 6},
        ),
    )
    ordered = put(
        engine,
        Rectification(
            accreditation_id=held.id,
            clause="18(1)",
            ordered_on=DAY,
            deadline=date(2024, 7, 3),
            evidence={"reason": "满意度偏低"},
        ),
    )
    with begin(SYSTEM, AT) as w:
        warning = plain(warning_letter(w, warned, language="zh").content)
        order = plain(rectification_letter(w, ordered, language="zh").content)
        reminder = w.session.get_one(RegisterEvent, warned)
        reminder.kind = EventKind.REMINDER
        with pytest.raises(NotFound):
            warning_letter(w, warned, language="zh")
        w.session.rollback()
    assert "予以警告" in warning
    assert "持续月数：6" in warning
    assert "2024年7月3日（含当日）" in order
    assert "满意度偏低" in order


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
def test_a_yearly_report_has_its_words_and_what_the_register_counts(engine, begin, kind):
    held = accredit(engine, "liaocheng/comprehensive", "2023-03-01")
    serve(engine, held, "2023-05-01", "2.5", ("甲", "乙"))
    serve(engine, held, "2024-05-01", "8", ("丙",))
    number = put(
        engine,
        AnnualReport(
            accreditation_id=held.id,
            year=2023,
            submitted_on=date(2024, 1, 20),
            summary="全年总结",
            success_cases="案例一",
            figures={"活动场次": 12},
        ),
    )
    with begin(SYSTEM, AT) as w:
        paper = reports.report_paper(w, number, language="zh", format=kind)
    assert paper.filename.endswith(f".{kind}")
    if kind == "pdf":
        text = plain(paper.content)
        for word in ("2023年度工作报告", "全年总结", "案例一", "活动场次12", "服务时长2.5", "服务企业数2"):
            assert word in text


def test_a_years_inspections_are_those_within_reach(engine, begin, make_actor):
    held = accredit(engine, "liaocheng/comprehensive", "2023-03-01", region="371521")
    put(
        engine,
        Inspection(
            accreditation_id=held.id,
            planned_on=DAY,
            held_on=DAY,
            quality="服务规范",
            fees="收费公示",
            satisfaction_pct=91,
            passed=True,
        ),
    )
    near = make_actor(Role.RECOMMENDER, "liaocheng", "371521")
    far = make_actor(Role.RECOMMENDER, "liaocheng", "371522")
    seen = {}
    for name, actor in (("near", near), ("far", far)):
        with begin(actor, AT) as w:
            seen[name] = held.number in plain(
                reports.inspections_paper(w, "liaocheng", 2024, language="zh").content
            )
    assert seen == {"near": True, "far": False}
    with begin(SYSTEM, AT) as w, pytest.raises(NotFound):
        reports.inspections_paper(w, "liaocheng", 0, language="zh")


@pytest.mark.parametrize(
    ("first", "last", "listed"),
    [
        ("2024-03-02", None, False),
        ("2024-03-01", "2024-03-01", True),
        (None, "2024-02-29", False),
        (None, None, True),
    ],
)
def test_plaques_are_listed_by_the_day_on_which_they_were_granted(engine, begin, first, last, listed):
    held = accredit(engine, "hubei/specialized", "2024-03-01")
    days = {name: date.fromisoformat(day) for name, day in (("first", first), ("last", last)) if day}
    with begin(SYSTEM, AT) as w:
        text = plain(certificates.plaques(w, "hubei", **days).content)
    assert (held.number in text) is listed


def test_plaques_are_for_bodies_and_the_days_in_order(engine, begin):
    expert = accredit(engine, "jilin/expert", "2024-03-01")
    with begin(SYSTEM, AT) as w:
        assert expert.number not in plain(certificates.plaques(w, "jilin").content)
        with pytest.raises(Invalid):
            certificates.plaques(w, "jilin", first=date(2024, 2, 1), last=date(2024, 1, 1))
