"""What articles 15 and 18 expect of an accredited body; the text asks for no report."""

from core.plugin_api import ConductDuty, T

DUTIES = (
    ConductDuty(clause="15", title=T("遵守法律法规", "Observes laws and regulations")),
    ConductDuty(
        clause="18(1)",
        title=T("服务活动让企业满意", "Holds service events that enterprises are satisfied with"),
    ),
    ConductDuty(
        clause="18(2)",
        title=T("守信服务，维护推荐和认定单位声誉", "Serves in good faith and harms nobody's reputation"),
    ),
    ConductDuty(
        clause="18(4)",
        title=T(
            "服从协调开展服务活动，含公益服务", "Gives services as coordinated, public-benefit ones included"
        ),
    ),
    ConductDuty(
        clause="18(4)",
        title=T("每年自主开展公益服务", "Gives public-benefit services of its own each year"),
    ),
)
