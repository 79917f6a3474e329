"""Article 11: what an applicant hands in, the same in both tracks."""

from core.plugin_api import Material, T

MATERIALS = (
    Material(
        clause="11(1)",
        key="application_report",
        title=T("申请报告", "Application report"),
        template="附件1-2",
    ),
    Material(
        clause="11(2)",
        key="licence",
        title=T("法人证书或营业执照副本", "Legal-person certificate or business licence"),
        note=T("复印件", "A copy"),
    ),
    Material(
        clause="11(3)",
        key="premises_proof",
        title=T("经营服务场所证明", "Proof of the service premises"),
        note=T("房产证或租赁合同复印件", "A copy of the title deed or the lease"),
    ),
    Material(
        clause="11(4)",
        key="service_proof",
        title=T("开展服务的证明", "Proof of the services given"),
        note=T("通知、照片、总结等", "Notices, photographs, summaries and the like"),
    ),
    Material(
        clause="11(5)",
        key="other_proof",
        title=T("其他证明材料", "Other proof"),
        required=False,
        note=T(
            "能证明符合条件的其他材料，如有；请求放宽条件的，附县级及以上认定、表彰或资金支持文件",
            "Whatever else shows that the conditions are met; for a relaxation, the recognition behind it",
        ),
    ),
    Material(
        clause="11(5)",
        key="declaration",
        title=T("材料真实性声明", "Declaration that the materials are true"),
        note=T("加盖申报单位公章", "With the applicant's seal"),
    ),
    Material(
        clause="11(6)",
        key="credit_checks",
        title=T("征信查询截图", "Screenshots of credit checks"),
        note=T(
            "注明来源、可以查证（信用中国、政府采购网等）",
            "With sources that can be checked (Credit China, the procurement network and the like)",
        ),
    ),
)
