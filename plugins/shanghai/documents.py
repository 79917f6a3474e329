"""The programme itself, its tracks and the edition of 2017, and the districts' summary table."""

from core.plugin_api import Column, Edition, PartyKind, Program, SummaryTable, T, Track, facts

PROGRAM = Program(
    id="shanghai",
    title=T("上海市中小企业服务机构", "Shanghai service bodies for SMEs"),
    authority=T("上海市促进中小企业发展协调办公室", "Shanghai Coordination Office for the Promotion of SMEs"),
    recommenders=T("各区科经委、经委（商务委）", "District commissions of economy, science or commerce"),
    register=T("上海市中小企业服务机构名单", "List of Shanghai service bodies for SMEs"),
    region="310000",
    recommender_level=6,
    # The text speaks of no certificate number: the patterns are our own.
    tracks=(
        Track(
            id="comprehensive",
            title=T("综合服务机构", "Comprehensive body"),
            party=PartyKind.ORGANIZATION,
            number_pattern="SH-Z-{year}-{sequence:04d}",
        ),
        Track(
            id="specialized",
            title=T("专业服务机构", "Specialized body"),
            party=PartyKind.ORGANIZATION,
            number_pattern="SH-S-{year}-{sequence:04d}",
        ),
    ),
    editions=(Edition(id="2017", title=T("2017 年申报推荐通知", "Call of 2017")),),
    service_areas=facts.service_functions,
)

RECOMMENDED_COLUMNS = (
    Column("序号", "number"),
    Column("机构名称", "name"),
    Column("统一社会信用代码", "uscc"),
    Column("申报类别", "service_functions"),
    Column("成立日期", "established_on"),
    Column("注册资本（元）", "registered_capital_cny"),
    Column("专职人员数", "staff_full_time"),
    Column("上年服务中小企业数", "smes_served_last_year"),
    Column("用户满意度（%）", "satisfaction_pct"),
    Column("联系人", "contact_name"),
    Column("联系电话", "contact_phone"),
)
"""The columns are ours: the notice names attachment 3 and the text at hand does not carry it."""

SUMMARY_TABLES = tuple(
    SummaryTable(
        id=f"A3_{track.id}",
        clause="5.3",
        track=track.id,
        title=T(
            f"2017年上海市中小企业服务机构推荐汇总表（{track.title.zh}）",
            f"Summary of the district's recommendations, 2017 ({track.title.en})",
        ),
        columns=RECOMMENDED_COLUMNS,
        head=("推荐单位", "联系人", "联系电话"),
    )
    for track in PROGRAM.tracks
)
