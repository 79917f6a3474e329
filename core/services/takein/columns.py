"""The two tables of a take-in: the statuses, and what their services of days before come to."""

from __future__ import annotations

from core.domain.folding import repaired
from core.domain.quantities import HOURS
from core.hooks.loaded import LoadedProgram
from core.rules.text import T
from core.services.files.columns import Column, empty_table
from core.services.files.kinds import BY_WORD, Amount, Choice, Code, Day, Several, Text, Whole
from core.services.people.parties import LENGTHS

MOST_ROWS = 10_000
NAME, YEARS_NAME = T("既有认定", "Statuses granted before"), T("历年服务", "Services of the years before")
NOTES = (
    "每行一项认定；编号、日期照原证书填写。已到期的照填，导入后为“已到期”；已撤销、已退出的不导入。",
    "One status a row, with the number and dates of its certificate; none that was revoked or given up.",
    "未办结的整改：条款、责令日期、期限三项都填，期限不早于导入当日。",
    "An open order to rectify: its clause, its day and its deadline, which is no earlier than the take-in.",
    "同一认定还有整改或警告的，每项另起一行：填同一编号和该项整改或警告，其余各列留空。",
    "Of further orders or warnings each has a row of its own: the same number, and the rest is left empty.",
)
TOTALS = {
    "hours": "service_hours",
    "enterprises": "enterprises_served",
    "services": "services",
    "public_benefit": "public_benefit_services",
}
"""Which metric each column of the second table is."""


def status_columns(loaded: LoadedProgram) -> tuple[Column, ...]:
    """One row for each status."""
    areas = loaded.program.service_areas
    offered = areas.choices if areas is not None else ()
    tracks = ((track.id, track.title) for track in loaded.program.tracks)
    return (
        Column("number", T("证书编号", "Certificate number"), Code(repaired), also=("编号", "认定编号")),
        Column("track", T("类别", "Track"), Choice.among(tracks)),
        Column("name", T("名称", "Name"), Text(LENGTHS["name"]), also=("单位名称", "姓名")),
        Column("uscc", T("统一社会信用代码", "Unified social credit code"), Code(), required=False),
        Column("id_number", T("身份证号", "ID number"), Code(), required=False, also=("身份证号码",)),
        Column("region", T("行政区划代码", "Division code"), Code()),
        Column("address", T("地址", "Address"), Text(LENGTHS["address"]), required=False),
        Column("contact_name", T("联系人", "Contact"), Text(LENGTHS["contact_name"]), required=False),
        Column("mobile", T("手机号码", "Mobile number"), Code(), required=False, also=("手机号", "手机")),
        Column("phone", T("联系电话", "Telephone"), Code(), required=False, also=("电话", "固定电话")),
        Column("email", T("电子邮箱", "E-mail"), Code(), required=False, also=("邮箱",)),
        Column("employer", T("所在单位", "Employer"), Text(LENGTHS["employer"]), required=False),
        Column("started_on", T("首次认定日期", "First accredited on"), Day(), also=("认定日期",)),
        Column("valid_from", T("本期起始日期", "Present term from"), Day(), required=False),
        Column("valid_through", T("有效期至", "Valid through"), Day(), also=("有效期截止",)),
        Column("edition", T("文件版本", "Edition"), Text(64), required=False),
        Column(
            "functions",
            T("服务类别", "Service category"),
            Several(Choice.among(offered), BY_WORD),
            required=False,
        ),
        Column("order_clause", T("整改条款", "Order under clause"), Text(64), required=False),
        Column("ordered_on", T("责令日期", "Ordered on"), Day(), required=False, also=("整改通知日期",)),
        Column("deadline", T("整改期限", "Rectify by"), Day(), required=False),
        Column("warning_clause", T("警告条款", "Warning under clause"), Text(64), required=False),
        Column("warned_on", T("警告日期", "Warned on"), Day(), required=False),
        Column("last_active_on", T("最近服务日期", "Last service on"), Day(), required=False),
        Column(
            "last_attended_on",
            T("最近参加主管部门活动日期", "Last event of the authority on"),
            Day(),
            required=False,
        ),
    )


def year_columns() -> tuple[Column, ...]:
    """One row for each status and span of days."""
    return (
        Column("number", T("证书编号", "Certificate number"), Code(repaired), also=("编号", "认定编号")),
        Column("first", T("自", "from"), Day(), also=("起始日期",)),
        Column("last", T("至", "to"), Day(), also=("截止日期", "Through")),
        Column("hours", T("服务时长", "Service hours"), Amount(0, unit=HOURS), also=("服务小时", "时长")),
        Column("enterprises", T("服务企业数", "Number of enterprises served"), Whole(0, unit="家")),
        Column("services", T("服务次数", "Number of services"), Whole(0, unit="次")),
        Column(
            "public_benefit",
            T("公益服务次数", "Number of public-benefit services"),
            Whole(0, unit="次"),
            required=False,
        ),
        Column("report_on", T("年度报告提交日期", "Report handed in on"), Day(), required=False),
    )


def template(loaded: LoadedProgram, *, years: bool = False) -> bytes:
    """One of the two tables, empty."""
    if years:
        return empty_table(YEARS_NAME.zh, year_columns())
    return empty_table(NAME.zh, status_columns(loaded), notes=NOTES)
