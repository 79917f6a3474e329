"""The exit of an accreditation step by step: proposal, delivery, objection, two officers, appeal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.lifecycle.states import AccreditationState
from core.rules.text import EMPTY, T
from core.services.applications.handling import RELOAD
from core.services.base.behalf import on_behalf
from core.services.base.work import Work
from core.services.deciding import correcting_status, correcting_terms, pending
from core.services.endings import appeals, exits
from core.storage.models import ExitCase
from core.storage.models.deciding import PendingAct
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.web.cases.accreditation import AccreditationCase
from core.web.forms.fields import FieldKind, Spec, reason
from core.web.forms.steps import FOR_PARTY, Step, Values
from core.web.frame.show import current_day


def helped(w: Work, case: AccreditationCase) -> Work:
    """The unit as the party's helper."""
    item = case.accreditation
    return on_behalf(w, item.party_id, item.program, item.region)


def _clauses(case: AccreditationCase, _part: Any) -> Sequence[Spec]:
    rules = [
        (rule.clause, T(f"{rule.clause} {rule.title.zh}", f"{rule.clause} {rule.title.en}"))
        for rule in exits.proposable(case.rules)
    ]
    return [
        Spec("clause", T("依据条款", "Clause relied on"), FieldKind.CHOICE, options=lambda: rules),
        reason(),
    ]


def verdict_spec(label: T, yes: T, no: T) -> Spec:
    return Spec("verdict", label, FieldKind.CHOICE, options=lambda: (("yes", yes), ("no", no)))


def _may_object(case: AccreditationCase, part: ExitCase) -> bool:
    in_time = part.objection_until is None or case.unit.today <= part.objection_until
    return part.objected_on is None and in_time


def _confirmation_blocked(case: AccreditationCase, part: ExitCase) -> Sequence[T]:
    why = exits.why_not_confirmed(case.unit, part)
    return [*([why] if why is not None else []), *_waits(case, part)]


def _waits(case: AccreditationCase, part: ExitCase) -> Sequence[T]:
    row = case.waiting_on(part)
    return [pending.said(row)] if row is not None else []


def _stays_closed(case: AccreditationCase, part: ExitCase) -> Sequence[T]:
    dismissed = part.state is ExitState.DISMISSED
    why = correcting_status.why_not_reopened(case.unit, part) if dismissed else None
    return [why] if why is not None else []


def _decide(act: PendingAct) -> Callable[[Work, AccreditationCase, Any, Values], object]:
    def change(w: Work, _case: AccreditationCase, part: Any, values: Values) -> object:
        return pending.decide(w, act, part.id, {"reason": values["reason"], "seen": values["seen"] or ""})

    return change


def _recall(w: Work, case: AccreditationCase, part: Any, values: Values) -> None:
    row = case.waiting_on(part)
    if row is None:
        raise Refused(RELOAD)
    pending.recall(w, row.id, values["reason"] or "")


CORRECTED = T("已更正，当事人将收到通知", "Corrected; the party is told")
ASK_TO_TELL = T("更正后当事人将收到通知，是否继续？", "The party is told of the correction. Go on?")

EXIT_STEPS: tuple[Step[AccreditationCase], ...] = (
    Step(
        "propose-exit",
        T("提出退出", "Propose an exit"),
        Act.EXIT_PROPOSE,
        lambda w, case, _part, values: exits.propose(w, case.id, values["clause"], values["reason"]),
        _clauses,
        when=lambda case, _part: case.accreditation.state.in_force and bool(exits.proposable(case.rules)),
        tone="danger",
    ),
    Step(
        "told-exit",
        T("登记送达", "Record that the party was told"),
        Act.EXIT_DECIDE,
        lambda w, _case, part, values: exits.told(w, part.id, values["on"]),
        (Spec("on", T("送达日期", "Told on"), FieldKind.DAY, default=current_day),),
        part="exits",
        when=lambda _case, part: part.told_on is None and part.state in OPEN_EXIT_STATES,
    ),
    Step(
        "object-exit",
        T("代为提出异议", "Object for the party"),
        Act.APPLICATION_DRAFT,
        lambda w, case, part, values: exits.object_to(helped(w, case), part.id, values["reason"]),
        (reason(T("异议内容", "Text of the objection")),),
        part="exits",
        when=lambda case, part: part.state in OPEN_EXIT_STATES and _may_object(case, part),
        hint=FOR_PARTY,
    ),
    Step(
        "ask-person",
        T("登记要求人工决定", "The party asks for a person"),
        Act.APPLICATION_DRAFT,
        lambda w, case, part, _values: exits.ask_for_person(helped(w, case), part.id),
        part="exits",
        when=lambda _case, part: part.state in OPEN_EXIT_STATES and not part.human_requested,
        hint=FOR_PARTY,
    ),
    Step(
        "confirm-exit",
        T("确认退出", "Confirm the exit"),
        Act.EXIT_DECIDE,
        _decide(PendingAct.CONFIRM_EXIT),
        lambda _case, part: [
            reason(),
            Spec("seen", EMPTY, FieldKind.HIDDEN, required=False, default=str(part.state.value)),
        ],
        part="exits",
        when=lambda _case, part: part.state in OPEN_EXIT_STATES,
        blocked=_confirmation_blocked,
        hint=T(
            "须由两名不同的经办人先后确认后生效",
            "It takes effect when two different officers have confirmed",
        ),
        tone="danger",
        confirm=T("确认后将撤销认定，是否继续？", "This ends the status. Go on?"),
    ),
    Step(
        "recall-exit",
        T("收回决定", "Recall the decision"),
        None,
        _recall,
        (reason(T("说明", "Note"), required=False),),
        done=T("决定已收回，没有产生任何效力", "The decision is recalled, and had no effect"),
        part="exits",
        when=lambda case, part: case.waiting_on(part) is not None,
        tone="danger",
    ),
    Step(
        "dismiss-exit",
        T("驳回退出", "Dismiss the exit"),
        Act.EXIT_DECIDE,
        _decide(PendingAct.DISMISS_EXIT),
        lambda _case, part: [
            reason(),
            Spec("seen", EMPTY, FieldKind.HIDDEN, required=False, default=str(part.state.value)),
        ],
        part="exits",
        when=lambda _case, part: part.state in OPEN_EXIT_STATES,
        blocked=_waits,
    ),
    Step(
        "release-exit",
        T("解除暂停", "Release"),
        Act.EXIT_RELEASE,
        lambda w, _case, part, _values: exits.release_held(w, [part.id]),
        part="exits",
        when=lambda _case, part: part.state is ExitState.HELD,
        blocked=_waits,
    ),
    Step(
        "appeal-exit",
        T("代为申诉", "Appeal for the party"),
        Act.APPLICATION_DRAFT,
        lambda w, case, part, values: appeals.appeal(helped(w, case), part.id, values["reason"]),
        (reason(T("申诉内容", "Text of the appeal")),),
        part="exits",
        when=lambda _case, part: part.state is ExitState.UPHELD and part.appealed_on is None,
        hint=FOR_PARTY,
    ),
    Step(
        "correct-exit",
        T("更正退出决定", "Correct the exit"),
        Act.APPEAL_DECIDE,
        lambda w, _case, part, values: correcting_status.correct_exit(w, part.id, values["reason"]),
        (reason(),),
        done=CORRECTED,
        part="exits",
        when=lambda _case, part: part.state in (ExitState.UPHELD, ExitState.DISMISSED),
        blocked=_stays_closed,
        hint=T(
            "误予撤销的恢复认定；误予驳回的重新办理。由作出该决定以外的负责人办理",
            "One revoked by mistake stands again; a case dismissed by mistake is open again. A lead other "
            "than who decided does it",
        ),
        tone="danger",
        confirm=ASK_TO_TELL,
    ),
    Step(
        "correct-withdrawal",
        T("更正退出登记", "Correct the withdrawal"),
        Act.APPEAL_DECIDE,
        lambda w, case, _part, values: correcting_terms.correct_withdrawal(w, case.id, values["reason"]),
        (reason(),),
        done=CORRECTED,
        when=lambda case, _part: case.accreditation.state is AccreditationState.WITHDRAWN,
        hint=T(
            "确系误办的，恢复认定；由登记人员以外的负责人办理",
            "Where it was entered by mistake; a lead other than who entered it gives the status back",
        ),
        tone="danger",
        confirm=ASK_TO_TELL,
    ),
    Step(
        "decide-appeal",
        T("处理申诉", "Decide the appeal"),
        Act.APPEAL_DECIDE,
        lambda w, _case, part, values: appeals.decide_appeal(
            w, part.id, upheld=values["verdict"] == "yes", reason=values["reason"]
        ),
        (
            verdict_spec(
                T("结论", "Conclusion"),
                T("申诉成立，恢复认定", "Appeal upheld: accreditation reinstated"),
                T("维持原决定", "The decision stands"),
            ),
            reason(),
        ),
        part="exits",
        when=lambda _case, part: (
            part.state is ExitState.UPHELD and part.appealed_on is not None and part.appeal_decided_on is None
        ),
    ),
)
