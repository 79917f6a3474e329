"""What a user can do on an application: the moves of its lifecycle, and the work between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, assert_never

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.lifecycle.finding import features
from core.domain.lifecycle.moves import Ask, Feature
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.text import EMPTY, T
from core.services.applications import deadlines, materials
from core.services.applications.handling import RELOAD
from core.services.applications.moving import ApplicationMove
from core.services.base.behalf import on_behalf
from core.services.base.work import Work
from core.services.deciding import correcting, pending
from core.services.deciding.acts import OF_ACTION
from core.services.granting import accreditations, decisions, notices
from core.services.people import parties
from core.services.review import panels, recommendations, reviews
from core.storage.models.notices import ObjectionState
from core.web.cases.application import ApplicationCase
from core.web.cases.marking import marks_spec
from core.web.forms import fact_fields
from core.web.forms.fields import FieldKind, Spec, reason, seen_version, version_spec
from core.web.forms.steps import FOR_PARTY, MOVE, Step, Steps, Values
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.show import current_day


def _perform(move: ApplicationMove) -> Any:
    def change(w: Work, case: ApplicationCase, _part: Any, values: Values) -> None:
        unit = w
        if move.by_party:
            unit = on_behalf(w, case.application.party_id, case.program, case.region)
        given = {name: value for name, value in values.items() if name != "version"}
        inputs: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if Ask.OPINION in move.asks:
            measured = {
                k: v for k, v in fact_fields.read(case.to_measure_facts, given).items() if v is not None
            }
            inputs = {"opinion": values["opinion"], "measured": measured}
        # What was on the page is what is decided on: someone else's change in between is a conflict.
        seen = seen_version(values)
        pending.perform(unit, case.id, move.action, **inputs, version=seen)

    return change


def _specs(case: ApplicationCase, ask: Ask) -> Sequence[Spec]:
    """The fields of what a move asks for."""
    match ask:
        case Ask.REASON:
            return [reason()]
        case Ask.REMARK:
            return [reason(T("意见", "Comment"), required=False)]
        case Ask.CORRECTIONS:
            return [reason(T("需补正的内容", "What to correct")), marks_spec(case)]
        case Ask.OPINION:
            measured = fact_fields.specs(case.to_measure_facts, required=True)
            return [*measured, Spec("opinion", T("推荐意见", "Opinion"), FieldKind.AREA, longest=4000)]
        case Ask.RECOMMENDER:
            return [recommender_spec(recommendations.left(case.case))]
        case Ask.AGREEMENT:
            first, last = accreditations.proposed_agreement(case.unit, case.id)
            return [
                Spec("signed_on", T("签订日期", "Signed on"), FieldKind.DAY, default=current_day),
                Spec("valid_from", T("有效期自", "Valid from"), FieldKind.DAY, default=first),
                Spec(
                    "valid_through",
                    T("有效期至（含当日）", "Valid through (that day included)"),
                    FieldKind.DAY,
                    default=last,
                ),
            ]
        case Ask.SEALED_TABLE | Ask.NOTICE | Ask.CORRECTION:
            raise ValueError(f"{ask} belongs to a step of its own")
        case _:
            assert_never(ask)


MADE_ELSEWHERE = {Ask.SEALED_TABLE, Ask.NOTICE, Ask.CORRECTION}
NEGATIVE = (ApplicationState.REJECTED, ApplicationState.WITHDRAWN)
CHECKED = (Action.APPROVE, Action.REJECT)
"""Decided on a page that shows what is left open, and what is sent to whom."""
CHECKED_AT = "application_case.check"
RECALL_FIRST = T("已有决定待发出；如需改变，请先收回", "a decision waits to be issued; recall it first")
FINAL = T("办理后不能恢复，是否继续？", "This cannot be undone. Go on?")


def recommender_spec(known: Sequence[recommendations.Choice], chosen: int | None = None) -> Spec:
    """The input that names the recommender, with the kind of each."""
    default = str(chosen) if chosen is not None else None
    return Spec(
        "recommender",
        T("推荐单位", "Recommender"),
        FieldKind.CHOICE,
        # Names of bodies stay as they are in every language.
        options=lambda: [(str(item.id), f"{tr(item.name)} · {tr(item.kind.label)}") for item in known],
        default=default,
    )


def _asked(move: ApplicationMove) -> Callable[[ApplicationCase, Any], Sequence[Spec]]:
    """The inputs of a move, with the version of the case that the page shows."""

    def specs(case: ApplicationCase, _part: Any) -> Sequence[Spec]:
        version = version_spec(case.application.version)
        return [*(spec for ask in move.asks for spec in _specs(case, ask)), version]

    return specs


def _always(why: Sequence[T]) -> Callable[[ApplicationCase, Any], Sequence[T]]:
    return lambda _case, _part: why


def move_steps(case: ApplicationCase) -> list[Step[ApplicationCase]]:
    """The moves that this user may take now, blocked ones with their reasons."""
    steps = []
    for item in case.moves:
        move = item.move
        if MADE_ELSEWHERE & set(move.asks):
            continue
        waits = case.delay > 0 and move.action in OF_ACTION
        helping = move.by_party and case.application.party_id not in case.unit.actor.parties
        steps.append(
            Step(
                f"{MOVE}{move.action.value}",
                move.title,
                None,
                _perform(move),
                _asked(move),
                done=_done(move, waits=waits),
                blocked=_always((*item.blocked, *_recall_first(case, move))),
                hint=FOR_PARTY if helping else EMPTY,
                tone="danger" if move.target in NEGATIVE else "primary",
                confirm=FINAL if move.target in NEGATIVE and not waits else EMPTY,
                ahead=CHECKED_AT if move.action in CHECKED else "",
            )
        )
    return steps


def _recall_first(case: ApplicationCase, move: ApplicationMove) -> Sequence[T]:
    """A decision that waits stands against another; what the party does, it does."""
    return [RECALL_FIRST] if move.action in OF_ACTION and case.waits is not None else []


def _done(move: ApplicationMove, *, waits: bool) -> T:
    if not waits:
        return T(f"已办理：{move.title.zh}", f"Done: {move.title.en}")
    return T(
        f"已决定：{move.title.zh}。发出前可以收回",
        f"Decided: {move.title.en}. It can be recalled until it is issued",
    )


def _recall(w: Work, case: ApplicationCase, _part: Any, values: Values) -> None:
    if case.waits is None:
        raise Refused(RELOAD)
    pending.recall(w, case.waits.id, values["reason"] or "")


def _reviewers(case: ApplicationCase, _part: Any) -> Sequence[Spec]:
    known = [(str(user.id), str(user)) for user in panels.can_be_asked(case.unit, case.application)]
    return [Spec("reviewers", T("评审专家", "Reviewers"), FieldKind.CHECKS, options=lambda: known)]


def _upload(w: Work, case: ApplicationCase, part: Any, values: Values) -> None:
    for upload in values["files"]:
        materials.attach(w, case.id, part.key, upload.filename or "", upload.stream, files())


def _judge(w: Work, _case: ApplicationCase, part: Any, values: Values) -> None:
    materials.judge_material(w, part.id, accepted=values["verdict"] == "yes", remark=values["remark"] or "")


def _attest(w: Work, case: ApplicationCase, _part: Any, values: Values) -> object:
    given = fact_fields.read(case.judged, values)
    return reviews.attest(
        w, case.id, {name: value for name, value in given.items() if value is not None}, values["note"]
    )


def _attest_specs(case: ApplicationCase, _part: Any) -> Sequence[Spec]:
    note = Spec("note", T("判定依据", "What the judgement rests on"), FieldKind.AREA)
    return [*fact_fields.specs(case.judged), note]


def _editable(case: ApplicationCase, _part: Any) -> bool:
    return case.state in materials.EDITABLE


def _verdicts() -> tuple[tuple[str, T], ...]:
    return (("yes", T("合格", "In order")), ("no", T("退回", "Turned down")))


def _objected() -> tuple[tuple[str, T], ...]:
    return (("yes", T("异议成立", "Objection upheld")), ("no", T("异议不成立", "Objection dismissed")))


def _extend(w: Work, case: ApplicationCase, _part: Any, values: Values) -> None:
    deadlines.extend_deadline(w, case.id, values["until"], values["reason"])


def _paper(w: Work, case: ApplicationCase, _part: Any, values: Values) -> None:
    on: date = values["received_on"]
    materials.record_paper_copy(w, case.id, on)


def _corrects(action: Action, change: Callable[..., object], title: T) -> Step[ApplicationCase]:
    """The correction of a decision, shown to whoever might have taken it, with what stands against it."""
    return Step(
        f"correct-{action.value}",
        title,
        None,
        lambda w, case, _part, values: change(w, case.id, values["reason"], version=seen_version(values)),
        lambda case, _part: [reason(), version_spec(case.application.version)],
        done=T("已更正，当事人将收到通知", "Corrected; the party is told"),
        when=lambda case, _part: case.move(action) is not None,
        blocked=lambda case, _part: found.blocked if (found := case.move(action)) is not None else (),
        hint=T(
            "原决定和更正均留存；由另一名人员办理",
            "Both stay on record; somebody else than who decided does it",
        ),
        tone="danger",
        confirm=T("更正后当事人将收到通知，是否继续？", "The party is told of the correction. Go on?"),
    )


CORRECTIONS = (
    _corrects(Action.UNDO_APPROVAL, correcting.correct_approval, T("更正通过决定", "Correct the approval")),
    _corrects(Action.UNDO_REFUSAL, correcting.correct_refusal, T("更正不予认定决定", "Correct the refusal")),
    _corrects(Action.UNDO_RETURN, correcting.correct_return, T("更正退回", "Correct the return")),
    _corrects(
        Action.UNDO_DECLINE,
        correcting.correct_decline,
        T("更正不予推荐", "Correct the refusal to recommend"),
    ),
    _corrects(
        Action.UNDO_RECOMMENDATION,
        correcting.correct_recommendation,
        T("更正推荐", "Correct the recommendation"),
    ),
    _corrects(
        Action.UNDO_INCLUSION, correcting.correct_inclusion, T("更正直接纳入", "Correct the inclusion")
    ),
)

STEPS: Steps[ApplicationCase] = Steps(
    [
        *CORRECTIONS,
        Step(
            "recall",
            T("收回决定", "Recall the decision"),
            None,
            _recall,
            (reason(T("说明", "Note"), required=False),),
            done=T("决定已收回，没有产生任何效力", "The decision is recalled, and had no effect"),
            when=lambda case, _part: case.waits is not None,
            tone="danger",
        ),
        Step(
            "choose-recommender",
            T("选定推荐单位", "Choose the recommender"),
            Act.APPLICATION_DRAFT,
            lambda w, case, _part, values: recommendations.choose(
                w, case.id, int(values["recommender"]), version=seen_version(values)
            ),
            lambda case, _part: [
                recommender_spec(
                    case.recommenders, case.application.recommender_id or recommendations.TERRITORY
                ),
                version_spec(case.application.version),
            ],
            done=T("已选定推荐单位", "The recommender was chosen"),
            when=lambda case, _part: case.state is ApplicationState.DRAFT and len(case.recommenders) > 1,
        ),
        Step(
            "verify-party",
            T("核验主体", "Verify the party"),
            Act.PARTY_VERIFY,
            lambda w, case, _part, _values: parties.verify_party(w, case.application.party_id),
            when=lambda case, _part: (
                Feature.VERIFICATION in features(case.desk.rules.procedure)
                and case.application.party.verified_at is None
                and case.state.is_open
            ),
            hint=T(
                "确认账号由该主体授权、资料属实", "The account acts for the party, and its data are right"
            ),
        ),
        Step(
            "attest",
            T("登记判定", "Record judgements"),
            Act.APPLICATION_ATTEST,
            _attest,
            _attest_specs,
            when=lambda case, _part: case.state is ApplicationState.UNDER_REVIEW and bool(case.judged),
        ),
        Step(
            "assign",
            T("指派评审专家", "Assign reviewers"),
            Act.APPLICATION_ASSIGN,
            lambda w, case, _part, values: reviews.assign(
                w, case.id, [int(item) for item in values["reviewers"]]
            ),
            _reviewers,
            when=lambda case, _part: (
                case.state in (ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)
            ),
        ),
        Step(
            "waive",
            T("放宽此项", "Set this condition aside"),
            Act.APPLICATION_WAIVE,
            lambda w, case, part, values: decisions.waive(w, case.id, part.key, values["reason"]),
            (reason(),),
            part="conditions",
            when=lambda case, part: (
                case.state is ApplicationState.UNDER_REVIEW and part.waivable and part.waived is None
            ),
        ),
        Step(
            "correct-waiver",
            T("更正放宽", "Correct the waiver"),
            Act.APPLICATION_WAIVE,
            lambda w, case, part, values: correcting.correct_waiver(w, case.id, part.key, values["reason"]),
            (reason(),),
            done=T("已更正，当事人将收到通知", "Corrected; the party is told"),
            part="conditions",
            when=lambda case, part: case.state is ApplicationState.UNDER_REVIEW and part.waived is not None,
            blocked=lambda case, part: (
                [correcting.NOT_ONESELF] if part.waived.by_id == case.unit.actor.user_id else []
            ),
            hint=T(
                "该条件按实际情况审查；已作出、尚未发出的决定随之失效",
                "The condition counts as it stands; a decision that waits to be issued falls",
            ),
            tone="danger",
            confirm=T("更正后当事人将收到通知，是否继续？", "The party is told of the correction. Go on?"),
        ),
        Step(
            "upload",
            T("上传", "Upload"),
            Act.APPLICATION_DRAFT,
            _upload,
            (Spec("files", T("文件", "Files"), FieldKind.FILES),),
            done=T("材料已上传", "The files were uploaded"),
            part="materials",
            when=_editable,
        ),
        Step(
            "remove-file",
            T("撤下", "Take back"),
            Act.APPLICATION_DRAFT,
            lambda w, _case, part, _values: materials.remove_file(w, part.id),
            part="files",
            when=lambda case, part: _editable(case, part) and part.replaced_at is None,
        ),
        Step(
            "judge-file",
            T("审核材料", "Examine"),
            Act.MATERIAL_JUDGE,
            _judge,
            (
                Spec("verdict", T("结论", "Conclusion"), FieldKind.CHOICE, options=_verdicts),
                Spec("remark", T("说明", "Note"), FieldKind.AREA, required=False, longest=500),
            ),
            part="files",
            when=lambda case, part: case.state in materials.JUDGED_IN and part.replaced_at is None,
        ),
        Step(
            "paper-copy",
            T("登记纸质件", "Record the paper copy"),
            Act.MATERIAL_JUDGE,
            _paper,
            (Spec("received_on", T("收到日期", "Received on"), FieldKind.DAY, default=current_day),),
            when=lambda case, _part: (
                case.state in materials.JUDGED_IN and case.application.paper_received_on is None
            ),
        ),
        Step(
            "extend-deadline",
            T("延长申报期限", "Extend the deadline"),
            Act.APPLICATION_EXTEND_DEADLINE,
            _extend,
            (Spec("until", T("延长至", "Extended to"), FieldKind.MOMENT), reason()),
            when=lambda case, _part: (
                case.state in (ApplicationState.DRAFT, ApplicationState.RETURNED, ApplicationState.SUBMITTED)
                and case.application.call_id is not None
            ),
        ),
        Step(
            "publish",
            T("发布公示", "Publish the notice"),
            Act.NOTICE_PUBLISH,
            lambda w, case, _part, values: notices.publish(w, case.program, [case.id], values["title"]),
            (Spec("title", T("公示标题", "Title of the notice"), longest=200),),
            when=lambda case, _part: (
                case.state in notices.TO_PUBLISH and all(entry.struck_on for entry in case.notices)
            ),
            hint=T(
                "几份申请一起公示，请用“公示”列表", "To publish several together, use the list of notices"
            ),
        ),
        Step(
            "hear-party",
            T("登记当事人陈述", "Record the party's word"),
            Act.OBJECTION_DECIDE,
            lambda w, _case, part, values: notices.hear_party(w, part.id, values["statement"]),
            lambda _case, part: (
                Spec(
                    "statement",
                    T("当事人陈述", "The party's word"),
                    FieldKind.AREA,
                    longest=notices.LONGEST_OBJECTION,
                    default=part.party_statement,
                ),
            ),
            part="objections",
            when=lambda _case, part: part.state is ObjectionState.OPEN,
        ),
        Step(
            "decide-objection",
            T("处理异议", "Decide the objection"),
            Act.OBJECTION_DECIDE,
            lambda w, _case, part, values: pending.decide_objection(
                w, part.id, upheld=values["verdict"] == "yes", reason=values["reason"]
            ),
            (Spec("verdict", T("结论", "Conclusion"), FieldKind.CHOICE, options=_objected), reason()),
            part="objections",
            when=lambda _case, part: part.state is ObjectionState.OPEN,
            blocked=lambda case, _part: [RECALL_FIRST] if case.waits is not None else [],
            hint=T(
                "异议成立即不予认定，与其他不予认定决定同样发出",
                "Upheld, it refuses the application, and is issued as every refusal is",
            ),
        ),
    ],
    move_steps,
)
