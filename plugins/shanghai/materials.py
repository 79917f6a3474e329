"""Part four: what an applicant hands in, online and on paper, the same in both tracks."""

from core.plugin_api import Material, T

MATERIALS = (
    Material(
        clause="4.1",
        key="application_form",
        title=T("申报表（四张表）", "Application form, of four tables"),
        template="附件1",
    ),
    Material(
        clause="4.2",
        key="application_report",
        title=T("申请报告", "Application report"),
        note=T(
            "机构基本情况、与条件的符合情况、2016年服务情况与典型案例、2017年计划及完成情况",
            "The body, how it meets the conditions, services and cases of 2016, plan and progress of 2017",
        ),
    ),
    Material(
        clause="4.3",
        key="licence",
        title=T("登记证书或营业执照", "Registration certificate or business licence"),
        note=T("复印件", "A copy"),
    ),
    Material(
        clause="4.4",
        key="qualifications",
        title=T("机构资质证书", "Certificates of qualification"),
        note=T("复印件", "Copies"),
    ),
    Material(
        clause="4.5",
        key="financial_statements",
        title=T("上年度会计报表", "Last year's financial statements"),
        note=T("2016年度，复印件", "Of 2016, a copy"),
    ),
    Material(
        clause="4.6",
        key="premises_proof",
        title=T("办公场所产权证明或长期租赁合同", "Title to the premises, or a long lease"),
        note=T("复印件", "A copy"),
    ),
    Material(
        clause="4.7",
        key="staff_certificates",
        title=T("专业人员证书", "Certificates of the professionals"),
        note=T(
            "不少于70%专业人员的学历、职称、执业资格证书复印件",
            "Copies of the degrees, titles or licences of at least 70% of the professionals",
        ),
    ),
    Material(
        clause="4.8",
        key="honors",
        title=T("近三年荣誉与媒体报道", "Honors of the last three years, and the media"),
        required=False,
        note=T(
            "复印件，如有；请求放宽条件的，附区级及以上认定、表彰或资助文件",
            "Copies, if any; for a relaxation, the recognition behind it",
        ),
    ),
    Material(
        clause="4.9",
        key="declaration",
        title=T("材料真实性承诺书", "Declaration that the materials are true"),
        template="附件2",
    ),
)
