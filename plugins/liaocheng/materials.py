"""Article 12: what an applicant hands in, the same in both tracks."""

from core.plugin_api import Material, T

MATERIALS = (
    Material(
        clause="12(1)",
        key="application_report",
        title=T("申请报告", "Application report"),
        template="附件2",
    ),
    Material(
        clause="12(2)",
        key="licence",
        title=T("法人证书或营业执照副本", "Legal-person certificate or business licence"),
        note=T("复印件", "A copy"),
    ),
    Material(
        clause="12(3)",
        key="audit_reports",
        title=T(
            "上年度审计报告和服务收支专项审计",
            "Last year's audit, and a special audit of service income and expense",
        ),
    ),
    Material(
        clause="12(4)",
        key="premises_proof",
        title=T("经营服务场所证明", "Proof of the service premises"),
        note=T("房产证或租赁合同复印件", "A copy of the title deed or the lease"),
    ),
    Material(
        clause="12(5)",
        key="service_proof",
        title=T("开展服务的证明", "Proof of the services given"),
        note=T("通知、照片、总结等", "Notices, photographs, summaries and the like"),
    ),
    Material(
        clause="12(6)",
        key="recognition",
        title=T("认定文件", "Document of recognition"),
        note=T(
            "县级平台认定，或市级及以上行政部门、行业协会的认定",
            "By the county as a platform, or by a city or higher department or an industry association",
        ),
    ),
    Material(
        clause="12(7)",
        key="qualifications",
        title=T("从业资质、网站备案、许可证", "Qualifications, website filing and permits"),
        note=T(
            "复印件；其中不需要或没有的，附一页说明",
            "Copies; a page that says so for any that is not needed or not held",
        ),
    ),
    Material(
        clause="12(8)",
        key="other_proof",
        title=T("其他证明材料", "Other proof"),
        required=False,
        note=T("能证明符合条件的其他材料，如有", "Whatever else shows that the conditions are met, if any"),
    ),
    Material(
        clause="12(8)",
        key="declaration",
        title=T("材料真实性声明", "Declaration that the materials are true"),
    ),
)
