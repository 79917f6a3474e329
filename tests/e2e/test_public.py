"""The public searches the register, verifies a certificate, objects, complains, and hears what came of it."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from core.domain.lifecycle.states import AccreditationState
from core.services.duties.complaints import decide_complaint
from core.services.granting.notices import decide_objection
from core.storage.engine import session_factory
from core.storage.models import Complaint, Objection
from tests.e2e.conftest import Look, Site
from tests.e2e.person import Person
from tests.services.factory import accredit, make_party
from tests.services.journey import Town

KEY = "liaocheng/specialized"
NAME, REVOKED, OTHER = "聊城市水城技术服务中心", "聊城水城会展有限公司", "武汉东湖企业服务中心"
APPLICANT = "聊城市东昌创业服务有限公司"
ENDED: dict[str, Any] = {
    "state": AccreditationState.REVOKED,
    "ended_on": date(2025, 5, 6),
    "ended_clause": "20(1)",
}
OTHERS: list[tuple[str, str, dict[str, Any]]] = [(KEY, REVOKED, ENDED), ("hubei/specialized", OTHER, {})]
OPINION = "经核实，场地证明真实有效。"
ANSWER = "经核实，已责令退还多收费用。"
PRIVATE = ("13800138000", "@example.cn", "周先生", "13900139000")
"""What nobody may read: the applicants' telephones and addresses, and who objected or complained."""


@pytest.fixture
def number(site: Site, town: Town) -> str:
    """A register with three bodies, and one on notice; the number of the first."""
    town.start(KEY, day=date(2025, 9, 1), name=NAME).accredited()
    on_notice = town.start(KEY, day=date(2025, 9, 15), name=APPLICANT)
    on_notice.reviewed().approve().publish()
    for track, name, more in OTHERS:
        accredit(site.engine, track, "2024-01-10", party_id=make_party(site.engine, name=name), **more)
    site.set("2025-09-23T10:00")
    return "LC-S-2025-0001"


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.assurance)])
def test_the_public_searches_verifies_objects_and_complains(
    site: Site, town: Town, number: str, new_context: Any, look: Look, language: str
) -> None:
    visitor = Person(new_context(base_url=site.url).new_page(), "", "")
    words = WORDS[language]
    visitor.open(f"/?lang={language}")
    search(visitor, words, number, look)
    verify(visitor, words, number, look)
    objection = object_to(visitor, words, look)
    complaint = complain(visitor, words, number, look)
    follow(visitor, words, objection, words["open"])
    answer(town)
    follow(visitor, words, objection, words["dismissed"], OPINION)
    look(visitor, f"{language}-16-objection-answered")
    follow(visitor, words, complaint, words["verified"], ANSWER)
    look(visitor, f"{language}-17-complaint-answered")
    rest(visitor, words, look)


def seen(visitor: Person, words: dict[str, str], name: str, look: Look) -> None:
    """Look at a page: nothing private stands on it, nor anything in the other language."""
    visitor.sees_not(*PRIVATE)
    if words["key"] == "en":
        visitor.all_english()
    look(visitor, f"{words['key']}-{name}")


def search(visitor: Person, words: dict[str, str], number: str, look: Look) -> None:
    """Two characters out of the middle of a name; then the filter by state; then the body's own page."""
    seen(visitor, words, "01-home", look)
    visitor.fill({words["search field"]: "水城"})
    visitor.send(words["search"])
    visitor.sees(NAME, number)
    visitor.sees_not(REVOKED, OTHER, APPLICANT)
    seen(visitor, words, "02-found", look)
    visitor.fill({words["state"]: words["all states"]})
    visitor.send(words["search"])
    visitor.sees(NAME, REVOKED, words["revoked"])
    visitor.fill({words["search field"]: "西湖"})
    visitor.send(words["search"])
    visitor.sees(words["nothing"])
    seen(visitor, words, "03-nothing", look)
    visitor.fill({words["search field"]: "水城"})
    visitor.send(words["search"])
    visitor.link(NAME)
    visitor.sees(number, words["in force"], words["history"], "2025-09-13", words["before"])
    seen(visitor, words, "04-body", look)


def verify(visitor: Person, words: dict[str, str], number: str, look: Look) -> None:
    """A certificate by its number, typed as people type; one that is none; one that holds no longer."""
    visitor.menu(words["verify menu"])
    seen(visitor, words, "05-verify", look)
    visitor.fill({words["number"]: number.lower().replace("-", " ")})
    visitor.send(words["verify"])
    visitor.sees(NAME, number)
    assert visitor.page.get_by_role("heading", level=1).inner_text() == words["valid"]
    seen(visitor, words, "06-valid", look)
    visitor.link(words["another"])
    visitor.fill({words["number"]: "LC-S-2025-9999"})
    visitor.send(words["verify"])
    visitor.sees(words["no such"], "LC-S-2025-9999")
    visitor.faults.clear()
    seen(visitor, words, "07-no-such-number", look)
    visitor.link(words["by name"])
    visitor.fill({words["search field"]: REVOKED[2:6], words["state"]: words["all states"]})
    visitor.send(words["search"])
    visitor.row(REVOKED).get_by_role("link").nth(1).click()
    visitor.sees(words["no longer"], "2025-05-06", "20(1)")
    seen(visitor, words, "08-revoked", look)


def object_to(visitor: Person, words: dict[str, str], look: Look) -> str:
    """From the notices to the code of the objection."""
    visitor.menu(words["notices"])
    seen(visitor, words, "09-notices", look)
    visitor.page.locator("main .lines a").first.click()
    visitor.row(APPLICANT).get_by_role("link", name=words["object"]).click()
    visitor.sees(APPLICANT, words["privacy"])
    visitor.fill({words["who"]: "周先生", words["contact"]: "13900139000"})
    visitor.fill({words["objection"]: "该公司的场地证明与事实不符。"})
    look(visitor, f"{words['key']}-10-objection")
    visitor.send(words["send objection"])
    visitor.sees(words["objected"])
    seen(visitor, words, "11-receipt", look)
    return visitor.page.locator("#code").inner_text()


def complain(visitor: Person, words: dict[str, str], number: str, look: Look) -> str:
    """From the menu over the look-up of the body to the code of the complaint."""
    visitor.menu(words["complaints"])
    seen(visitor, words, "12-complaint-about-whom", look)
    visitor.fill({words["whom"]: "水城技术"})
    visitor.send(words["next"])
    visitor.sees(NAME)
    visitor.sees_not(APPLICANT)
    visitor.send(words["send complaint"])
    visitor.sees(words["fill in"])
    seen(visitor, words, "13-complaint-refused", look)
    visitor.fill({words["what"]: "2025 年 9 月 22 日的公益培训收费 200 元，未开发票。"})
    visitor.fill({words["who"]: "周先生", words["contact"]: "13900139000"})
    look(visitor, f"{words['key']}-14-complaint")
    visitor.send(words["send complaint"])
    visitor.sees(words["complained"])
    seen(visitor, words, "15-complaint-receipt", look)
    return visitor.page.locator("#code").inner_text()


def answer(town: Town) -> None:
    """What the city says to both."""
    with session_factory(town.engine)() as session:
        objection = session.scalars(select(Objection.id)).one()
        complaint = session.scalars(select(Complaint.id)).one()
    with town.begin(town.officer("liaocheng"), "2025-09-24T09:00") as w:
        decide_objection(w, objection, upheld=False, reason=OPINION)
        decide_complaint(w, complaint, verified=True, reason=ANSWER)


def follow(visitor: Person, words: dict[str, str], code: str, *said: str) -> None:
    """By a code to where it stands."""
    visitor.page.get_by_role("link", name=words["follow up"]).first.click()
    visitor.fill({words["code"]: f" {code[:4]} {code[4:].lower()} "})
    visitor.send(words["look up"])
    visitor.sees(*said)
    visitor.sees_not(*PRIVATE, NAME, APPLICANT)


def rest(visitor: Person, words: dict[str, str], look: Look) -> None:
    """The other pages: programmes, one track, the comparison, the open data, the figures."""
    visitor.menu(words["programmes"])
    seen(visitor, words, "18-programmes", look)
    visitor.link(words["track"])
    visitor.sees("8(1)")
    seen(visitor, words, "19-track", look)
    visitor.menu(words["compare"])
    seen(visitor, words, "20-comparison", look)
    visitor.page.get_by_role("link", name=words["open data"]).click()
    visitor.page.wait_for_load_state()
    seen(visitor, words, "21-open-data", look)
    visitor.menu(words["figures"])
    for width in (390, 1280):
        # Charts follow the window a moment later: a picture of each width from its beginning.
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.reload()
        expect(visitor.page.locator(".chart canvas").first).to_be_visible()
        look(visitor, f"{words['key']}-22-figures", widths=(width,))
    seen(visitor, words, "22-figures", lambda *_: None)


WORDS = {
    "zh": {
        "key": "zh",
        "search field": "名称、统一社会信用代码或认定编号",
        "search": "查询",
        "state": "状态",
        "all states": "全部状态",
        "revoked": "已撤销",
        "nothing": "没有找到符合条件的认定。",
        "in force": "有效",
        "history": "沿革",
        "before": "认定前的公示",
        "verify menu": "证书查验",
        "number": "认定编号",
        "verify": "查验",
        "valid": "有效",
        "another": "查验另一个编号",
        "no such": "没有查到此编号",
        "by name": "按名称查询",
        "no longer": "已撤销，不再有效",
        "notices": "公示公告",
        "object": "提出异议",
        "privacy": "您的信息如何使用",
        "who": "您的姓名或单位名称",
        "contact": "联系方式",
        "objection": "异议内容",
        "send objection": "提交异议",
        "objected": "已收到您的异议",
        "complaints": "投诉举报",
        "whom": "第一步：投诉哪个机构或专家？",
        "next": "下一步",
        "fill in": "请填写",
        "what": "投诉内容",
        "send complaint": "提交投诉",
        "complained": "投诉已提交",
        "follow up": "查询办理进度",
        "code": "查询码",
        "look up": "查询",
        "open": "处理中",
        "dismissed": "不成立",
        "verified": "经查属实",
        "programmes": "认定项目",
        "track": "专业类平台",
        "compare": "条件对比",
        "figures": "统计",
        "open data": "开放数据",
    },
    "en": {
        "key": "en",
        "search field": "Name, unified social credit code or accreditation number",
        "search": "Look up",
        "state": "State",
        "all states": "All states",
        "revoked": "Revoked",
        "nothing": "No accreditations match.",
        "in force": "In force",
        "history": "History",
        "before": "Public notices before it",
        "verify menu": "Verify",
        "number": "Accreditation number",
        "verify": "Check",
        "valid": "In force",
        "another": "Verify another number",
        "no such": "No such number",
        "by name": "Search by name",
        "no longer": "Revoked: no longer valid",
        "notices": "Notices",
        "object": "Object",
        "privacy": "How we use your information",
        "who": "Your name, or that of your organisation",
        "contact": "Contact details",
        "objection": "Text of the objection",
        "send objection": "Submit objection",
        "objected": "Your objection was received",
        "complaints": "Complaints",
        "whom": "Step 1: which body or expert is it about?",
        "next": "Next step",
        "fill in": "please fill this in",
        "what": "What happened",
        "send complaint": "Submit complaint",
        "complained": "Your complaint was received",
        "follow up": "Check progress",
        "code": "Follow-up code",
        "look up": "Look up",
        "open": "being examined",
        "dismissed": "dismissed",
        "verified": "found substantiated",
        "programmes": "Programmes",
        "track": "Specialized platform",
        "compare": "Compare",
        "figures": "Statistics",
        "open data": "Open data",
    },
}
