"""Articles 9 to 15, 17, 19 and 21: how a body is accredited, for how long, and what that opens."""

from core.plugin_api import (
    Actor,
    Intake,
    Procedure,
    RecommenderKind,
    Stage,
    StageKind,
    T,
    ValidityTerm,
    facts,
)
from plugins.hubei.documents import OPERATION
from plugins.hubei.eligibility import NINE

STAGES = (
    Stage(StageKind.SUBMISSION, "11", T("提交申请材料", "Submission of the application"), Actor.APPLICANT),
    Stage(
        StageKind.RECOMMENDATION,
        "10",
        T("测评、初评与推荐", "Measurement, first review and recommendation"),
        Actor.RECOMMENDER,
    ),
    Stage(StageKind.REVIEW, "12", T("评审", "Review"), Actor.REVIEWER),
    Stage(StageKind.NOTICE, "12", T("公示", "Public notice"), Actor.AUTHORITY, working_days=5),
    Stage(
        StageKind.ACCREDITATION, "13", T("授予称号并授牌", "Conferring it and the plaque"), Actor.AUTHORITY
    ),
)

TERM = ValidityTerm(clause="15", years=3, withdrawal_clause="withdrawal", reapply_in_final_year=True)

NOMINATIONS = {
    "comprehensive": (
        "19",
        "sme_service_alliance",
        T(
            "优先推荐为全国中小企业服务联盟会员",
            "Nominated first as a member of the national SME service alliance",
        ),
    ),
    "specialized": (
        "19",
        "miit_volunteer/workstation",
        T(
            "优先推荐为中小企业志愿服务工作站",
            "Nominated first as a national SME volunteer service workstation",
        ),
    ),
}

PROCEDURES = {
    track: Procedure(
        clause="14",
        intake=Intake.CALL,
        once_a_year="14",
        stages=STAGES,
        term=TERM,
        self_recommendation_refused="21",
        other_recommenders=(("9", RecommenderKind.MEMBERSHIP), ("9", RecommenderKind.ASSIGNMENT)),
        measured=(OPERATION, facts.smes_served_last_year, facts.satisfaction_pct),
        functions=NINE,
        exit_proposal="17",
        nomination=(nomination,),
    )
    for track, nomination in NOMINATIONS.items()
}
