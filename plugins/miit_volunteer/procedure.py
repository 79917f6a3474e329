"""N1 to N3, A1.5 and A2.4: how one is included; A1.12 and A2.9: for how long."""

from core.plugin_api import (
    Actor,
    Extension,
    Intake,
    Procedure,
    Stage,
    StageKind,
    T,
    ValidityTerm,
    Window,
)
from plugins.miit_volunteer.documents import EXPERT, WORKSTATION

# The notice names its last day and no first one: its year's first day is the earliest it can mean, so that
# nobody is refused as too early. The deadline is the whole call's: the summary tables of N2 fall under it.
CALL_2023 = Window(
    "N3",
    opens_at="2023-01-01T00:00:00",
    submit_by="2023-03-12T23:59:59",
    recommend_by="2023-03-12T23:59:59",
)

INCLUSION = Stage(
    StageKind.ACCREDITATION,
    "N3",
    T("纳入资源库，短信通知并授予电子证书", "Inclusion, with a text message and an electronic certificate"),
    Actor.AUTHORITY,
)

STAGES = {
    WORKSTATION: (
        Stage(StageKind.SUBMISSION, "A1.5(1)", T("在线申报", "Online submission"), Actor.APPLICANT),
        Stage(StageKind.REVIEW, "A1.5(2)", T("中心评审", "Review by the center"), Actor.AUTHORITY),
        Stage(StageKind.NOTICE, "A1.5(3)", T("公示", "Public notice"), Actor.AUTHORITY, working_days=5),
        INCLUSION,
    ),
    EXPERT: (
        Stage(StageKind.SUBMISSION, "A2.4(1)", T("在线申请", "Online application"), Actor.APPLICANT),
        Stage(StageKind.REVIEW, "A2.4(2)", T("中心审核", "Examination by the center"), Actor.AUTHORITY),
        Stage(StageKind.NOTICE, "A2.4(3)", T("公示", "Public notice"), Actor.AUTHORITY, working_days=5),
        INCLUSION,
    ),
}

# "After its end" an extension may be asked for; on which days is open: miit.extension.
TERMS = {
    WORKSTATION: ValidityTerm(
        clause="A1.12",
        years=3,
        withdrawal_clause="A1.6",
        extension=Extension("A1.12", years=3),
        follows=("miit.extension",),
    ),
    EXPERT: ValidityTerm(
        clause="A2.9",
        years=3,
        withdrawal_clause="A2.5",
        extension=Extension("A2.9", years=3),
        follows=("miit.extension",),
    ),
}

COMMENDATION = {
    WORKSTATION: ("A1.14", "commendation", T("优秀工作站表彰名单", "Commendation list of workstations")),
    EXPERT: ("A2.12", "commendation", T("优秀志愿专家表彰名单", "Commendation list of experts")),
}

PROCEDURES: dict[str, Procedure] = {
    track: Procedure(
        clause=clause,
        intake=Intake.CALL,
        stages=STAGES[track],
        term=TERMS[track],
        window=CALL_2023,
        direct_inclusion="N2",
        mobile_required="N3",
        nomination=(COMMENDATION[track],),
    )
    for track, clause in ((WORKSTATION, "A1.5"), (EXPERT, "A2.4"))
}
