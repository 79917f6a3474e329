"""Letters of supervision: warnings, orders to rectify, returned reports, and an exit up to its appeal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, assert_never

from sqlalchemy import ColumnElement, select

from core.documents.blocks import Block, Facts, Paragraph
from core.domain.errors import Invalid, NotFound
from core.domain.supervision.standing import EventKind
from core.rules.periods import period_end
from core.rules.text import EMPTY, T
from core.services.base.evidence import evidence_text
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.endings import appeals
from core.services.papers.base import Paper
from core.services.papers.extensions import extension_letter
from core.services.papers.held import About, about_held
from core.services.papers.reports import report_paper
from core.services.supervision.last_days import in_words
from core.storage.models import AnnualReport, ExitCase, ExtensionRequest, Rectification, RegisterEvent
from core.storage.models.exits import ExitState
from core.storage.models.supervision import ExtensionState

PROPOSAL, REVOCATION, DISMISSAL, APPEAL = "proposal", "revocation", "dismissal", "appeal"
EXIT_TITLES = {
    PROPOSAL: T("拟撤销认定告知书", "Notice of a proposed revocation"),
    REVOCATION: T("撤销认定决定书", "Decision: accreditation revoked"),
    DISMISSAL: T("不予撤销认定决定书", "Decision: not revoked"),
    APPEAL: T("申诉处理决定书", "Decision on the appeal"),
}
WARNING, ORDER = T("警告书", "Letter of warning"), T("责令整改通知书", "Notice to rectify")
EXTENSION, REPORT = T("延续申请答复", "Answer to a request to extend"), T("年度报告", "Annual report")
RETURNED = T("年度报告退回通知书", "Yearly report returned")


def exits_written(case: ExitCase) -> tuple[str, ...]:
    """The letters that there are of an exit case, in order."""
    kinds = [PROPOSAL]
    match case.state:
        case ExitState.UPHELD | ExitState.OVERTURNED:
            kinds.append(REVOCATION)
        case ExitState.DISMISSED:
            kinds.append(DISMISSAL)
        case ExitState.PROPOSED | ExitState.OBJECTED | ExitState.HELD | ExitState.CONFIRMED_ONCE:
            pass  # not decided yet
        case _:
            assert_never(case.state)
    if case.appeal_decided_on is not None:
        kinds.append(APPEAL)
    return tuple(kinds)


def exit_letter(w: Work, exit_case_id: int, kind: str = "", *, language: str) -> Paper:
    """A letter of an exit case, the latest unless a kind is named."""
    case = w.session.get(ExitCase, exit_case_id)
    if case is None:
        raise NotFound(NOTHING_THERE)
    about = about_held(w, case.accreditation_id, language)
    written = exits_written(case)
    chosen = kind or written[-1]
    if chosen not in written:
        raise NotFound(NOTHING_THERE)
    day, blocks = {
        PROPOSAL: (case.proposed_on, _proposal),
        REVOCATION: (case.decided_on, _revocation),
        DISMISSAL: (case.decided_on, _dismissal),
        APPEAL: (case.appeal_decided_on, _appeal),
    }[chosen]
    number = about.say(f"案号：{case.id}", f"Case No. {case.id}")
    return about.paper(EXIT_TITLES[chosen], day or case.proposed_on, number, blocks(about, case))


def warning_letter(w: Work, event_id: int, *, language: str) -> Paper:
    """A warning as a letter."""
    event = w.session.get(RegisterEvent, event_id)
    if event is None or event.kind is not EventKind.WARNING:
        raise NotFound(NOTHING_THERE)
    about = about_held(w, event.accreditation_id, language)
    number = about.say(f"警告编号：{event.id}", f"Warning No. {event.id}")
    return about.paper(WARNING, event.happened_on, number, _warning(about, event))


def rectification_letter(w: Work, rectification_id: int, *, language: str) -> Paper:
    """An order to rectify as a letter."""
    order = w.session.get(Rectification, rectification_id)
    if order is None:
        raise NotFound(NOTHING_THERE)
    about = about_held(w, order.accreditation_id, language)
    number = about.say(f"整改编号：{order.id}", f"Order No. {order.id}")
    return about.paper(ORDER, order.ordered_on, number, _order(about, order))


def letters_of(w: Work, accreditation_id: int, *, language: str) -> Iterator[tuple[T, Paper]]:
    """Every letter on a status and every annual report of it, by kind and in their order.

    One that was never written, or whose name cannot be printed, keeps none of the others back.
    """
    for title, make in _letters(w, accreditation_id):
        with suppress(NotFound, Invalid):
            yield title, make(language=language)


def _letters(w: Work, accreditation_id: int) -> Iterator[tuple[T, Callable[..., Paper]]]:
    returned = AnnualReport.returned_on.is_not(None)
    answered = ExtensionRequest.state.in_((ExtensionState.GRANTED, ExtensionState.REFUSED))
    kinds: tuple[tuple[T, Callable[..., Paper], Any, tuple[ColumnElement[bool], ...]], ...] = (
        (WARNING, warning_letter, RegisterEvent, (RegisterEvent.kind == EventKind.WARNING,)),
        (ORDER, rectification_letter, Rectification, ()),
        (REPORT, report_paper, AnnualReport, ()),
        (RETURNED, returned_letter, AnnualReport, (returned,)),
        (EXTENSION, extension_letter, ExtensionRequest, (answered,)),
    )
    for title, make, entity, such in kinds:
        for number in _numbers(w, entity, accreditation_id, *such):
            yield title, partial(make, w, number)
    for number in _numbers(w, ExitCase, accreditation_id):
        for kind in exits_written(w.session.get_one(ExitCase, number)):
            yield EXIT_TITLES[kind], partial(exit_letter, w, number, kind)


def _numbers(w: Work, entity: Any, accreditation_id: int, *such: ColumnElement[bool]) -> Sequence[int]:
    query = select(entity.id).where(entity.accreditation_id == accreditation_id, *such)
    return w.session.scalars(query.order_by(entity.id)).all()


def _evidence(about: About, evidence: dict[str, object]) -> Iterator[Block]:
    # What was typed as a reason may end in a full stop of its own.
    text = about.say.tr(evidence_text(evidence)).rstrip("。.")
    if text:
        yield Paragraph(about.say(f"查明：{text}。", f"What was found: {text}."))


def _proposal(about: About, case: ExitCase) -> Iterator[Block]:
    say, title = about.say, T(case.title_zh, case.title_en)
    yield Paragraph(
        say(
            f"{about.them}持有的“{about.status}”认定，因“{title.zh}”，依据{say.clause(case.clause)}，拟予撤销。",
            f"It is proposed to revoke your accreditation ({about.status}) under "
            f"{say.clause(case.clause)}: {title.en}.",
        )
    )
    if case.reason:
        yield Paragraph(say(f"事由：{case.reason}", f"Grounds: {case.reason}"))
    yield from _evidence(about, case.evidence)
    if case.ban_years:
        yield Paragraph(
            say(
                f"撤销后 {case.ban_years} 年内不得再次申报。",
                f"No new application is taken for {case.ban_years} years after the revocation.",
            )
        )
    if case.objection_until is not None:
        until = say.day(case.objection_until)
        yield Paragraph(
            say(
                f"如有异议，请于{until}（含当日）前提出陈述和申辩，并可要求由人工作出决定。",
                f"You may object until and including {until}, and may ask that a person decides.",
            )
        )
    else:
        yield Paragraph(
            say(
                "如有异议，请在告知的期限内提出陈述和申辩，并可要求由人工作出决定。",
                "You may object within the time that you are told, and may ask that a person decides.",
            )
        )


def _revocation(about: About, case: ExitCase) -> Iterator[Block]:
    say, title = about.say, T(case.title_zh, case.title_en)
    day = case.decided_on or case.proposed_on
    yield Paragraph(
        say(
            f"因“{title.zh}”，依据{say.clause(case.clause)}，决定自{say.day(day)}起撤销{about.them}的"
            f"“{about.status}”认定。",
            f"Your accreditation ({about.status}) is revoked from {say.day(day)} under "
            f"{say.clause(case.clause)}: {title.en}.",
        )
    )
    yield from _evidence(about, case.evidence)
    if case.objection:
        yield Paragraph(say(f"对所提异议的记录：{case.objection}", f"Your objection: {case.objection}"))
    if case.decision_reason:
        yield Paragraph(say(f"理由：{case.decision_reason}", f"Reason: {case.decision_reason}"))
    if case.ban_years:
        through = say.day(period_end(day, years=case.ban_years))
        yield Paragraph(
            say(f"至{through}（含当日）不得再次申报。", f"No new application is taken through {through}.")
        )
    yield Paragraph(
        say(
            "如不服本决定，可以向认定机关提出申诉，由未参与本决定的负责人处理。",
            "You may appeal; a lead who had no part in this decision decides on it.",
        )
    )


def _dismissal(about: About, case: ExitCase) -> Iterator[Block]:
    say, title = about.say, T(case.title_zh, case.title_en)
    yield Paragraph(
        say(
            f"关于因“{title.zh}”（{say.clause(case.clause)}）拟撤销{about.them}“{about.status}”认定一事，"
            "经审查，决定不予撤销。",
            f"The proposal to revoke your accreditation ({about.status}) ({title.en}, "
            f"{say.clause(case.clause)}) is dismissed.",
        )
    )
    if case.decision_reason:
        yield Paragraph(say(f"理由：{case.decision_reason}", f"Reason: {case.decision_reason}"))


def _appeal(about: About, case: ExitCase) -> Iterator[Block]:
    say, came = about.say, appeals.came_of(about.w, case)
    if came == appeals.REFUSED:
        outcome = say("申诉不成立，维持原决定。", "It is dismissed: the decision stands.")
    elif came == appeals.GRANTED:
        outcome = say(
            "申诉成立，撤销原决定，恢复认定。",
            "It is upheld: the decision is set aside, the status given back.",
        )
    else:
        outcome = f"{say.tr(came or EMPTY)}{say('。', '.')}"
    yield Paragraph(
        say(
            f"{about.them}于{say.day(case.appealed_on)}就撤销“{about.status}”认定的决定提出申诉。经复核，决定如下：",
            f"On {say.day(case.appealed_on)} you appealed against the revocation of your accreditation "
            f"({about.status}).",
        )
    )
    yield Paragraph(outcome)
    yield Paragraph(say(f"理由：{case.appeal_reason}", f"Reason: {case.appeal_reason}"))


def _warning(about: About, event: RegisterEvent) -> Iterator[Block]:
    say = about.say
    title = say(event.title_zh, event.title_en)
    yield Paragraph(
        say(
            f"{about.them}持有的“{about.status}”认定，因“{title}”，依据{say.clause(event.clause)}，予以警告。",
            f"You are warned under {say.clause(event.clause)} about your accreditation ({about.status}): "
            f"{title}.",
        )
    )
    yield from _evidence(about, event.evidence)
    yield Paragraph(
        say(
            "请及时改正并如实上报；继续不履行义务的，将依规定处理，直至撤销认定。",
            "Put it right in time and report what you do; otherwise what the text lays down follows, up to "
            "revocation.",
        )
    )


def _order(about: About, order: Rectification) -> Iterator[Block]:
    say, deadline = about.say, in_words(about.w.calendar, order.deadline).get(about.say.language)
    yield Paragraph(
        say(
            f"{about.them}持有的“{about.status}”认定，依据{say.clause(order.clause)}，现责令整改，"
            f"请于{deadline}（含当日）前完成并报送整改情况。",
            f"You are ordered under {say.clause(order.clause)} to put right what follows by {deadline} (that "
            f"day included), and to report on it. It concerns your accreditation ({about.status}).",
        )
    )
    # The deadline has its own line below.
    yield from _evidence(about, {name: it for name, it in order.evidence.items() if name != "deadline"})
    yield Facts(
        (
            (say("责令日期", "Ordered on"), say.day(order.ordered_on)),
            (say("整改期限", "Deadline"), deadline),
        )
    )
    yield Paragraph(
        say(
            "逾期未整改或整改未通过的，将提出撤销认定。",
            "If nothing is put right in time, or not enough, revocation is proposed.",
        )
    )


def returned_letter(w: Work, report_id: int, *, language: str) -> Paper:
    """Why a report was returned; NotFound while it is not, and for whoever may not read it."""
    report = w.session.get(AnnualReport, report_id)
    if report is None:
        raise NotFound(NOTHING_THERE)
    about = about_held(w, report.accreditation_id, language)
    if report.returned_on is None:
        raise NotFound(NOTHING_THERE)
    return about.paper(RETURNED, report.returned_on, f"RR-{report.id}", _returned(about, report))


def _returned(about: About, report: AnnualReport) -> Iterator[Block]:
    say, kind = about.say, report.kind.label
    yield Paragraph(
        say(
            f"{about.them}于{say.day(report.submitted_on)}就“{about.status}”认定提交的{report.year}年"
            f"{kind.zh}内容不足，现予退回。",
            f"What you handed in on {say.day(report.submitted_on)} about {report.year} ({kind.en.lower()}), "
            f"for your accreditation ({about.status}), is not sufficient, and is returned.",
        )
    )
    yield Facts(((say("理由", "Reason"), report.return_reason),))
    yield Paragraph(
        say(
            "重新提交之前视为未提交。请补充后登录系统重新提交。",
            "Until it is handed in again it counts as missing. Complete it and hand it in again.",
        )
    )
