"""How the columns of a download of one's own data are called: those that need nothing but their row."""

from __future__ import annotations

from core.rules.text import T
from core.services.own_data.sections import of

NUMBER = of("id", T("编号", "Number"))
KIND, STATE = of("kind", T("类型", "Kind")), of("state", T("状态", "State"))
FROM, TO = T("自", "From"), T("至", "To")
PARTY = of("party_id", T("主体", "Party"))
STATUS = of("accreditation_id", T("认定", "Accreditation"))
REASON = T("理由", "Reason")
CONTENT = T("内容", "Content")
WHEN = T("时间", "When")

ACCOUNT = (
    NUMBER,
    of("name", T("姓名", "Name")),
    of("username", T("用户名", "User name")),
    of("email", T("电子邮箱", "E-mail")),
    of("mobile", T("手机号码", "Mobile number")),
    of("language", T("语言", "Language")),
    of("create_datetime", T("建立时间", "Created")),
    of("confirmed_at", T("邮箱确认时间", "E-mail confirmed at")),
    of("mobile_confirmed_at", T("手机确认时间", "Mobile number confirmed at")),
    of("current_login_at", T("上次登录", "Last login")),
    of("login_count", T("登录次数", "Number of logins")),
    of("wants_email", T("消息另发电子邮件", "Copies of messages by e-mail")),
    of("wants_sms", T("消息另发短信", "Copies of messages by text message")),
    of("digest", T("待办事项汇总邮件", "To-do summary by e-mail")),
    of("factor", T("双重验证", "Two-factor login"), lambda row: row.tf_primary_method is not None),
)
SESSION = (
    of("device", T("设备", "Device")),
    of("address", T("网络地址", "Network address")),
    of("started_at", T("登录时间", "Time of login")),
    of("seen_at", T("最近使用", "Last used")),
)
FACT = (
    of("number", T("编号", "Number"), lambda row: row["number"]),
    of("fact", T("事实代号", "Fact by its name"), lambda row: row["fact"]),
    of("title", T("事实", "Fact"), lambda row: row["title"]),
    of("value", CONTENT, lambda row: row["value"]),
)
FORMER = (of("field", T("事项", "Item")), of("value", CONTENT), of("held_from", FROM), of("held_until", TO))
CLAIM = (
    NUMBER,
    of("made_at", T("登记时间", "Registered at")),
    of("name", T("名称", "Name")),
    of("uscc", T("统一社会信用代码", "Unified social credit code")),
    of("id_number", T("证件号码", "Identity number")),
    of("contact_name", T("联系人", "Contact")),
    of("mobile", T("手机号码", "Mobile number")),
    of("email", T("电子邮箱", "E-mail")),
    STATE,
    of("statement", T("说明", "Note")),
    of("answer", T("答复", "Answer")),
)
"""What the claimant typed, and what was answered; of the party and of who objected nothing."""
DECISION = (
    NUMBER,
    of("application_id", T("申请编号", "Application No.")),
    KIND,
    of("at", WHEN),
    of("reason", REASON),
)
EVENT = (
    STATUS,
    of("happened_on", T("日期", "Date")),
    KIND,
    of("clause", T("条款", "Clause")),
    of("title", CONTENT, lambda row: T(row.title_zh, row.title_en)),
)
EXTENSION = (
    STATUS,
    of("requested_on", T("申请日期", "Requested on")),
    STATE,
    of("statement", T("说明", "Note")),
    of("decided_on", T("决定日期", "Decided on")),
    of("reason", REASON),
)
RECORD = (
    STATUS,
    of("service_date", T("服务日期", "Service date")),
    of("title", T("服务名称", "Service title")),
    of("mode", T("服务方式", "Mode of service")),
    of("hours", T("小时", "Hours")),
    of("participants", T("参加人数", "Participants")),
    of("enterprises", T("服务企业", "Enterprises served")),
    of("satisfaction_pct", T("满意度（%）", "Satisfaction (%)")),
    of("fee_cny", T("收费（元）", "Fee (CNY)")),
    of("public_benefit", T("公益", "Public benefit")),
    of("summary", CONTENT),
    STATE,
    of("rejection_reason", T("不予采信的理由", "Why it was not accepted")),
    of("recorded_at", T("记录时间", "Recorded at")),
)
REPORT = (
    STATUS,
    of("year", T("年度", "Year")),
    KIND,
    of("submitted_on", T("提交日期", "Submitted on")),
    of("summary", CONTENT),
    of("success_cases", T("典型案例", "Success cases")),
    of("figures", T("数值", "Figures")),
    of("returned_on", T("退回日期", "Returned on")),
    of("return_reason", T("退回理由", "Why it was returned")),
)
FILE = (
    of("title", T("类型", "Kind")),
    of("number", T("编号", "Number")),
    of("filename", T("文件", "File")),
    of("size", T("字节", "Bytes")),
    of("sha256", T("SHA-256", "SHA-256")),
)
LOGIN = (
    of("at", WHEN),
    of("kind", T("行为", "What was done")),
    of("address", T("网络地址", "Network address")),
)
