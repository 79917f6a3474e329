"""Article 17: what a recognized platform owes."""

from core.plugin_api import ConductDuty, Overdue, ReportDuty, T, Year

DUTIES = (
    ConductDuty(
        clause="17",
        title=T(
            "提高服务能力和资源带动能力", "Keeps improving its services and the resources it brings together"
        ),
    ),
    ConductDuty(
        clause="17", title=T("主动开展公益性服务", "Offers public-benefit services of its own accord")
    ),
    ConductDuty(
        clause="17",
        title=T("承担政府部门委托的任务", "Takes on the tasks that public departments entrust to it"),
    ),
    ConductDuty(clause="17", title=T("接受社会监督", "Accepts supervision by the public")),
    ReportDuty(
        clause="17",
        title=T("年度工作总结", "Annual summary of its work"),
        year=Year.CALENDAR,
        overdue=Overdue.NOTHING,  # 20(5) goes further than a warning
        follows=("liaocheng.report_due",),
    ),
)
