"""A panel: three reviewers score, one is kept out, one is blocked; the officer ranks and decides on many."""

from datetime import date

import pytest
from playwright.sync_api import expect

from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import SYSTEM
from core.services.granting import starting
from core.services.people import parties, users
from core.storage.engine import session_factory
from core.storage.models import User
from tests.e2e.conftest import Enter, Look, MakeUser, Site
from tests.e2e.person import Person
from tests.services.factory import id_number
from tests.services.journey import Case, Town

KEY = "shanghai/specialized"
DAY = date(2017, 9, 4)
CALL = "2017 年度上海市中小企业服务机构申报通知"
FIRST, SECOND, THIRD = "上海浦江融资服务中心", "上海徐汇创业服务有限公司", "上海衡山检测技术有限公司"
DISTRICT = "徐汇推荐员"
REVIEWERS = ("王致远", "李思齐", "周慎行")
SHEET = [
    {
        "key": "ability",
        "title": {"zh": "服务能力", "en": "Capability"},
        "hint": {"zh": "团队、场地和制度", "en": "People, premises and rules"},
        "weight": 60,
        "max": 100,
    },
    {"key": "results", "title": {"zh": "服务业绩", "en": "Results"}, "weight": 40, "max": 50},
]
# The first is ahead; the other two come to 80 each, one by scores 20 apart.
POINTS = {
    FIRST: {REVIEWERS[0]: ("95", "47.5"), REVIEWERS[1]: ("95", "47.5"), REVIEWERS[2]: ("95", "47.5")},
    SECOND: {REVIEWERS[0]: ("90", "45"), REVIEWERS[1]: ("80", "40"), REVIEWERS[2]: ("70", "35")},
    THIRD: {REVIEWERS[0]: ("80", "40"), REVIEWERS[1]: ("80", "40")},
}
NEAR = "与申请主体属于同一单位"


@pytest.fixture
def cases(town: Town) -> dict[str, Case]:
    """Three applications of one call, recommended by the district and under review."""
    call = town.call(KEY, DAY, title=CALL, quota=2, score_sheet=SHEET)
    return {name: under_review(town, call, name) for name in (FIRST, SECOND, THIRD)}


def under_review(town: Town, call: int | None, name: str) -> Case:
    program, track = KEY.split("/")
    user, party = town.applicant(KEY, f"{DAY}T09:00", name=name)
    with town.begin(user, f"{DAY}T09:00") as w:
        number = starting.start(w, program, track, party, call)
    with town.begin(town.officer(program), f"{DAY}T09:00") as w:
        parties.verify_party(w, party)
    case = Case(town, program, track, number, party, user, DAY)
    return case.fill().attach_all().submit().recommend().review()


@pytest.fixture
def panel(town: Town, cases: dict[str, Case], make_user: MakeUser) -> dict[str, str]:
    """Three reviewers by name, and the district's recommender, who is a reviewer too."""
    recommender = town.recommender("shanghai").user_id or 0
    with town.begin(SYSTEM, f"{DAY}T09:00", "user.grant") as w:
        w.session.get_one(User, recommender).name = DISTRICT
        users.grant(w, recommender, Role.REVIEWER, program="shanghai", region=None)
    return {name: make_user(name, Role.REVIEWER, "shanghai") for name in REVIEWERS}


@pytest.mark.assurance
def test_three_score_one_is_blocked_and_many_are_decided(
    site: Site,
    town: Town,
    cases: dict[str, Case],
    panel: dict[str, str],
    make_user: MakeUser,
    enter: Enter,
    look: Look,
) -> None:
    officer = enter(make_user("陈经办", Role.OFFICER, "shanghai", "310000"), "2017-09-20T09:00")
    place = assign(officer, look)
    joins(town, panel[REVIEWERS[2]], THIRD)
    for name in REVIEWERS:
        reviewer = enter(panel[name])
        for party in (FIRST, SECOND, THIRD):
            if name in POINTS[party]:
                score(reviewer, party, POINTS[party][name], look if (name, party) == SHOWN else None)
        if name == REVIEWERS[2]:
            blocked(reviewer, look)
        if name == REVIEWERS[0]:
            officer.open(place)
            officer.sees("全部完成", where=officer.row(REVIEWERS[0]))
            officer.sees("待声明", where=officer.row(THIRD))
            look(officer, "09-progress")
    rank(officer, place, look)
    decide(officer, look)
    assert [cases[name].load().state for name in (FIRST, SECOND, THIRD)] == [
        ApplicationState.AGREEMENT,
        ApplicationState.AGREEMENT,
        ApplicationState.UNDER_REVIEW,
    ]
    site.verify()


SHOWN = (REVIEWERS[0], FIRST)


def assign(officer: Person, look: Look) -> str:
    """From the menu to the tasks given; whoever recommended the applicants is in no panel of theirs."""
    officer.menu("评审组织")
    look(officer, "01-rounds")
    officer.link(CALL)
    officer.sees("还没有指派专家。", FIRST, SECOND, THIRD)
    place = officer.page.url
    officer.link("指派评审专家")
    everyone = officer.page.get_by_role("group", name="参加评审的专家")
    for box in everyone.get_by_role("checkbox").all():
        box.check()
    look(officer, "02-reviewers")
    officer.send("生成方案")
    load = officer.section("方案：每位专家的任务")
    for name in REVIEWERS:
        expect(officer.row(name, load).locator("td")).to_have_text([name, "0", "3", "3"])
    expect(officer.row(DISTRICT, load).locator("td")).to_have_text([DISTRICT, "0", "0", "0"])
    plan = officer.section("方案：每件申请的专家")
    for party in (FIRST, SECOND, THIRD):
        officer.sees(*REVIEWERS, f"{DISTRICT}：来自推荐该申请的单位", where=officer.row(party, plan))
    look(officer, "03-plan")
    officer.send("按此方案指派")
    officer.sees("已指派 9 项评审任务。")
    look(officer, "04-assigned")
    return place


def joins(town: Town, email: str, employer: str) -> None:
    """A reviewer takes a post with an applicant after the tasks were given."""
    with session_factory(town.engine)() as session:
        found = users.find_user(session, email)
        assert found is not None
        user = users.actor_for(session, found.id, date(2024, 6, 3))
    with town.begin(user, "2017-09-20T09:00") as w:
        parties.register_party(
            w,
            kind=PartyKind.PERSON,
            name=REVIEWERS[2],
            region="310104",
            mobile="13800138001",
            id_number=id_number(),
            employer=employer,
        )


def score(reviewer: Person, party: str, points: tuple[str, str], look: Look | None) -> None:
    """From the list of tasks: the declaration, the case, the sheet with its total."""
    reviewer.menu("我的评审")
    if look:
        look(reviewer, "05-tasks")
    reviewer.link(party)
    reviewer.sees("声明无利益冲突后可查看申请材料")
    if look:
        look(reviewer, "06-declaration")
    reviewer.fill({"与申请主体是否存在利益冲突": "不存在"})
    reviewer.send("声明")
    total = reviewer.page.locator("[data-total]")
    expect(total).to_have_text("—")
    if look:
        reviewer.fill({"服务能力": points[0], "服务业绩": "51"})
        expect(total).to_have_text("—")
        reviewer.send("提交评分")
        reviewer.sees("请给出 0 至 50 分")
        look(reviewer, "07-too-many-points")
    reviewer.fill({"服务能力": points[0], "服务业绩": points[1], "评审意见": "材料齐全，业绩真实。"})
    reached = 0.6 * float(points[0]) + 0.8 * float(points[1])
    expect(total).to_have_text(f"{reached:.2f}")
    reviewer.send("提交评分")
    reviewer.told("评审已提交")
    if look:
        look(reviewer, "08-scored")


def blocked(reviewer: Person, look: Look) -> None:
    """Where the register sees that somebody stands too near, nothing of the case is shown."""
    reviewer.menu("我的评审")
    reviewer.link(THIRD)
    reviewer.sees("系统识别到利益冲突", NEAR, "不能评审此申请")
    reviewer.sees_not("服务能力", "条件审查", "材料")
    look(reviewer, "10-blocked")
    reviewer.send("确认回避")
    reviewer.sees("您已声明存在利益冲突并回避。", NEAR)
    look(reviewer, "11-recused")
    reviewer.menu("我的评审")
    reviewer.sees("没有评审任务。")


def rank(officer: Person, place: str, look: Look) -> None:
    """The officer sees who was blocked and why, then the order: a tie is a tie, a wide spread is marked."""
    officer.open(place)
    officer.sees("回避", NEAR, where=officer.row(THIRD))
    look(officer, "12-finished")
    officer.page.get_by_role("navigation").get_by_role("link", name="排序", exact=True).click()
    officer.sees("1", "95.00", "0.00", "3 / 3", where=officer.row(FIRST))
    officer.sees("2", "并列", "80.00", "20.00", "分差大", "3 / 3", where=officer.row(SECOND))
    officer.sees("2", "并列", "80.00", "0.00", "2 / 2", where=officer.row(THIRD))
    officer.sees_not("分差大", where=officer.row(THIRD))
    officer.sees("有 2 件并列跨越名额线", "名额线：以上为剩余 2 个名额")
    look(officer, "13-ranking")


def decide(officer: Person, look: Look) -> None:
    """The tie is left to a person; the preview says exactly who gets what, and that is what they get."""
    officer.link("按排序批量决定")
    ticked = {party: officer.row(party).get_by_role("checkbox") for party in (FIRST, SECOND, THIRD)}
    expect(ticked[FIRST]).to_be_checked()
    for party in (SECOND, THIRD):
        expect(ticked[party]).not_to_be_checked()
    officer.sees("有 2 件并列跨越最后一个名额")
    ticked[SECOND].check()
    officer.fill({"通过的意见": "按评审排序择优；并列的两家以业绩规模为先。"})
    look(officer, "14-deciding")
    officer.send("预览")
    officer.sees(FIRST, SECOND, "待签协议", where=officer.section("将通过"))
    officer.sees("通过的意见：按评审排序择优")
    officer.sees(THIRD, "继续评审", where=officer.section("其余申请"))
    look(officer, "15-preview")
    officer.send("确认决定")
    for party in (FIRST, SECOND):
        officer.sees("已通过", where=officer.row(party))
    officer.sees_not(THIRD)
    look(officer, "16-decided")
