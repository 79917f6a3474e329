"""Part three: what an accredited body owes. Supervision reminds of it and revokes nothing."""

from core.plugin_api import ConductDuty, Duty, Overdue, ReportDuty, ReportKind, T, Year

COMMON: tuple[Duty, ...] = (
    ConductDuty(
        clause="3.1",
        title=T("按要求组织面向中小企业的服务活动", "Holds service events for SMEs as the office asks"),
    ),
    ReportDuty(
        clause="3.1",
        title=T("全年服务计划", "Plan of the year's services"),
        year=Year.CALENDAR,
        overdue=Overdue.REMINDER,
        kind=ReportKind.PLAN,
        follows=("shanghai.report_due",),
    ),
    ReportDuty(
        clause="3.1",
        title=T("全年服务情况报告", "Report of the year's services"),
        year=Year.CALENDAR,
        overdue=Overdue.REMINDER,
        follows=("shanghai.report_due",),
    ),
    ConductDuty(
        clause="3.2",
        title=T(
            "在互动平台上提供在线咨询、服务和呼叫承接", "Advises, serves and takes calls on the platform"
        ),
    ),
    ConductDuty(
        clause="3.2",
        title=T("在互动平台填报服务信息和案例", "Reports its services and cases on the platform"),
    ),
)

JOINING: tuple[Duty, ...] = (
    ConductDuty(
        clause="3.4",
        title=T("参加市、区主管部门组织的服务活动", "Joins the events of the city and district departments"),
    ),
    ConductDuty(
        clause="3.5", title=T("完成市中小企业办要求的其他服务", "Other services that the office asks for")
    ),
)

DUTIES = {
    "comprehensive": (
        *COMMON,
        ConductDuty(
            clause="3.3",
            title=T(
                "跟踪并解读政策，配合宣传", "Follows and explains policies, and helps to make them known"
            ),
        ),
        ConductDuty(
            clause="3.3",
            title=T(
                "解答、汇总并报送企业的困难和诉求",
                "Answers, collects and reports the difficulties and needs of enterprises",
            ),
        ),
        *JOINING,
    ),
    "specialized": (
        *COMMON,
        ConductDuty(
            clause="3.3",
            title=T(
                "提升能力和品牌，形成特色产品和服务案例",
                "Improves its services and brand, with products and cases of its own",
            ),
        ),
        *JOINING,
    ),
}
