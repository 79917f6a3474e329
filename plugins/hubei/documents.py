"""The programme itself, its tracks and edition, and the lists that are exported."""

from core.plugin_api import (
    Column,
    Edition,
    Kind,
    PartyKind,
    Program,
    SummaryTable,
    T,
    TextFact,
    Track,
    facts,
)

OPERATION = TextFact("hubei_operation", Kind.TEXT, T("运营情况", "How it operates"))
"""Article 10: measured by whoever recommends, beside results and satisfaction."""

PROGRAM = Program(
    id="hubei",
    title=T("湖北省中小企业公共服务严选服务机构", "Hubei selected bodies of public services for SMEs"),
    authority=T("湖北省中小企业服务中心", "Hubei SME Service Center"),
    recommenders=T(
        "市、州、直管市、林区中小企业服务中心，行业协会、商会，省中心业务部门",
        "City and prefecture SME centers, associations, chambers, departments of the provincial center",
    ),
    register=T("湖北省严选服务机构名录", "Register of Hubei selected bodies"),
    region="420000",
    recommender_level=4,
    tracks=(
        Track(
            id="comprehensive",
            title=T("综合服务机构", "Comprehensive body"),
            party=PartyKind.ORGANIZATION,
            number_pattern="HB-Z-{year}-{sequence:04d}",
        ),
        Track(
            id="specialized",
            title=T("专业服务机构", "Specialized body"),
            party=PartyKind.ORGANIZATION,
            number_pattern="HB-S-{year}-{sequence:04d}",
        ),
    ),
    editions=(
        Edition(
            id="measures",
            title=T("认定管理办法（原文未载印发日期）", "Measures (the text carries no date of issue)"),
        ),
    ),
    service_areas=facts.service_functions,
    extra_facts=(OPERATION,),
)

RECOMMENDED_COLUMNS = (
    Column("序号", "number"),
    Column("机构名称", "name"),
    Column("统一社会信用代码", "uscc"),
    Column("所在市（州）", "region"),
    Column("服务类别", "service_functions"),
    Column("注册资本（元）", "registered_capital_cny"),
    Column("专职人员数", "staff_full_time"),
    Column("上年服务中小企业数", "smes_served_last_year"),
    Column("用户满意度（%）", "satisfaction_pct"),
    Column("联系人", "contact_name"),
    Column("联系电话", "contact_phone"),
)
"""The columns are ours: the text attaches a form for each body and no list."""

SUMMARY_TABLES = tuple(
    SummaryTable(
        id=f"recommended_{track.id}",
        clause="10",
        track=track.id,
        title=T(f"推荐名单（{track.title.zh}）", f"Recommendations ({track.title.en})"),
        columns=RECOMMENDED_COLUMNS,
        head=("推荐单位", "联系人", "联系电话"),
    )
    for track in PROGRAM.tracks
)
