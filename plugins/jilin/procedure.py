"""Article 8: recommendation and recruitment, without call or public notice; article 10: the term."""

from core.plugin_api import Actor, Extension, Intake, Procedure, Stage, StageKind, T, ValidityTerm
from plugins.jilin.documents import EXPERT, PROVIDER

SUBMISSION = {
    PROVIDER: Stage(
        StageKind.SUBMISSION, "8(2)", T("服务商申请", "Application of the provider"), Actor.APPLICANT
    ),
    EXPERT: Stage(StageKind.SUBMISSION, "8(3)", T("专家申请", "Application of the expert"), Actor.APPLICANT),
}

RECOMMENDATION = Stage(
    StageKind.RECOMMENDATION,
    "8(4)",
    T("属地评估与推荐", "Evaluation and recommendation by the county center"),
    Actor.RECOMMENDER,
)

REVIEW = Stage(StageKind.REVIEW, "8(5)", T("市中心复核", "Review by the city center"), Actor.AUTHORITY)

ENTRY = Stage(
    StageKind.ACCREDITATION,
    "8(5)",
    T("招募并录入资源库", "Recruitment and entry into the register"),
    Actor.AUTHORITY,
)

# 10(3) names neither the length of an extension nor the days on which it may be asked for: jilin.extension.
TERM = ValidityTerm(
    clause="10(1)",
    years=2,
    withdrawal_clause="11(4)",
    extension=Extension("10(3)", years=2),
    follows=("jilin.extension",),
)

PROCEDURES: dict[str, Procedure] = {
    track: Procedure(
        clause="8(1)",
        intake=Intake.ROLLING,
        stages=(submission, RECOMMENDATION, REVIEW, ENTRY),
        term=TERM,
        exit_proposal="5",
    )
    for track, submission in SUBMISSION.items()
}
