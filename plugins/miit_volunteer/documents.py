"""The texts of the programme, whose it is and whom it accredits; the summary tables of annexes 3 and 4."""

from core.plugin_api import Column, Edition, PartyKind, Program, SummaryTable, T, Track, facts

WORKSTATION = "workstation"
EXPERT = "expert"

PROGRAM = Program(
    id="miit_volunteer",
    title=T(
        "中小企业志愿服务工作站和志愿服务专家",
        "SME Volunteer Service Workstations and Volunteer Experts",
    ),
    authority=T(
        "工业和信息化部中小企业发展促进中心",
        "SME Development Promotion Center of the Ministry of Industry and Information Technology",
    ),
    recommenders=T(
        "受省级中小企业管理部门委托的机构",
        "Bodies entrusted by the provincial departments in charge of SMEs",
    ),
    register=T(
        "中小企业志愿服务工作站资源库和专家库", "Registers of volunteer service workstations and experts"
    ),
    region="",
    recommender_level=2,
    # The texts speak of no certificate number: the patterns are the programme's own.
    tracks=(
        Track(
            WORKSTATION,
            T("志愿服务工作站", "Volunteer service workstation"),
            PartyKind.ORGANIZATION,
            "MIIT-GZZ-{year}-{sequence:05d}",
        ),
        Track(
            EXPERT,
            T("志愿服务专家", "Volunteer expert"),
            PartyKind.PERSON,
            "MIIT-ZJ-{year}-{sequence:05d}",
        ),
    ),
    editions=(
        Edition(
            "2023",
            T("2023 年招募通知及其附件（试行办法）", "Notice of 2023 with its annexes (trial measures)"),
        ),
    ),
    # A2.3(2), N4 and annex 4 name the fields of service; the fields of expertise hold them all.
    service_areas=facts.expertise_fields,
)

HEAD = ("填写单位", "联系人", "联系电话")

WORKSTATIONS = SummaryTable(
    id="A3",
    clause="A3",
    track=WORKSTATION,
    title=T("中小企业志愿服务工作站汇总表", "Summary table of volunteer workstations"),
    columns=(
        Column("序号", "number"),
        Column("单位名称", "name"),
        Column("地址", "address"),
        Column("联系人", "contact_name"),
        Column("联系电话", "contact_phone"),
    ),
    head=HEAD,
    imported=True,
    telephones=True,
)

EXPERTS = SummaryTable(
    id="A4",
    clause="A4",
    track=EXPERT,
    title=T("中小企业志愿服务专家汇总表", "Summary table of volunteer experts"),
    columns=(
        Column("序号", "number"),
        Column("姓名", "name"),
        Column("所在单位（机构）", "employer"),
        Column("擅长领域", "expertise_fields"),
        Column("联系电话", "contact_phone"),
        Column("联系邮箱", "email"),
    ),
    head=HEAD,
    imported=True,
    telephones=True,
    # The note under the table names six fields, in its own words.
    choices=(
        ("政策", "policy"),
        ("法律", "legal"),
        ("金融", "financing"),
        ("管理", "management"),
        ("创新创业", "startup"),
        ("数字赋能", "digital"),
    ),
)

SUMMARY_TABLES: tuple[SummaryTable, ...] = (WORKSTATIONS, EXPERTS)
