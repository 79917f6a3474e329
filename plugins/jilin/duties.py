"""Articles 6, 9 and 10: what providers and experts owe."""

from core.plugin_api import (
    ConductDuty,
    Duty,
    Overdue,
    ReportDuty,
    Reverification,
    ServiceDuty,
    T,
    Year,
    any_of,
    by_reading,
)
from core.plugin_api import metrics as m

TASKS = (
    ConductDuty("6(1)", T("参与市中心组织的服务项目", "Take part in service projects of the city center")),
    ConductDuty("6(2)", T("承办、参与受委托的服务活动", "Undertake or join commissioned service activities")),
    ConductDuty("6(3)", T("参加志愿服务活动", "Join volunteer activities for SMEs")),
    ConductDuty(
        "6(4)",
        T("定期开展线上线下解读、辅导和答疑", "Regular policy reading, coaching and Q&A, online or on site"),
    ),
    ConductDuty("6(5)", T("依市场和法律自主服务", "Own services by market and law")),
)

CONDUCT = (
    ConductDuty("9(1)", T("按约定接受邀请、承办和参与", "Accept invitations and take part as agreed")),
    ConductDuty("9(2)", T("按时完成所安排的工作", "Finish assigned work on time")),
    ConductDuty("9(3)", T("依法依规、公平公正服务", "Serve lawfully and fairly")),
    ConductDuty("9(4)", T("客观公正发表意见", "Give objective and impartial opinions")),
    ConductDuty("9(5)", T("及时报告、更新个人信息", "Report and update own data in time")),
    ConductDuty("9(6)", T("法律法规规定的其他义务", "Other duties under law")),
)

YEARLY_SERVICE = any_of(m.service_hours.at_least(12), m.enterprises_served.at_least(30))

# 10(1) says "a year" and "30 enterprises": we count years from the start date (jilin.year_basis; rejected:
# calendar years) and each enterprise once (jilin.served; rejected: once per visit).
SERVICE = ServiceDuty(
    clause="10(1)",
    title=T("年服务时长或服务企业数", "Yearly service hours or enterprises"),
    test=YEARLY_SERVICE,
    year=by_reading("jilin.year_basis", accreditation_year=Year.ACCREDITATION, calendar_year=Year.CALENDAR),
    follows=("jilin.served",),
)

# 10(1) names no day for the report: by the end of each accreditation year (jilin.report_due).
REPORT = ReportDuty(
    clause="10(1)",
    title=T("年度工作报告，附成功案例和经验", "Yearly report, with success cases and experience"),
    year=Year.ACCREDITATION,
    overdue=Overdue.WARNING,
    needs_case=True,  # "并及时反馈成功服务案例和经验"
    follows=("jilin.report_due",),
)

REVERIFICATION = Reverification(
    clause="10(2)",
    title=T("复核更新信息", "Data verified again"),
    years=2,
)

DUTIES: tuple[Duty, ...] = (*TASKS, *CONDUCT, SERVICE, REPORT, REVERIFICATION)
