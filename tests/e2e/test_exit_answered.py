"""A body whose status is to be revoked: it is told, answers with proof, and keeps its status."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.services.delivery.gateways import MAIL_VARIABLE, SENDER_VARIABLE, SMS_VARIABLE, gateways_from
from core.services.delivery.outbox import send_due
from core.services.diary import records
from core.storage.engine import session_factory
from core.storage.models import Accreditation
from tests.e2e.conftest import PASSWORD, Enter, Look, OpenAccount, Site
from tests.e2e.person import Person
from tests.services.journey import PDF, Case, Town
from tests.services.servers import Mailbox, SmsBox, mail_server, sms_server

KEY = "jilin/provider"
NAME = "吉林市北山企业服务有限公司"
BEGIN = date(2025, 3, 3)
PROOF = "市中心活动签到表（2025年9月）.pdf"
STATEMENT = "2025 年 9 月 18 日我公司承办市中心“政策服务进园区”活动 6 小时，因经办人离职漏报，见所附签到表。"
REASON = "经核对市中心活动台账和签到表，漏报的 6 小时属实，全年累计 14 小时，达到年服务要求。"
LAST_DAY = "2026-03-16"
"""The fifth working day after the Monday on which the letter went."""


class Post:
    """A mail server and an SMS gateway on loopback, and what the worker does every half minute."""

    def __init__(self, site: Site, named: dict[str, str], mails: Mailbox, texts: SmsBox) -> None:
        self.site, self.named, self.mails, self.texts = site, named, mails, texts

    def deliver(self, when: str) -> None:
        """Send what is due."""
        send_due(
            session_factory(self.site.engine), moment(when), gateways_from(self.named, self.site.instance)
        )

    def about(self, words: str) -> str:
        """The mail of that subject: one to the body, one to who acts for it, and they say the same."""
        mails = [mail for mail in self.mails.mails if words in mail["Subject"]]
        assert len({mail["To"] for mail in mails}) == len(mails) == 2
        (said,) = {str(mail.get_content()) for mail in mails}
        return said


@pytest.fixture
def post(site: Site) -> Iterator[Post]:
    """Both ways out, open."""
    mails, texts = Mailbox(), SmsBox()
    with mail_server(mails) as port, sms_server(texts) as url:
        named = {
            MAIL_VARIABLE: f"smtp://127.0.0.1:{port}?starttls=no",
            SENDER_VARIABLE: "认定登记 <register@accredit.example>",
            SMS_VARIABLE: url,
        }
        yield Post(site, named, mails, texts)


def test_a_body_answers_a_proposed_exit_and_keeps_its_status(
    site: Site,
    town: Town,
    open_account: OpenAccount,
    enter: Enter,
    look: Look,
    post: Post,
    tmp_path: Path,
    new_context: Any,
) -> None:
    case = served_too_little(town)
    proof = tmp_path / PROOF
    proof.write_bytes(PDF)
    member, clerk = open_account(case.applicant), open_account(town.officer("jilin"))

    site.check("2026-03-09")
    not_told_yet(enter(member, "2026-03-09T09:00"))
    post.deliver("2026-03-09T09:30")
    told(post)
    body = enter(member, "2026-03-10T09:00")
    read(body, look)
    answer(body, proof, look)

    dismiss(enter(clerk, "2026-03-12T10:00"), look)
    post.deliver("2026-03-12T10:30")
    assert REASON in post.about("不予撤销认定")
    site.check("2026-03-17")
    site.check("2026-04-10")
    stands(enter(member, "2026-04-10T11:00"), look)
    public(Person(new_context(base_url=site.url).new_page(), "", PASSWORD), look)
    site.verify()


def served_too_little(town: Town) -> Case:
    """An accreditation whose year brought eight hours for two enterprises: twelve, or thirty, are asked."""
    case = town.start(KEY, day=BEGIN, name=NAME).accredited()
    with session_factory(town.engine)() as session:
        held = select(Accreditation.id).where(Accreditation.application_id == case.application_id)
        number = session.scalars(held).one()
    for on, title, enterprise in (
        ("2025-05-20", "数字化转型诊断", "吉林市昌邑铸造有限公司"),
        ("2025-07-08", "财税政策宣讲", "吉林市龙潭化工有限公司"),
    ):
        with town.begin(case.applicant, f"{on}T18:00") as w:
            given = {"service_date": on, "title": title, "hours": "4", "enterprises": [{"name": enterprise}]}
            records.add_entry(w, case.party_id, [number], given)
    return case


def not_told_yet(body: Person) -> None:
    """Before the letter is out, no day of the time to object has run; the case can be read already."""
    body.sees("拟撤销认定，您可以提出异议", "11(1)")
    body.link("拟撤销认定，您可以提出异议")
    body.sees("自正式告知之日起 5 个工作日内可以提出异议")


def told(post: Post) -> None:
    """The letter and the text message say clause, figures and the last day."""
    letter = post.about("拟撤销认定告知书")
    for words in (NAME, "JL-F-2025-0001", "11(1)", "全年未达到考核要求", "8 小时", "2 家", "2026年3月16日"):
        assert words in letter, letter
    (text,) = [str(sent["text"]) for sent in post.texts.requests if "拟撤销" in str(sent["text"])]
    assert "2026年3月16日" in text, text


def read(body: Person, look: Look) -> None:
    """From the message to the case: what it rests on, in figures, and until when one may object."""
    body.sees("拟撤销认定，您可以提出异议", LAST_DAY)
    look(body, "1-start")
    body.menu("消息")
    body.link("拟撤销认定告知书：吉林市中小企业服务商及志愿服务中小企业专家（中小企业服务商）")
    body.sees("11(1)", "8 小时", "2 家", "2026年3月16日")
    look(body, "2-message")
    body.link("查看退出事项")
    body.link("返回")
    body.sees("有效", "拟撤销认定，您可以提出异议")
    look(body, "3-accreditation")
    body.link("拟撤销认定，您可以提出异议")
    body.sees("全年未达到考核要求", "11(1)", f"异议截止 {LAST_DAY}（星期一）当日结束", "还有 6 天")
    body.sees("12 小时", "30 家", "8 小时", "2 家", "自动生效")
    body.sees_not("满意度偏低")
    look(body, "4-case")


def answer(body: Person, proof: Path, look: Look) -> None:
    """The statement with its proof; without a word it is refused."""
    body.send("提出异议")
    body.told("请更正标出的内容")
    body.fill({"陈述和申辩": STATEMENT, "附件（可多选）": proof})
    look(body, "5-statement")
    body.send("提出异议")
    body.told("异议已提出，将由人工作出决定")
    body.sees(STATEMENT, PROOF, "当事人有异议", "由人工作出决定")
    look(body, "6-objected")


def dismiss(officer: Person, look: Look) -> None:
    """An officer reads both sides, opens the proof, and dismisses the exit with the reason."""
    officer.menu("退出事项")
    officer.sees(NAME, "11(1)", "当事人有异议")
    look(officer, "7-cases")
    officer.row(NAME).get_by_role("link").first.click()
    card = officer.section("退出")
    officer.sees(STATEMENT, "8 小时", "2 家", "当事人有异议", where=card)
    look(officer, "8-officer")
    with officer.page.expect_download() as sent:
        card.get_by_role("link", name=PROOF, exact=True).click()
    assert sent.value.suggested_filename == PROOF
    assert Path(sent.value.path()).read_bytes() == PDF
    officer.step("驳回退出", {"理由": REASON}, where=card)
    officer.sees("已驳回", REASON, where=officer.section("退出"))
    officer.sees("有效", where=officer.page.locator(".page-head"))
    look(officer, "9-dismissed")


def stands(body: Person, look: Look) -> None:
    """Nothing waits any more; the message and the case say that the status stays, and why."""
    body.sees_not("拟撤销认定，您可以提出异议")
    body.menu("消息")
    body.link("不予撤销认定")
    body.sees(REASON)
    look(body, "10-message")
    body.link("查看退出事项")
    body.sees("已驳回", REASON, STATEMENT)
    body.sees_not("要求由人工决定")
    look(body, "11-stands")
    body.link("返回")
    body.sees("有效", where=body.page.locator(".page-head"))
    body.sees("已驳回", where=body.section("退出事项"))


def public(visitor: Person, look: Look) -> None:
    """The public register has it in force, and keeps the quarrel to itself."""
    visitor.open("/register?q=北山企业")
    visitor.link(NAME)
    visitor.sees("有效", "2025-03-07", "2027-03-07")
    visitor.sees_not("拟退出", "11(1)", STATEMENT)
    look(visitor, "12-public")
