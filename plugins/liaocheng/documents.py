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

OPERATION = TextFact("liaocheng_operation", Kind.TEXT, T("运营情况", "How it operates"))
"""Article 11: measured by the county, beside results and satisfaction."""

PROGRAM = Program(
    id="liaocheng",
    title=T(
        "聊城市中小企业公共服务示范平台", "Liaocheng demonstration platforms of public services for SMEs"
    ),
    authority=T("聊城市民营经济发展局", "Liaocheng Bureau of Private Economy Development"),
    recommenders=T("县级中小企业主管部门", "County departments in charge of SMEs"),
    register=T("聊城市中小企业公共服务示范平台名单", "List of Liaocheng demonstration platforms"),
    region="371500",
    recommender_level=6,
    tracks=(
        Track(
            id="comprehensive",
            title=T("综合类平台", "Comprehensive platform"),
            party=PartyKind.ORGANIZATION,
            number_pattern="LC-Z-{year}-{sequence:04d}",
        ),
        Track(
            id="specialized",
            title=T("专业类平台", "Specialized platform"),
            party=PartyKind.ORGANIZATION,
            number_pattern="LC-S-{year}-{sequence:04d}",
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
    Column("平台名称", "name"),
    Column("统一社会信用代码", "uscc"),
    Column("所在县（市、区）", "region"),
    Column("服务功能", "service_functions"),
    Column("资产总额（元）", "total_assets_cny"),
    Column("从业人数", "staff_full_time"),
    Column("上年服务中小企业数", "smes_served_last_year"),
    Column("用户满意度（%）", "satisfaction_pct"),
    Column("联系人", "contact_name"),
    Column("联系电话", "contact_phone"),
)
"""The columns are ours: the text attaches a form for each platform and no list."""

SUMMARY_TABLES = tuple(
    SummaryTable(
        id=f"recommended_{track.id}",
        clause="11",
        track=track.id,
        title=T(f"推荐名单（{track.title.zh}）", f"Recommendations ({track.title.en})"),
        columns=RECOMMENDED_COLUMNS,
        head=("推荐单位", "联系人", "联系电话"),
    )
    for track in PROGRAM.tracks
)
