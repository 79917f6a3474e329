"""Part five: from the account to the agreement, with the windows of 2017."""

from core.plugin_api import Actor, Intake, Procedure, Stage, StageKind, T, ValidityTerm, Window
from plugins.shanghai.eligibility import EIGHT

STAGES = (
    Stage(StageKind.VERIFICATION, "5.2", T("企业认证", "Verification of the enterprise"), Actor.AUTHORITY),
    Stage(
        StageKind.SUBMISSION, "5.2", T("网上和纸质申报", "Submission online and on paper"), Actor.APPLICANT
    ),
    Stage(
        StageKind.RECOMMENDATION,
        "5.3",
        T("区级合规性审核与推荐", "Compliance check and recommendation by the district"),
        Actor.RECOMMENDER,
    ),
    Stage(StageKind.REVIEW, "5.4", T("专家评审", "Review by experts"), Actor.REVIEWER, scored=True),
    Stage(StageKind.AGREEMENT, "5.4", T("签订合作协议", "Cooperation agreement"), Actor.AUTHORITY),
    Stage(
        StageKind.ACCREDITATION, "5.4", T("确定并公布名单", "Selection and published list"), Actor.AUTHORITY
    ),
)

WINDOW_2017 = Window(
    clause="5.2",
    # No opening stands in the text: from the year's first moment, nobody is turned away for being early, and
    # last year's financial statements (4.5) can exist.
    opens_at="2017-01-01T00:00:00",
    submit_by="2017-09-20T17:00:00",
    recommend_by="2017-09-30T23:59:59",
    closed_clause="2.2(2)",
    closed_functions=("legal",),
)

PROCEDURE = Procedure(
    clause="5.1",
    intake=Intake.CALL,
    stages=STAGES,
    term=ValidityTerm(
        clause="agreement",
        years=1,
        withdrawal_clause="withdrawal",
        by_agreement=True,
        follows=("shanghai.term",),
    ),
    window=WINDOW_2017,
    measured=(),
    compliance="5.3",
    paper_copy="5.2",
    functions=EIGHT,
    nomination=(
        (
            "3(last)",
            "funding_and_honors",
            T(
                "认真完成任务的，优先推荐申报资助资金和荣誉称号",
                "Those who did their tasks well are nominated first for funding and honors",
            ),
        ),
    ),
)
