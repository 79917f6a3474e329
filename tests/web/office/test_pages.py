"""The authority's own pages: completeness, notices, objections, candidates, the holiday table."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import today
from core.domain.identifiers import mask_id_number
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.services.people.party_file import LOOKED
from core.storage.models import (
    AccessRecord,
    Application,
    AuditEvent,
    Complaint,
    HolidayDay,
    Nomination,
    NoticeItem,
    Objection,
    Party,
    PublicNotice,
    ServiceRecord,
)
from core.storage.models.accounts import Look
from tests.databases import load_holidays
from tests.services.factory import accredit, id_number, make_party, serve
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

P = "liaocheng"


@pytest.fixture
def officer(make_user: MakeUser, log_in: LogIn) -> Browser:
    """An officer of Liaocheng."""
    return Browser(log_in(make_user(Role.OFFICER, P, "371500")))


def application(engine: Engine, session: Session, state: ApplicationState, region: str = "371502") -> int:
    """An application of Liaocheng without facts or documents."""
    made = Application(
        program=P, track="comprehensive", edition=catalogue()[P].edition(today()).id, region=region,
        party_id=make_party(engine, region=region), state=state, submitted_at="2026-05-01T10:00+08",
    )  # fmt: skip
    session.add(made)
    session.commit()
    return made.id


def test_what_is_missing_becomes_the_reason_of_the_return(
    engine: Engine, session: Session, officer: Browser
) -> None:
    number = application(engine, session, ApplicationState.SUBMITTED)
    case = officer.get(f"/admin/applications/{number}")
    assert "完整性审查" in case.text
    page = officer.get(f"/admin/applications/{number}/completeness")
    assert "需申请人补正" in page.text
    assert page.doc is not None
    drafted = page.doc.xpath("//textarea[@name='reason']")[0].text_content()
    assert drafted.strip().startswith("请补正以下内容")
    assert "未提交" in drafted
    assert "未填写" in drafted
    empty = page.send(reason=" ", ok=False)
    assert empty.status == 422
    unseen = officer.post(f"/admin/applications/{number}/completeness", {"reason": drafted}, ok=False)
    assert unseen.status == 422, "what was looked at is not said"
    page.send(reason=drafted)
    session.expire_all()
    found = session.get_one(Application, number)
    assert found.state is ApplicationState.RETURNED
    assert "未填写" in found.return_reason
    late = officer.post(
        f"/admin/applications/{number}/completeness", {"reason": drafted, "version": "1"}, ok=False
    )
    assert late.status == 422, "returned once, not twice"
    english = officer.get(f"/admin/applications/{number}/completeness?lang=en")
    assert "for the applicant to correct" in english.text


def test_completeness_of_another_region_is_not_found(
    engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    number = application(engine, session, ApplicationState.SUBMITTED)
    client = log_in(make_user(Role.RECOMMENDER, P, "371581"))
    assert client.get(f"/admin/applications/{number}/completeness").status_code == 404


def _through_next_year(engine: Engine, session: Session) -> None:
    """The holiday tables, and one of the year to come where there is none yet."""
    load_holidays(engine)
    for year in (today().year, today().year + 1):
        session.merge(HolidayDay(on=date(year, 1, 1), working=False, name_zh="元旦"))
    session.commit()


def test_a_notice_is_previewed_with_its_days_and_then_published(
    engine: Engine, session: Session, officer: Browser
) -> None:
    _through_next_year(engine, session)
    first = application(engine, session, ApplicationState.ON_NOTICE)
    application(engine, session, ApplicationState.ON_NOTICE)
    page = officer.get("/admin/register/notices/new")
    fields = {
        "title": "拟认定名单公示", "introduction": "经评审，现予公示。", "applications": [str(first)],
    }  # fmt: skip
    preview = page.send(**fields, then="preview")
    assert "计入的工作日" in preview.text
    later = page.send(**fields, on=(today() + timedelta(days=1)).isoformat(), then="preview", ok=False)
    assert later.status == 422
    assert any("晚于今天" in text for text in later.complaints)
    assert session.query(PublicNotice).count() == 0
    published = preview.send(then="publish")
    notice = session.query(PublicNotice).one()
    assert (notice.published_on, notice.introduction) == (today(), "经评审，现予公示。")
    assert f"{notice.closes_on}" in preview.text
    assert [item.application_id for item in session.query(NoticeItem)] == [first]
    assert "经评审，现予公示。" in published.text


def test_what_was_struck_off_is_marked_and_published_anew(
    engine: Engine, session: Session, officer: Browser
) -> None:
    _through_next_year(engine, session)
    number = application(engine, session, ApplicationState.APPROVED)
    last = today() + timedelta(days=7)
    first = PublicNotice(program=P, title="首次公示", published_on=today(), closes_on=last, working_days=5)
    struck, standing = (
        NoticeItem(notice=first, application_id=key, struck_on=day)
        for key, day in (
            (number, today()),
            (application(engine, session, ApplicationState.ON_NOTICE), None),
        )
    )
    session.add_all([struck, standing])
    session.commit()
    listed = officer.get(f"/admin/register/notices/{first.id}")
    assert listed.text.count("更正，不再公示") == 1
    assert listed.has(f"/object/{standing.application_id}")
    assert not listed.has(f"/object/{number}")
    case = officer.get(f"/admin/applications/{number}")
    assert "更正，不再公示" in case.text
    case.send("/do/publish", title="再次公示")
    titles = [item.notice.title for item in session.query(NoticeItem).filter_by(application_id=number)]
    assert sorted(titles) == ["再次公示", "首次公示"]
    assert not officer.get(f"/admin/applications/{number}").has("/do/publish")


def test_an_objection_is_heard_and_decided_from_its_list(
    engine: Engine, session: Session, officer: Browser
) -> None:
    number = application(engine, session, ApplicationState.ON_NOTICE)
    notice = PublicNotice(
        program=P, title="公示", published_on=date(2026, 5, 1), closes_on=date(2026, 5, 12), working_days=5
    )
    item = NoticeItem(notice=notice, application_id=number)
    session.add(
        Objection(
            notice_item=item, objector="某人", contact="1", content="业绩不实", code="x",
            received_at="2026-05-02T10:00+08",
        )
    )  # fmt: skip
    session.commit()
    listed = officer.get("/admin/objections/?state=open")
    assert f"/admin/applications/{number}#notices" in listed.response.text
    officer.get(f"/admin/applications/{number}").send("/do/hear-party", statement="有台账为证")
    page = officer.get(f"/admin/applications/{number}")
    assert "有台账为证" in page.text
    page.send("/do/decide-objection", verdict="no", reason="已核实")
    assert "没有符合条件的记录" in officer.get("/admin/objections/?state=open").text
    assert "有台账为证" in officer.get(f"/admin/register/notices/{notice.id}").text


def test_candidates_are_ticked_and_put_forward(engine: Engine, session: Session, officer: Browser) -> None:
    held = [accredit(engine, f"{P}/comprehensive", "2025-01-01") for _ in range(3)]
    serve(engine, held[1], today().replace(month=1, day=1).isoformat(), "8", ("甲",))
    page = officer.get("/admin/candidates/")
    assert page.doc is not None
    assert page.doc.xpath("//tbody/tr[1]//input[@name='rowid']/@value") == [str(held[1].id)]
    target = page.doc.xpath("//select[@id='target']/option/@value")[0]
    refused = officer.post("/admin/candidates/", {"target": target, "rowid": str(held[1].id)}, ok=False)
    assert refused.status == 422
    assert refused.doc is not None
    assert refused.doc.xpath("//input[@name='rowid' and @checked]"), "the ticks stay"
    ticked = [str(held[0].id), str(held[1].id)]
    officer.post("/admin/candidates/", {"target": target, "rowid": ticked, "reason": "业绩突出"})
    assert session.query(Nomination).count() == 2
    again = officer.post(
        "/admin/candidates/", {"target": target, "rowid": ticked[:1], "reason": "x"}, ok=False
    )
    assert any("已就此事项提名" in text for text in again.complaints)
    sheet = officer.client.get("/admin/candidates/ranking.xlsx", query_string={"target": target})
    assert sheet.data[:2] == b"PK"
    assert "Nominations and commendations" in officer.get("/admin/candidates/?lang=en").text


def test_the_holiday_table_of_a_year(
    engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn, officer: Browser
) -> None:
    admin = Browser(log_in(make_user(Role.SYSADMIN)))
    empty = admin.get("/admin/holidays/years/2024")
    assert "尚未载入" in empty.text
    page = empty.send("/2024/load").send("/enter")
    assert session.query(HolidayDay).count() > 20
    assert page.doc is not None
    assert page.doc.xpath("//a[contains(@href, 'on=2024-10-01') and @class='day-off']")
    assert page.doc.xpath("//a[contains(@href, 'on=2024-10-12') and @class='day-worked']")
    twice = page.send("/2024/load", ok=False)
    assert any("已载入" in text for text in twice.complaints)
    page.send("/2024/load", replace="yes").send("/enter")
    assert "软件尚无该年的安排" in admin.get("/admin/holidays/years/2035").text
    assert "2035 年" in admin.get("/admin/holidays/years/?year=2035").text
    for beyond in ("-1", "0", "9999", "99999999999999999999"):
        assert admin.get(f"/admin/holidays/years/?year={beyond}", ok=False).status == 404, beyond
    assert "/load" not in officer.get("/admin/holidays/years/2024?lang=en").response.text


def test_an_enterprise_of_the_officers_form_is_one_with_its_code_and_without(
    engine: Engine, session: Session, officer: Browser
) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2026-02-01", region="371502")
    page = officer.get(f"/admin/accreditations/{held.id}")
    given = {"service_date": today().isoformat(), "title": "宣讲", "hours": "2"}
    asked = page.send("/do/add-record", **given, enterprises="甲公司、乙公司", ok=False)
    assert asked.status == 422
    assert asked.doc is not None
    told = asked.doc.xpath("//*[contains(@class, 'has-error')][.//textarea]//*[@class='field-error']")
    assert [item.text_content()[:6] for item in told] == ["“甲公司、乙"]
    page.send("/do/add-record", **given, enterprises="甲公司\t91350100M000100Y43\r\n甲公司；乙公司\r\n")
    (record,) = session.scalars(select(ServiceRecord))
    assert (record.number_served, record.enterprises[0]["uscc"]) == (2, "91350100M000100Y43")


def test_the_page_of_a_party_with_a_status_leads_to_the_request(engine: Engine, officer: Browser) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2026-02-01", region="371502")
    page = officer.get(f"/admin/filing/party/{held.party_id}")
    assert page.doc is not None
    asked = {field.get("name") for field in page.doc.xpath("//main//input")}
    assert (asked & {"name", "region", "employer", "address"}) == {"address"}
    assert page.doc.xpath(f"//details//a[@href='/admin/changing/party/{held.party_id}']")
    over = {"state": AccreditationState.EXPIRED, "ended_on": date(2024, 2, 1)}
    former = accredit(engine, "liaocheng/comprehensive", "2021-02-01", region="371502", **over)
    free = officer.get(f"/admin/filing/party/{former.party_id}")
    assert free.doc is not None
    assert free.doc.xpath("//main//input[@name='name']")


def test_the_authority_sees_numbers_whole_when_it_asks_and_that_is_kept_and_nobody_else(
    engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    number, mobile, line = id_number(), "13900139001", "0432-62412345"
    party = make_party(
        engine, PartyKind.PERSON, "220202", id_number=number, mobile=mobile, phone=f"{line}、{mobile}"
    )
    masked = {mask_id_number(number), "139****9001", "043******2345"}
    accredit(engine, "jilin/expert", "2026-02-01", region="220202", party_id=party)
    looks = select(AuditEvent.subject_id).where(AuditEvent.action == LOOKED)
    for role, may in ((Role.OFFICER, True), (Role.RECOMMENDER, False), (Role.AUDITOR, False)):
        client = log_in(make_user(role, "jilin", "220200"))
        who = Browser(client)
        for path in (f"filing/party/{party}", f"parties/details/?id={party}", "parties/export/csv/"):
            text = client.get(f"/admin/{path}").text
            assert [given for given in (number, mobile, line) if given in text] == []
            assert [given for given in masked if given not in text] == []
        assert ("显示完整号码" in who.get(f"/admin/filing/party/{party}").text) is may
        whole = who.post(f"/admin/filing/party/{party}/numbers", {}, ok=may)
        assert [given in whole.text for given in (number, mobile, line)] == [may] * 3
        assert session.scalars(looks).all() == [str(party)], "the officer's look alone"
        in_record = select(AccessRecord).where(AccessRecord.detail == LOOKED)
        (kept,) = session.scalars(in_record).all()
        assert (kept.look, kept.number, kept.party_id, kept.region) == (Look.PARTY, party, party, "220202")


def test_a_masked_number_that_is_left_stays_and_another_takes_its_place(
    engine: Engine, session: Session, officer: Browser
) -> None:
    party = make_party(engine, region="371502", mobile="13900139001", phone="0635-8241234")
    accredit(engine, f"{P}/comprehensive", "2026-02-01", region="371502", party_id=party)

    def kept(**changes: str) -> tuple[str, str, str]:
        page = officer.get(f"/admin/filing/party/{party}")
        assert "139****9001" in page.text
        assert "063*****1234" in page.text
        page.send(ok=False, **changes)
        session.expire_all()
        item = session.get_one(Party, party)
        return item.address, item.mobile, item.phone

    assert kept(address="新路 1 号") == ("新路 1 号", "13900139001", "0635-8241234")
    assert kept(mobile="139****9002")[1] == "13900139001", "no number: refused"
    assert kept(mobile="13900139003", phone="") == ("新路 1 号", "13900139003", "")


def test_a_recommender_sees_neither_who_filed_nor_what_they_wrote(
    engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2026-02-01", region="371502")
    said = {"complainant": "赵六", "contact": "13955501234", "content": "赵六在该单位受到乱收费"}
    session.add(Complaint(accreditation_id=held.id, code="c", received_on=today(), **said))
    number = application(engine, session, ApplicationState.ON_NOTICE)
    notice = PublicNotice(
        program=P, title="公示", published_on=today(), closes_on=today() + timedelta(5), working_days=5
    )
    item = NoticeItem(notice=notice, application_id=number)
    words = {"objector": "钱七", "contact": "13955505678", "content": "钱七称业绩不实"}
    session.add(Objection(notice_item=item, code="o", received_at="2026-05-01T10:00+08", **words))
    session.commit()
    lists = [f"/admin/{name}/{way}" for name in ("complaints", "objections") for way in ("", "export/csv/")]
    pages = [f"/admin/accreditations/{held.id}", f"/admin/applications/{number}", *lists]
    read = {"赵六", "钱七", "13955501234", "13955505678"}
    for role, seen in ((Role.RECOMMENDER, set()), (Role.OFFICER, {"赵六", "钱七"})):
        who = log_in(make_user(role, P, "371500"))
        found = "".join(who.get(page).text for page in pages)
        assert {word for word in read if word in found} == seen
