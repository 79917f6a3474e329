"""What an officer can do on an accreditation, or for its party at the counter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from core.domain.acts import Act
from core.domain.quantities import HOURS, MONEY
from core.rules.obligations import Absence, ReportDuty, ReportKind
from core.rules.text import EMPTY, T
from core.services.base.work import Work
from core.services.deciding import correcting_status, correcting_terms
from core.services.diary import fields, records
from core.services.diary.served import each_served
from core.services.duties import (
    absences,
    complaints,
    findings,
    inspections,
    rectifications,
    reports,
    returned_reports,
)
from core.services.endings import extensions, withdrawals
from core.services.granting import nominations
from core.services.supervision.last_days import moves
from core.storage.models.register import RecordState
from core.storage.models.supervision import ExtensionState, FindingState, RectificationState
from core.web.cases.accreditation import AccreditationCase
from core.web.cases.exit_steps import ASK_TO_TELL, CORRECTED, EXIT_STEPS, helped, verdict_spec
from core.web.forms.fields import FieldKind, Spec, reason
from core.web.forms.steps import FOR_PARTY, Step, Steps, Values
from core.web.frame.show import current_day


def _add_record(w: Work, case: AccreditationCase, _part: Any, values: Values) -> object:
    item = case.accreditation
    given = {name: value for name, value in values.items() if value not in (None, "", False)}
    # A form that is sent twice is one entry.
    form = given.pop("form", None)
    number = uuid5(NAMESPACE_URL, f"counter/{form}") if form is not None else None
    given["enterprises"] = each_served(values["enterprises"])
    # The diary takes what a table or the API would bring: dates and numbers as text.
    given["service_date"] = values["service_date"].isoformat()
    return records.add_entry(w, item.party_id, [item.id], given, entry_id=number)


def _is_latest_answer(case: AccreditationCase, part: Any) -> bool:
    """Whether the present term rests on the answer to a request for an extension."""
    if part.state is ExtensionState.OPEN or case.extension_open:
        return False
    granted = part.state is ExtensionState.GRANTED
    term = part.new_valid_through if granted else part.old_valid_through
    held = case.accreditation
    return term == held.valid_through and (held.state.in_force or not granted)


def _record_specs(case: AccreditationCase, _part: Any) -> Sequence[Spec]:
    functions = tuple(fields.functions_under(case.status).items())
    campaigns = [(str(item.id), item.title) for item in case.campaigns]
    return [
        Spec("form", EMPTY, FieldKind.HIDDEN, required=False, default=lambda: str(uuid4())),
        Spec("service_date", T("服务日期", "Service date"), FieldKind.DAY, default=current_day),
        Spec("title", T("服务内容", "Service content"), longest=200),
        Spec(
            "function",
            T("服务类别", "Service category"),
            FieldKind.CHOICE,
            required=False,
            options=lambda: functions,
        ),
        Spec("mode", T("方式", "Mode"), FieldKind.CHOICE, options=lambda: fields.MODES, default="offline"),
        Spec("hours", T("小时", "Hours"), FieldKind.DECIMAL, unit=HOURS),
        Spec("participants", T("参加人数", "Participants"), FieldKind.INTEGER, required=False, unit="人"),
        Spec(
            "enterprises",
            T("服务企业", "Enterprises served"),
            FieldKind.AREA,
            required=False,
            longest=200_000,
            hint=T(
                "每行一家，名称后可写统一社会信用代码",
                "One a line; a USCC may follow the name",
            ),
        ),
        Spec("satisfaction_pct", T("满意度（%）", "Satisfaction (%)"), FieldKind.PERCENT, required=False),
        Spec("fee_cny", T("收费（元）", "Fee (CNY)"), FieldKind.DECIMAL, required=False, unit=MONEY),
        Spec("organized_by_authority", T("主管部门组织", "Organised by the authority"), FieldKind.FLAG),
        Spec("public_benefit", T("公益性服务", "Public-benefit service"), FieldKind.FLAG),
        *(
            [
                Spec(
                    "campaign_id",
                    T("所属活动", "Part of campaign"),
                    FieldKind.CHOICE,
                    required=False,
                    options=lambda: campaigns,
                )
            ]
            if campaigns
            else []
        ),
        Spec("summary", T("说明", "Note"), FieldKind.AREA, required=False, longest=4000),
    ]


def _kinds(case: AccreditationCase, _part: Any) -> Sequence[Spec]:
    known = [(kind, findings.kind_label(kind)) for kind in findings.kinds_of(case.rules)]
    return [
        Spec("kind", T("类型", "Kind"), FieldKind.CHOICE, options=lambda: known),
        reason(T("事由", "Grounds")),
    ]


def _due_years(case: AccreditationCase, _part: Any) -> Sequence[Spec]:
    missing = {(due.year, due.kind) for due in case.due_reports if due.submitted_on is None}
    asked = sorted(missing) or [(current_day().year, ReportKind.REPORT)]
    return [
        Spec(
            "year",
            T("年度", "Year"),
            FieldKind.CHOICE,
            options=lambda: [
                (f"{year}/{kind}", T(f"{year} {kind.label.zh}", f"{year}: {kind.label.en}"))
                for year, kind in asked
            ],
        ),
        Spec("summary", T("总结", "Summary"), FieldKind.AREA, longest=reports.LONGEST_SUMMARY),
        Spec("success_cases", T("典型案例", "Success cases"), FieldKind.AREA, required=False, longest=20_000),
    ]


def _submit_report(w: Work, case: AccreditationCase, _part: Any, values: Values) -> int:
    year, kind = str(values["year"]).split("/")
    return reports.submit_report(
        helped(w, case),
        case.id,
        int(year),
        values["summary"],
        values["success_cases"] or "",
        kind=ReportKind(kind),
    )


def _extension_blocked(case: AccreditationCase, _part: Any) -> Sequence[T]:
    window = case.extension_window
    if window is None:
        return [
            T(
                "本项目没有延续；到期后请重新申报",
                "This programme knows no extension; apply anew after the term",
            )
        ]
    if not window.open:
        more = moves(case.unit.calendar, window.last, lambda day, _: day.isoformat())
        last = T(f"；{window.last} {more.zh}", f"; {window.last}: {more.en}") if more.zh else EMPTY
        return [
            T(
                f"可在 {window.first} 至 {window.last} 之间提出{last.zh}",
                f"It can be asked for from {window.first} to {window.last}{last.en}",
            )
        ]
    return []


def _targets(case: AccreditationCase, _part: Any) -> Sequence[Spec]:
    listed = [(name, title) for _clause, name, title in case.rules.procedure.nomination]
    return [
        Spec("target", T("推荐去向", "Put forward for"), FieldKind.CHOICE, options=lambda: listed),
        reason(),
    ]


STEPS: Steps[AccreditationCase] = Steps(
    [
        Step(
            "add-record",
            T("登记服务记录", "Add a service record"),
            Act.RECORD_ADD,
            _add_record,
            _record_specs,
            T("服务记录已登记", "The record was added"),
            when=lambda case, _part: not case.actor_is_own,
        ),
        Step(
            "verify-record",
            T("核实", "Verify the record"),
            Act.RECORD_JUDGE,
            lambda w, _case, part, _values: records.judge_record(w, part.id, accepted=True),
            part="records",
            when=lambda _case, part: part.state in (RecordState.SUBMITTED, RecordState.REJECTED),
        ),
        Step(
            "reject-record",
            T("不予采信", "Do not accept"),
            Act.RECORD_JUDGE,
            lambda w, _case, part, values: records.judge_record(
                w, part.id, accepted=False, reason=values["reason"]
            ),
            (reason(),),
            part="records",
            when=lambda _case, part: part.state in (RecordState.SUBMITTED, RecordState.VERIFIED),
            tone="danger",
        ),
        Step(
            "submit-report",
            T("代交年度报告", "Hand in a report"),
            Act.APPLICATION_DRAFT,
            _submit_report,
            _due_years,
            hint=FOR_PARTY,
            when=lambda case, _part: (
                case.accreditation.state in reports.REPORTING
                and any(isinstance(duty, ReportDuty) for duty in case.rules.duties)
            ),
        ),
        Step(
            "accept-report",
            T("受理报告", "Accept"),
            Act.REPORT_JUDGE,
            lambda w, _case, part, _values: reports.accept_report(w, part.id),
            part="reports",
            when=lambda _case, part: part.accepted_at is None and part.returned_on is None,
        ),
        Step(
            "return-report",
            T("退回报告", "Return as insufficient"),
            Act.REPORT_JUDGE,
            lambda w, _case, part, values: returned_reports.return_report(w, part.id, values["reason"]),
            (reason(),),
            hint=T(
                "重新提交之前视为未提交；期限已过的，逾期后果随即发生",
                "It counts as missing until handed in again; after its last day, what follows comes at once",
            ),
            part="reports",
            when=lambda _case, part: part.accepted_at is None and part.returned_on is None,
            tone="danger",
        ),
        Step(
            "restore-report",
            T("撤销退回", "Take the return back"),
            Act.REPORT_JUDGE,
            lambda w, _case, part, values: returned_reports.take_back(w, part.id, values["reason"]),
            (reason(),),
            part="reports",
            when=lambda _case, part: part.returned_on is not None,
        ),
        Step(
            "file-complaint",
            T("登记投诉", "Record a complaint"),
            Act.COMPLAINT_DECIDE,
            lambda w, case, _part, values: complaints.file_complaint(
                w, case.accreditation.number, values["complainant"], values["contact"], values["content"]
            ),
            (
                Spec("complainant", T("投诉人", "Complainant"), longest=200),
                Spec("contact", T("联系方式", "Contact details"), longest=200),
                Spec("content", T("内容", "Content"), FieldKind.AREA, longest=8000),
            ),
        ),
        Step(
            "decide-complaint",
            T("核实投诉", "Decide the complaint"),
            Act.COMPLAINT_DECIDE,
            lambda w, _case, part, values: complaints.decide_complaint(
                w, part.id, verified=values["verdict"] == "yes", reason=values["reason"]
            ),
            (
                verdict_spec(
                    T("结论", "Conclusion"), T("属实", "Substantiated"), T("不属实", "Unsubstantiated")
                ),
                reason(),
            ),
            part="complaints",
            when=lambda _case, part: part.verified is None,
        ),
        Step(
            "correct-complaint",
            T("更正结论", "Correct the conclusion"),
            Act.COMPLAINT_DECIDE,
            lambda w, _case, part, values: correcting_status.correct_complaint(w, part.id, values["reason"]),
            (reason(),),
            done=CORRECTED,
            part="complaints",
            when=lambda _case, part: part.verified is not None,
        ),
        Step(
            "open-finding",
            T("立案查证", "Open a finding"),
            Act.FINDING_OPEN,
            lambda w, case, _part, values: findings.open_finding(
                w, case.id, values["kind"], values["reason"]
            ),
            _kinds,
            when=lambda case, _part: (
                case.accreditation.state.in_force and bool(findings.kinds_of(case.rules))
            ),
        ),
        Step(
            "decide-finding",
            T("作出认定", "Decide the finding"),
            Act.FINDING_DECIDE,
            lambda w, _case, part, values: findings.decide_finding(
                w, part.id, established=values["verdict"] == "yes", reason=values["reason"]
            ),
            (
                verdict_spec(T("结论", "Conclusion"), T("查证属实", "Established"), T("不成立", "Dismissed")),
                reason(),
            ),
            part="findings",
            when=lambda _case, part: part.state is FindingState.OPEN,
        ),
        Step(
            "correct-finding",
            T("更正结论", "Correct the conclusion"),
            Act.FINDING_DECIDE,
            lambda w, _case, part, values: correcting_status.correct_finding(w, part.id, values["reason"]),
            (reason(),),
            done=CORRECTED,
            part="findings",
            when=lambda _case, part: part.state is not FindingState.OPEN,
        ),
        Step(
            "excuse-absence",
            T("登记正当缺席", "Excuse an absence"),
            Act.ABSENCE_EXCUSE,
            lambda w, case, _part, values: absences.excuse(w, case.id, values["on"], values["reason"]),
            (Spec("on", T("日期", "Date"), FieldKind.DAY, default=current_day), reason()),
            when=lambda case, _part: (
                case.accreditation.state.in_force
                and any(isinstance(rule.trigger, Absence) for rule in case.rules.exits)
            ),
        ),
        Step(
            "plan-inspection",
            T("安排检查", "Plan an inspection"),
            Act.INSPECTION_EDIT,
            lambda w, case, _part, values: inspections.plan(w, case.id, values["planned_on"]),
            (Spec("planned_on", T("计划日期", "Planned for"), FieldKind.DAY, default=current_day),),
            when=lambda case, _part: case.accreditation.state.in_force,
        ),
        Step(
            "record-inspection",
            T("登记检查结果", "Record the inspection"),
            Act.INSPECTION_EDIT,
            lambda w, _case, part, values: inspections.record(
                w,
                part.id,
                held_on=values["held_on"],
                quality=values["quality"] or "",
                fees=values["fees"] or "",
                satisfaction_pct=values["satisfaction_pct"],
                passed=values["verdict"] == "yes",
            ),
            (
                Spec("held_on", T("检查日期", "Held on"), FieldKind.DAY, default=current_day),
                Spec("quality", T("服务质量", "Quality"), FieldKind.AREA, longest=4000),
                Spec("fees", T("收费情况", "Fees"), FieldKind.AREA, longest=4000),
                Spec(
                    "satisfaction_pct",
                    T("满意度（%）", "Satisfaction (%)"),
                    FieldKind.PERCENT,
                    required=False,
                ),
                verdict_spec(T("结论", "Conclusion"), T("通过", "Passed"), T("未通过", "Not passed")),
            ),
            part="inspections",
            when=lambda _case, part: part.held_on is None,
        ),
        Step(
            "close-order",
            T("登记整改结果", "Record the result"),
            Act.RECTIFICATION_CLOSE,
            lambda w, _case, part, values: rectifications.result(
                w, part.id, passed=values["verdict"] == "yes", remark=values["reason"]
            ),
            (
                verdict_spec(
                    T("结论", "Conclusion"),
                    T("整改通过", "Rectification passed"),
                    T("整改未通过", "Rectification not passed"),
                ),
                reason(T("说明", "Note")),
            ),
            part="orders",
            when=lambda _case, part: part.state is RectificationState.OPEN,
        ),
        Step(
            "nominate",
            T("择优推荐", "Nominate"),
            Act.NOMINATION_EDIT,
            lambda w, case, _part, values: nominations.nominate(
                w, case.id, values["target"], values["reason"]
            ),
            _targets,
            when=lambda case, _part: (
                bool(case.rules.procedure.nomination) and case.accreditation.state.in_force
            ),
        ),
        *EXIT_STEPS,
        Step(
            "request-extension",
            T("代为申请延续", "Ask for an extension on its behalf"),
            Act.APPLICATION_DRAFT,
            lambda w, case, _part, values: extensions.request_extension(
                helped(w, case), case.id, values["statement"] or ""
            ),
            (Spec("statement", T("申请说明", "Statement"), FieldKind.AREA, required=False),),
            when=lambda case, _part: (
                case.accreditation.state in extensions.CAN_GO_ON and not case.extension_open
            ),
            blocked=_extension_blocked,
            hint=FOR_PARTY,
        ),
        Step(
            "decide-extension",
            T("答复延续申请", "Answer the request"),
            Act.EXTENSION_DECIDE,
            lambda w, _case, part, values: extensions.decide_extension(
                w, part.id, granted=values["verdict"] == "yes", reason=values["reason"] or ""
            ),
            (
                verdict_spec(
                    T("答复", "Answer"), T("同意延续", "Grant the extension"), T("不同意", "Refuse")
                ),
                reason(required=False),
            ),
            part="extensions",
            when=lambda _case, part: part.state is ExtensionState.OPEN,
        ),
        Step(
            "correct-extension",
            T("更正延续答复", "Correct the answer"),
            Act.EXTENSION_DECIDE,
            lambda w, _case, part, values: correcting_terms.correct_extension(w, part.id, values["reason"]),
            (reason(),),
            done=CORRECTED,
            part="extensions",
            when=_is_latest_answer,
            tone="danger",
            confirm=ASK_TO_TELL,
        ),
        Step(
            "withdraw",
            T("代为办理主动退出", "Withdraw for the party"),
            Act.APPLICATION_DRAFT,
            lambda w, case, _part, values: withdrawals.withdraw(
                helped(w, case), case.id, values["reason"] or ""
            ),
            (reason(required=False),),
            when=lambda case, _part: case.accreditation.state.in_force,
            confirm=T("退出后认定立即终止，是否继续？", "The status ends at once. Go on?"),
            hint=FOR_PARTY,
            tone="danger",
        ),
    ]
)
