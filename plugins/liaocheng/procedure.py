"""Chapter four and article 18: how a platform is recognized, and for how long."""

from core.plugin_api import Actor, Intake, Procedure, Stage, StageKind, T, ValidityTerm, facts
from plugins.liaocheng.documents import OPERATION
from plugins.liaocheng.functions import FUNCTIONS

PROCEDURE = Procedure(
    clause="15",
    intake=Intake.CALL,
    once_a_year="15",
    stages=(
        Stage(
            StageKind.SUBMISSION, "12", T("提交申请材料", "Submission of the application"), Actor.APPLICANT
        ),
        Stage(
            StageKind.RECOMMENDATION,
            "11",
            T("县级测评与推荐", "Measurement and recommendation by the county"),
            Actor.RECOMMENDER,
        ),
        Stage(StageKind.REVIEW, "13", T("评审", "Review"), Actor.REVIEWER),
        Stage(StageKind.NOTICE, "13", T("公示", "Public notice"), Actor.AUTHORITY, working_days=5),
        Stage(StageKind.ACCREDITATION, "14", T("认定", "Accreditation"), Actor.AUTHORITY),
    ),
    term=ValidityTerm(clause="18", years=3, withdrawal_clause="withdrawal"),
    measured=(OPERATION, facts.smes_served_last_year, facts.satisfaction_pct),
    exit_proposal="19",
    functions=FUNCTIONS,
    nomination=(
        (
            "5",
            "provincial_platform",
            T("择优推荐省级中小企业公共服务示范平台", "Nomination as a provincial demonstration platform"),
        ),
    ),
)
