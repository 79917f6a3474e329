"""The accredited at their screens: what waits, reports, orders, extension, withdrawal, exit and appeal."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import today
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.duties import rectifications, reports
from core.services.endings import appeals, exits, extensions
from core.services.supervision.last_days import last_day
from core.services.supervision.status import find
from core.storage.models import Accreditation, AnnualReport, Attachment, ExitCase, Party, Rectification
from core.storage.models.exits import ExitState
from tests.services.factory import Held, accredit, serve
from tests.services.journey import PDF
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.accredited import ago, enter

pytestmark = pytest.mark.usefixtures("holidays")


class Member:
    """Someone who acts for an accredited party."""

    def __init__(self, client: FlaskClient, held: Held) -> None:
        self.client, self.held = client, held
        self.at = f"/my/accreditations/{held.id}"

    def get(self, path: str = "", lang: str = "zh") -> str:
        answer = self.client.get(self.at + path, query_string={"lang": lang})
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return re.sub(r"\s+", " ", answer.text)

    def send(self, path: str, code: int = 303, **data: Any) -> str:
        answer = self.client.post(self.at + path, data=data, content_type="multipart/form-data")
        assert answer.status_code == code, f"{path}: {answer.status_code} {answer.text[:3000]}"
        return answer.text if code != 303 else self.client.get(answer.location).text


@pytest.fixture
def hold(engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn) -> Any:
    """Makes an accreditation with a member of its party."""

    def make(track: str, days: int, **more: Any) -> Member:
        held = accredit(engine, track, ago(days), **more)
        return Member(enter(session, make_user, log_in, [held.party_id]), held)

    return make


def one(session: Session, kind: Any, held: Held) -> Any:
    session.rollback()
    return session.scalars(select(kind).where(kind.accreditation_id == held.id)).one()


def now_at() -> str:
    return f"{today().isoformat()}T09:00"


def test_the_page_shows_term_duties_and_what_can_be_done(hold: Any, engine: Engine) -> None:
    expert = hold("jilin/expert", 130)
    serve(engine, expert.held, ago(5), "8", tuple(f"企业{number}" for number in range(21)))
    page = expert.get()
    for words in (
        expert.held.number, "到期", "服务时长 8 / 12 小时，或 服务企业数 21 / 30 家", "还差 4 小时",
        "还差 9 家", '<div class="duty-or">或</div>', "填写报告", "延续", "自愿退出", "确认资料", "证书",
    ):  # fmt: skip
        assert words in page, words
    english = expert.get(lang="en")
    assert "8 of 12 hours, or 21 of 30 enterprises" in english
    listed = expert.client.get("/my/accreditations/?lang=zh").text
    assert expert.held.number in listed
    assert "距到期" in listed


def test_others_and_officers_find_nothing(
    hold: Any, make_user: MakeUser, log_in: LogIn, begin: Any, make_actor: Any, session: Session
) -> None:
    owner, stranger = hold("hubei/comprehensive", 200), hold("hubei/comprehensive", 200)
    with begin(make_actor(Role.OFFICER, "hubei"), now_at()) as w:
        order = rectifications.order(w, owner.held.id, "18(1)", today() + timedelta(days=9), "整改")
        clause = exits.proposable(find(w, owner.held.id).rules)[0].clause
        case = exits.propose(w, owner.held.id, clause, "查实")
    officer = log_in(make_user(Role.OFFICER))
    pages = ("", f"/orders/{order}", f"/exits/{case}", "/extension", "/withdrawal", "/reports/2025")
    for client in (stranger.client, officer):
        for path in pages:
            assert client.get(owner.at + path).status_code == 404, path
        for path in (f"/exits/{case}/object", f"/exits/{case}/person", f"/exits/{case}/appeal"):
            sent = client.post(owner.at + path, data={"statement": "不同意"})
            assert sent.status_code == 404, path
        assert client.post(owner.at + "/withdrawal", data={"sure": "y"}).status_code == 404
    # A thing of one's own accreditation only, whatever the address says.
    for path in (f"/orders/{order}", f"/exits/{case}"):
        assert stranger.client.get(stranger.at + path).status_code == 404, path
    assert stranger.client.get(f"/my/accreditations/data?party={owner.held.party_id}").status_code == 404
    assert session.get_one(Accreditation, owner.held.id).state.in_force


def test_a_report_starts_with_the_diary_and_is_handed_in_once(
    hold: Any, engine: Engine, session: Session, begin: Any, make_actor: Any
) -> None:
    expert = hold("jilin/expert", 130)
    serve(engine, expert.held, ago(5), "8", ("甲", "乙"), participants=30)
    year = (today() - timedelta(days=130)).year
    form = expert.get(f"/reports/{year}")
    assert re.search(r'name="figure-service_hours"[^>]*value="8"', form)
    assert "服务记录：30" in form
    more = expert.send(
        f"/reports/{year}",
        200,
        action="more",
        summary="写了一半",
        **{"case-title": "案例一", "case-text": "经过"},
    )
    assert "写了一半" in more
    assert more.count('name="case-title"') == 2
    bad = {"case-title": ["有名无文", ""], "case-text": ["", "有文无名"], "action": "submit"}
    refused = expert.send(f"/reports/{year}", 422, summary="", **bad)
    for words in ("请填写案例内容", "请填写案例名称", "请填写"):
        assert words in refused
    good = {
        "summary": "全年总结", "figure-service_hours": "9.5", "figure-services": "", "action": "submit",
        "case-title": ["某厂改造", ""], "case-text": ["经过和结果", ""],
        "file": (io.BytesIO(PDF), "照片册.pdf"),
    }  # fmt: skip
    page = expert.send(f"/reports/{year}", **good)
    for words in ("待受理", "某厂改造", "经过和结果", "照片册.pdf", "9.5"):
        assert words in page
    made = one(session, AnnualReport, expert.held)
    assert (made.figures["service_hours"], "services" in made.figures) == ("9.5", False)
    again = expert.send(f"/reports/{year}", 422, **{**good, "file": (io.BytesIO(PDF), "a.pdf")})
    assert "今天已提交" in again
    with begin(make_actor(Role.OFFICER, "jilin"), now_at()) as w:
        reports.accept_report(w, made.id)
    page = expert.get(f"/reports/handed-in/{made.id}")
    assert "已受理" in page
    assert "添加附件" not in page
    assert expert.client.get(f"{expert.at}/reports/1999").status_code == 404


def test_a_returned_report_says_why_and_is_handed_in_again(
    hold: Any, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    expert = hold("jilin/expert", 130)
    year = (today() - timedelta(days=130)).year
    case = {"summary": "全年总结", "case-title": "某厂改造", "case-text": "经过和结果", "action": "submit"}
    none = expert.send(f"/reports/{year}", 422, **{**case, "case-title": "", "case-text": ""})
    assert "请至少填写一个成功案例或服务经验" in none
    expert.send(f"/reports/{year}", **case)
    number = one(session, AnnualReport, expert.held).id
    officer, path = log_in(make_user(Role.OFFICER, "jilin")), f"/admin/accreditations/{expert.held.id}"
    assert "退回报告" in officer.get(path).text
    sent = {"part": str(number), f"return-report-{number}-reason": "没有服务数据"}
    assert officer.post(f"{path}/do/return-report", data=sent).status_code == 303
    assert one(session, AnnualReport, expert.held).returned_on == today()
    assert "已退回，须重新提交" in expert.get()
    for page in (f"/reports/handed-in/{number}", f"/reports/{year}"):
        assert "没有服务数据" in expert.get(page)
    assert expert.client.get(f"/documents/letters/reports/{number}.pdf").data.startswith(b"%PDF")
    expert.send(f"/reports/{year}", **case)
    session.rollback()
    found = session.scalars(select(AnnualReport.returned_on).order_by(AnnualReport.id)).all()
    assert found == [today(), None]
    assert "已退回，须重新提交</strong>" not in expert.get()


def test_an_order_is_answered_with_proof_that_the_officer_sees(
    hold: Any, session: Session, begin: Any, make_actor: Any, make_user: MakeUser, log_in: LogIn
) -> None:
    body = hold("hubei/comprehensive", 200)
    named = today() + timedelta(days=9)
    with begin(make_actor(Role.OFFICER, "hubei"), now_at()) as w:
        order = rectifications.order(w, body.held.id, "18(1)", named, "三场活动满意度低")
        left = (last_day(w.calendar, named) - today()).days
    assert "按要求整改并报送结果" in body.get()
    page = body.get(f"/orders/{order}")
    for words in ("三场活动满意度低", f"还有 {left} 天", "18(1)"):
        assert words in page
    assert "请填写" in body.send(f"/orders/{order}", 422, answer=" ")
    sent = body.send(f"/orders/{order}", answer="已全部整改", file=(io.BytesIO(PDF), "整改证明.pdf"))
    assert "整改证明.pdf" in sent
    officer = log_in(make_user(Role.OFFICER, "hubei"))
    seen = officer.get(f"/admin/accreditations/{body.held.id}").text
    for words in ("已全部整改", "整改证明.pdf"):
        assert words in seen
    proof = session.scalars(select(Attachment.id).where(Attachment.rectification_id == order)).one()
    assert officer.get(f"/attachments/{proof}").status_code == 200
    removed = body.client.post(f"/my/accreditations/files/{proof}/remove", data={"back": "https://evil"})
    assert removed.location == "/my/accreditations/"
    with begin(make_actor(Role.OFFICER, "hubei"), now_at()) as w:
        rectifications.result(w, order, passed=True, remark="合格")
    assert "合格" in body.get(f"/orders/{order}")
    assert "已有结果" in body.send(f"/orders/{order}", 422, answer="再报")
    assert one(session, Rectification, body.held).answer == "已全部整改"


def test_an_extension_is_asked_for_in_its_time(hold: Any) -> None:
    early = hold("miit_volunteer/expert", 30)
    assert "现在不能提出" in early.get("/extension")
    assert "不在可申请延续的期间" in early.send("/extension", 422, statement="")
    late = hold("miit_volunteer/expert", 1000, valid_through=today() + timedelta(days=40))
    assert "可以申请延续" in late.get()
    page = late.send("/extension", statement="继续服务")
    assert "继续服务" in page
    assert "请等待答复" in page
    assert "请等待答复" in late.send("/extension", 422, statement="再来")
    none = hold("hubei/comprehensive", 30)
    assert "不设延续" in none.get("/extension")


def test_leaving_needs_a_tick_and_leaves_the_page_to_read(hold: Any, session: Session) -> None:
    body = hold("hubei/comprehensive", 200)
    assert "请勾选确认" in body.send("/withdrawal", 422, reason="不再从事")
    assert "已退出" in body.send("/withdrawal", reason="不再从事", sure="y")
    session.rollback()
    assert session.get_one(Accreditation, body.held.id).state is AccreditationState.WITHDRAWN
    page = body.get()
    assert "仅供查看" in page
    assert "快速填报" not in page
    again = body.client.get(body.at + "/withdrawal", follow_redirects=True)
    assert "认定已终止" in again.text
    assert "没有有效的认定" in body.client.get("/my/diary/new").text


def test_a_proposed_exit_is_answered_and_a_person_decides(
    hold: Any, session: Session, begin: Any, make_actor: Any
) -> None:
    body = hold("liaocheng/comprehensive", 200)
    officer = make_actor(Role.OFFICER, "liaocheng")
    with begin(officer, now_at()) as w:
        clause = exits.proposable(find(w, body.held.id).rules)[0].clause
        case = exits.propose(w, body.held.id, clause, "群众反映收费")
    assert "自正式告知之日起 5 个工作日" in body.get(f"/exits/{case}")
    with begin(officer, now_at()) as w:
        exits.told(w, case, today())
    page = body.get(f"/exits/{case}")
    until = one(session, ExitCase, body.held).objection_until
    if until is not None:
        assert f"异议截止 {until.isoformat()}（星期" in page
    assert page.count("群众反映收费") == 1
    assert "已要求由人工" in body.send(f"/exits/{case}/person")
    assert "请填写" in body.send(f"/exits/{case}/object", 422, statement="")
    said = body.send(f"/exits/{case}/object", statement="从未收费", file=(io.BytesIO(PDF), "账目.pdf"))
    for words in ("从未收费", "账目.pdf", "由人工作出决定"):
        assert words in said
    assert "已提出异议" in body.send(f"/exits/{case}/object", 422, statement="再说")
    more = body.send(f"/exits/{case}/files", file=(io.BytesIO(PDF), "补充.pdf"))
    assert "补充.pdf" in more
    assert "请选择文件" in body.send(f"/exits/{case}/files", 422)
    with begin(officer, now_at()) as w:
        exits.dismiss(w, case, "查无此事")
    page = body.get(f"/exits/{case}")
    assert "查无此事" in page
    assert "补充附件" not in page


def test_a_revocation_is_appealed_against_once(
    hold: Any, session: Session, begin: Any, make_actor: Any
) -> None:
    body = hold("liaocheng/comprehensive", 400)
    first, second = make_actor(Role.OFFICER, "liaocheng"), make_actor(Role.OFFICER, "liaocheng")
    with begin(first, f"{ago(30)}T09:00") as w:
        clause = exits.proposable(find(w, body.held.id).rules)[0].clause
        case = exits.propose(w, body.held.id, clause, "查实")
    with begin(first, f"{ago(30)}T10:00") as w:
        exits.told(w, case, today() - timedelta(days=30))
    for officer in (first, second):
        with begin(officer, f"{ago(10)}T09:00") as w:
            exits.confirm(w, case, "属实")
    assert one(session, ExitCase, body.held).state is ExitState.UPHELD
    page = body.get(f"/exits/{case}")
    assert "申诉理由" in page
    assert "提出异议" not in page
    assert "您的申诉" in body.send(f"/exits/{case}/appeal", statement="处理过重")
    assert "已提出申诉" in body.send(f"/exits/{case}/appeal", 422, statement="再诉")
    with begin(make_actor(Role.LEAD, "liaocheng"), now_at()) as w:
        appeals.decide_appeal(w, case, upheld=True, reason="程序有误")
    page = body.get(f"/exits/{case}")
    for words in ("程序有误", "申诉成立，恢复认定"):
        assert words in page


def test_data_are_confirmed_on_the_day(hold: Any, session: Session) -> None:
    expert = hold("jilin/expert", 130)
    page = expert.client.get("/my/accreditations/data").text
    assert "***" in page
    done = expert.client.post("/my/accreditations/data", follow_redirects=True)
    assert "已确认资料无误" in done.text
    session.rollback()
    assert session.get_one(Party, expert.held.party_id).profile_confirmed_on == today()


def test_the_window_of_an_extension_is_the_services(hold: Any, begin: Any, make_actor: Any) -> None:
    expert = hold("miit_volunteer/expert", 30)
    with begin(make_actor(Role.APPLICANT, parties=[expert.held.party_id]), now_at()) as w:
        window = extensions.window(find(w, expert.held.id))
        against = extensions.standing_against(find(w, expert.held.id))
    assert window is not None
    assert (window.open, len(against)) == (False, 1)
    assert window.first.isoformat() in expert.get("/extension")
