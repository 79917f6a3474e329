"""An applicant: finds a programme, applies, is returned, corrects, is accredited, and holds a certificate."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.delivery.gateways import MAIL_VARIABLE, SENDER_VARIABLE, gateways_from
from core.services.delivery.outbox import send_due
from core.storage.engine import session_factory
from tests.e2e.conftest import PASSWORD, Enter, Look, MakeUser, Site
from tests.e2e.person import Person
from tests.services.factory import uscc
from tests.services.journey import PDF, Town, claims, judgements
from tests.services.servers import Mailbox, mail_server

KEY = "hubei/specialized"
DAY = date(2025, 9, 1)
CALL = "2025 年度湖北省中小企业公共服务严选服务机构申报通知"
PROGRAM = "湖北省中小企业公共服务严选服务机构"
NAME = "武汉䶮泽科技服务有限公司"
"""With a character beyond the common sets, as names in China have them."""
EMAIL = "chenlan@longze.example"
NOTE = "与服务台账不一致"
REASON = "开展服务的证明未盖章；请核对上年服务中小企业数。"
NOTICE = "2025 年度拟认定严选服务机构名单公示"


@pytest.fixture
def mailbox(site: Site) -> Iterator[tuple[Mailbox, Callable[[str], None]]]:
    """A mail server on loopback, and what the worker does every half minute: send what is due."""
    box = Mailbox()
    with mail_server(box) as port:
        named = {
            MAIL_VARIABLE: f"smtp://127.0.0.1:{port}?starttls=no",
            SENDER_VARIABLE: "认定登记 <register@accredit.example>",
        }

        def deliver(when: str) -> None:
            gateways = gateways_from(named, site.instance)
            send_due(session_factory(site.engine), moment(when) + timedelta(minutes=5), gateways)

        yield box, deliver


@pytest.fixture
def papers(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a document of that name."""

    def make(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(PDF)
        return path

    return make


def test_an_applicant_finds_applies_corrects_and_is_accredited(
    site: Site,
    town: Town,
    make_user: MakeUser,
    enter: Enter,
    look: Look,
    new_context: Any,
    mailbox: tuple[Mailbox, Callable[[str], None]],
    papers: Callable[[str], Path],
) -> None:
    town.call(KEY, DAY, title=CALL)
    clerk = make_user("李经办", Role.OFFICER, "hubei", "420000")
    city = make_user("赵推荐", Role.RECOMMENDER, "hubei", "420100")

    site.set("2025-09-01T09:00")
    visitor = Person(new_context(base_url=site.url).new_page(), EMAIL, PASSWORD)
    find(visitor, look)
    sign_up(visitor, mailbox, look)
    register(visitor, look)

    applicant = again(visitor, site, "2025-09-01T14:00")
    profile(applicant, look)
    case = choose(applicant, look)
    fill(applicant, look)
    hand_in(applicant, papers, look)

    give_back(enter(city, "2025-09-02T10:00"), look)
    correct(again(applicant, site, "2025-09-03T09:00"), papers, look)
    recommend(enter(city, "2025-09-04T10:00"), look)
    decide(enter(clerk, "2025-09-05T10:00"), look)

    site.check("2025-09-13")
    number = informed(again(applicant, site, "2025-09-13T09:00"), case, look)
    certificate = download(applicant, number, look)
    verified(Person(new_context(base_url=site.url).new_page(), "", ""), certificate, number, look)
    site.verify()


def again(person: Person, site: Site, when: str) -> Person:
    """The same person at the same window, later; the login of before has run out."""
    site.set(when)
    person.page.context.clear_cookies()
    person.log_in()
    return person


def find(visitor: Person, look: Look) -> None:
    """From the public site's first page to the programme, its conditions, and the way in."""
    visitor.open("/")
    visitor.link(CALL)
    visitor.sees(PROGRAM, "正在受理")
    visitor.section("专业服务机构").get_by_role("link", name="条件、材料、程序和退出").click()
    visitor.sees("认定条件", "申报材料", "测评、初评与推荐", CALL)
    look(visitor, "01-programme")
    visitor.link("申报认定")


def sign_up(visitor: Person, mailbox: tuple[Mailbox, Callable[[str], None]], look: Look) -> None:
    """An account, opened with the code that came by e-mail."""
    box, deliver = mailbox
    visitor.fill({"电子邮箱或手机号码": EMAIL})
    look(visitor, "02-sign-up")
    visitor.send("获取验证码")
    visitor.sees(EMAIL)
    deliver("2025-09-01T09:00")
    (mail,) = (mail for mail in box.mails if mail["To"] == EMAIL)
    found = re.search(r"\b\d{6}\b", mail.get_content())
    assert found is not None, mail.get_content()
    visitor.fill({"验证码": found[0], "姓名": "陈岚", "密码": PASSWORD})
    look(visitor, "03-code")
    visitor.send("开通账号")
    visitor.told("账号已开通")
    look(visitor, "04-welcome")


def register(visitor: Person, look: Look) -> None:
    """The organisation."""
    visitor.menu("我的首页")
    visitor.link("登记机构")
    visitor.fill({"机构名称（与登记证书一致）": NAME, "统一社会信用代码": uscc(), "行政区划": "武汉市"})
    visitor.fill({"地址": "武汉市江汉区建设大道 1 号", "手机号码": "13800138000", "电子邮箱": EMAIL})
    look(visitor, "05-register")
    visitor.send("登记")
    visitor.told("登记信息已收到")
    visitor.sees(NAME, "您所在地区目前没有项目要求先核验")
    look(visitor, "06-party")


def profile(applicant: Person, look: Look) -> None:
    """What the organisation says of itself once: one person too few for the programme."""
    applicant.menu("主体资料与成员")
    applicant.link("填写申报资料")
    known = claims(KEY) | {"staff_full_time": 7}
    known.pop("smes_served_last_year")
    functions = known.pop("service_functions")
    applicant.facts({"service_functions": functions, **known})
    applicant.send("保存")
    applicant.told("已保存")
    look(applicant, "08-party-filled")
    applicant.link("填写申报资料")
    look(applicant, "09-profile")


def choose(applicant: Person, look: Look) -> str:
    """Where to apply: what is missing is said by how much; mended, the application begins."""
    applicant.menu("可以申报的项目")
    place = applicant.page.locator("#hubei-specialized")
    applicant.sees("正在受理", CALL, "还差 1 人", where=applicant.page.locator("main"))
    applicant.sees("还差 1 人", where=place)
    look(applicant, "10-where")
    applicant.menu("主体资料与成员")
    applicant.link("填写申报资料")
    applicant.facts({"staff_full_time": 20})
    applicant.send("保存")
    applicant.menu("可以申报的项目")
    applicant.sees_not("还差 1 人", where=place)
    place.get_by_role("button", name="开始申报").click()
    applicant.told("已建立申请草稿")
    return applicant.page.url.rsplit("/", 1)[0]


def fill(applicant: Person, look: Look) -> None:
    """What was known stands there already; what is typed is saved, and the verdict beside it turns."""
    page = applicant.page
    look(applicant, "11-facts")
    row = page.locator("#row-smes_served_last_year")
    verdict = page.locator(".fact-card").filter(has=row).locator(".group-verdict")
    field = row.locator("input.form-control")
    field.fill("40")
    field.blur()
    expect(row.locator(".saved")).to_contain_text("已保存")
    expect(verdict).to_contain_text("还差")
    expect(page.locator("#overall")).to_contain_text("不满足 1")
    look(applicant, "12-facts-short")
    field.fill("280")
    field.blur()
    expect(verdict).not_to_contain_text("还差")
    expect(page.locator("#overall")).not_to_contain_text("不满足")
    page.reload()
    expect(field).to_have_value("280")
    applicant.send("保存并上传材料")


def hand_in(applicant: Person, papers: Callable[[str], Path], look: Look) -> None:
    """The documents, the time that is left, and the declaration."""
    page = applicant.page
    applicant.sees("未交", "选交")
    for number in range(page.locator("section.material").count()):
        place = page.locator("section.material").nth(number)
        title = place.get_by_role("heading").inner_text().split()[0]
        place.locator("input[type=file]").last.set_input_files(papers(f"{title}.pdf"))
        place.get_by_role("button", name="上传", exact=True).click()
        expect(place.locator(".files")).to_contain_text(f"{title}.pdf")
        applicant.told("材料已上传")
    applicant.sees_not("未交")
    look(applicant, "13-materials")
    applicant.link("检查并提交")
    applicant.sees("材料已齐", "没有未满足的必备条件")
    expect(page.locator(".deadline")).to_contain_text(re.compile(r"9 天"))
    look(applicant, "14-submit")
    page.get_by_role("checkbox", name=re.compile("承诺")).check()
    applicant.send("提交")
    applicant.told("已提交")
    look(applicant, "15-submitted")


def give_back(county: Person, look: Look) -> None:
    """The city's recommender turns a document down and returns the case."""
    county.menu("待推荐的申请")
    county.row(NAME).get_by_role("link").first.click()
    county.link("整个案卷")
    place = county.section("材料").locator("tbody tr").filter(has_text="开展服务的证明")
    county.step("审核材料", {"结论": "退回", "说明": "未盖章"}, where=place)
    look(county, "16-recommender")
    form = county.offer("退回补正")
    county.mark("上年服务中小企业数", NOTE, form)
    look(county, "16-return")
    county.step("退回补正", {"需补正的内容": REASON})
    county.sees("退回补正", where=county.page.locator(".page-head"))


def correct(applicant: Person, papers: Callable[[str], Path], look: Look) -> None:
    """What to change is said where one comes in; changed, it is handed in again."""
    applicant.menu("我的首页")
    look(applicant, "17-start")
    applicant.link("按要求补正后重新提交")
    applicant.sees("需要补正", REASON, "补正事项", NOTE, "未修改", "退回的材料", "未盖章")
    look(applicant, "18-to-correct")
    applicant.link("上年服务中小企业数")
    row = applicant.page.locator("#row-smes_served_last_year")
    applicant.sees("请更正", NOTE, where=row)
    look(applicant, "18-at-the-field")
    field = row.locator("input.form-control")
    field.fill("180")
    field.blur()
    expect(row.locator(".saved")).to_contain_text("已保存")
    applicant.sees("已修改", where=row)
    applicant.page.get_by_role("navigation").get_by_role("link", name="申报材料", exact=True).click()
    place = applicant.page.locator("#m-service_proof")
    applicant.sees("需重新上传", "未盖章", where=place)
    look(applicant, "19-materials-returned")
    applicant.sees("选择文件", "未选择", where=place)
    place.locator("details input[type=file]").set_input_files(papers("开展服务的证明（盖章）.pdf"))
    applicant.sees("选择文件", "开展服务的证明（盖章）.pdf", where=place)
    place.get_by_role("button", name="上传替换").click()
    applicant.told("文件已替换")
    applicant.page.get_by_role("link", name="检查并提交").last.click()
    applicant.sees("补正后的变化", "280", "180", "开展服务的证明（盖章）.pdf")
    look(applicant, "20-resubmit")
    applicant.page.get_by_role("checkbox", name=re.compile("承诺")).check()
    applicant.send("补正后提交")
    applicant.told("已提交")


def recommend(county: Person, look: Look) -> None:
    """The recommender sees what changed, measures and recommends."""
    county.menu("待推荐的申请")
    county.row(NAME).get_by_role("link").first.click()
    county.sees("补正后的变化", "280", "180", "开展服务的证明（盖章）.pdf")
    look(county, "21-what-changed")
    for field in county.page.locator("input.measure-input").all():
        field.fill(field.get_attribute("data-claimed") or "")
    county.fill({"运营情况": "场所、人员与申报一致，服务台账完整。"})
    county.fill({"推荐意见（不予推荐的，写明理由）": "经实地测评，情况属实，同意推荐。"})
    county.send("推荐")
    county.told("已推荐")


def decide(officer: Person, look: Look) -> None:
    """The authority judges, approves, and publishes."""
    officer.menu("申请")
    officer.row(NAME).get_by_role("link").first.click()
    officer.step("开始评审")
    box = officer.offer("登记判定")
    asked = {name: value for name, value in judgements(KEY).items() if name != "core_guiding_role"}
    officer.facts(asked, box)
    officer.fill({"判定依据": "现场核查，材料属实"}, box)
    box.get_by_role("button", name="登记判定", exact=True).click()
    officer.judged("符合条件", {})
    officer.step("通过并公示", {"意见": "同意认定"})
    officer.step("发布公示", {"公示标题": NOTICE})
    officer.sees("公示中", where=officer.page.locator(".page-head"))
    officer.sees("2025-09-05 至 2025-09-12", where=officer.section("公示与异议"))
    look(officer, "22-on-notice")


def informed(applicant: Person, case: str, look: Look) -> str:
    """The notice is over: the message came, and it leads to the accreditation."""
    applicant.page.get_by_role("navigation").get_by_role("link", name=re.compile("^消息")).click()
    look(applicant, "23-inbox")
    applicant.page.get_by_role("link", name=re.compile("^认定通知")).first.click()
    found = re.search(r"编号：(\S+)", applicant.page.locator("article").inner_text())
    assert found is not None
    applicant.sees("2025年9月13日 至 2028年9月13日")
    look(applicant, "24-message")
    applicant.open(case)
    applicant.sees("已认定", found[1])
    look(applicant, "25-accredited")
    return found[1]


def download(applicant: Person, number: str, look: Look) -> bytes:
    """The certificate, as a file."""
    applicant.menu("我的认定")
    applicant.page.locator("main").get_by_role("link").filter(has_text="专业服务机构").first.click()
    applicant.sees(number, "有效")
    look(applicant, "26-accreditation")
    with applicant.page.expect_download() as waiting:
        applicant.page.get_by_role("link", name="证书（PDF）").click()
    assert waiting.value.suggested_filename.endswith(".pdf")
    return Path(waiting.value.path()).read_bytes()


def verified(stranger: Person, certificate: bytes, number: str, look: Look) -> None:
    """Who holds a telephone before the certificate reads that it is valid, and whose it is."""
    document = pypdfium2.PdfDocument(BytesIO(certificate))
    assert NAME in document[0].get_textpage().get_text_range().replace("\r\n", "")
    picture = document[0].render(scale=2).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    stranger.open(code.text)
    stranger.sees("有效", NAME, number, PROGRAM)
    look(stranger, "27-verified")
