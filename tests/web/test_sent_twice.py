"""Forms that no other test of the site sends: each is sent twice, and does something once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.domain.clock import now, today
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.embedded.server import EmbeddedServer
from core.hooks.catalogue import catalogue
from core.services.files.sheets import write_sheet
from core.services.recommenders import list_sheet
from core.storage.engine import session_factory
from core.storage.models import (
    Application,
    Ban,
    FactorReset,
    Grant,
    Guess,
    HolidayDay,
    Inspection,
    Invitation,
    Listed,
    Membership,
    NotSame,
    Party,
    PendingDecision,
    PublicNotice,
    Recommendation,
    Recommender,
    ReviewAssignment,
    SettingOverride,
    TakenIn,
    User,
)
from core.storage.models.accounts import GuessKind
from core.storage.models.deciding import PendingAct
from core.storage.models.operations import SettingKind
from core.web.forms.looked_at import CONFIRMED
from core.web.frame.bound import db
from tests.databases import scratch_database
from tests.faults.oracle import ATTEMPTS
from tests.services.factory import accredit, make_party, uscc
from tests.services.journey import PDF
from tests.services.takein.tables import HEADERS, row
from tests.web.crawl import hashes
from tests.web.filled import Filled
from tests.web.filled_doubled import NAME
from tests.web.screens import Browser, Page
from tests.web.sites import application
from tests.web.tracks.test_not_kept import copied

LOOKS = frozenset({"recommenders.take", "take_in.index"})
"""What is looked at before anything is done, until it is confirmed."""
MORE = {
    "filers.look": "each look at who filed is on record",
    "filing.numbers": "each look at whole numbers is on record",
}
"""What a second copy adds to, and why that is right."""


@dataclass
class Desk:
    """A filled register of the module's own, and its people at their screens."""

    filled: Filled
    app: Flask
    sent: set[str] = field(default_factory=set)
    """The endpoints to which a form went twice."""

    @property
    def engine(self) -> Engine:
        return self.filled.engine

    def __getitem__(self, name: str) -> Any:
        return self.filled.ids[name]

    def of(self, who: str) -> Twice:
        """One of the people of the filled register."""
        return Twice(self.filled.browser(self.app, who), self)

    def hire(
        self,
        role: Role,
        program: str | None = None,
        region: str | None = None,
        party_id: int | None = None,
        **more: Any,
    ) -> User:
        """Somebody new."""
        key = uuid4().hex
        with self.session() as session, session.begin():
            user = User(email=f"{key[:8]}@example.cn", name=f"用户{key[:4]}", fs_uniquifier=key, **more)
            user.grants.append(Grant(role=role, program=program, region=region, party_id=party_id))
            session.add(user)
        self.filled.users[key] = user.id
        return user

    def session(self) -> Session:
        return session_factory(self.engine)()

    def number(self, query: Any) -> int:
        with self.session() as session:
            return int(session.scalars(query).one())


class Twice(Browser):
    """A browser whose every form reaches the register twice, the second time told to nobody."""

    def __init__(self, client: Any, desk: Desk) -> None:
        super().__init__(client)
        self.desk = desk

    def post(self, path: str, data: Mapping[str, Any], *, ok: bool = True) -> Page:
        routes = self.desk.app.url_map.bind("localhost")
        endpoint = str(routes.match(urlsplit(path).path, method="POST")[0])
        again, before = copied(data), hashes(self.desk.engine, ATTEMPTS)
        page = super().post(path, data, ok=ok)
        once = hashes(self.desk.engine, ATTEMPTS)
        looks = endpoint in LOOKS and CONFIRMED not in data
        assert (once == before) is looks, f"{path}: {page.text[:300]}"
        flat = {name: value[0] if isinstance(value, list) else value for name, value in again.items()}
        answer = self.client.post(path, data=flat, content_type="multipart/form-data")
        assert answer.status_code < 500
        with self.client.session_transaction() as cookie:
            cookie.pop("_flashes", None)
        twice = hashes(self.desk.engine, ATTEMPTS)
        more = {name for name in twice if twice[name] != once[name]}
        assert bool(more) is (endpoint in MORE), f"{path}: {more}"
        self.desk.sent.add(endpoint)
        return page


@pytest.fixture(scope="module")
def desk(
    filled: Filled,
    filled_app: Flask,
    filled_instance: Path,
    pg_server: EmbeddedServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    with filled_app.app_context():
        db.engine.dispose()  # a database that is in use cannot be copied
    filled.engine.dispose()
    folder = tmp_path_factory.mktemp("twice") / "instance"
    shutil.copytree(filled_instance, folder)
    with (
        scratch_database(pg_server, str(filled.engine.url.database)) as engine,
        application(engine, folder) as app,
    ):
        app.config["WTF_CSRF_ENABLED"] = False
        yield Desk(replace(filled, engine=engine, users=dict(filled.users)), app)


def parties(desk: Desk) -> None:
    officer, party = desk.of("officer"), desk["double"]
    officer.get(f"/admin/filing/party/{party}").send(address="长宁路 1 号")
    other = desk.number(select(Party.id).where(Party.name == f"{NAME}(南区)"))
    officer.get(f"/admin/mergers/{party}/{other}/different").send(reason="两个机构")
    mark = desk.number(select(func.max(NotSame.id)))
    officer.get(f"/admin/mergers/different/{mark}").send(reason="核实为同一机构")
    officer.get(f"/admin/mergers/{party}/{other}").send(reason="同一机构")
    officer.get(f"/admin/mergers/undo/{desk['merger']}").send(reason="核实为两个机构")


def changes(desk: Desk) -> None:
    """Asked for by a lead and taken back; asked for again, granted, and the certificate issued anew."""
    held = accredit(desk.engine, "shanghai/specialized", "2026-02-01", region="310104")
    lead, officer = desk.of("lead"), desk.of("officer")
    new = f"/admin/changing/party/{held.party_id}"
    lead.get(new).send(name="更名后的机构", file=PDF)
    lead.get(lead.at).send("/withdraw")
    lead.get(new).send(name="更名后的机构", file=PDF)
    officer.get(lead.at).send("/grant", new_certificates="")
    officer.get(f"/admin/accreditations/{held.id}").send(f"/certificates/{held.id}")


def corrections(desk: Desk) -> None:
    """A closure that was granted and a ban that was lifted are corrected."""
    held = accredit(desk.engine, "shanghai/specialized", "2026-02-01", region="310104")
    lead, officer = desk.of("lead"), desk.of("officer")
    lead.get(f"/admin/changing/party/{held.party_id}?kind=closure").send(file=PDF)
    officer.get(lead.at).send("/grant")
    lead.get(lead.at).send("/correct", reason="注销的是另一家")
    with desk.session() as session, session.begin():
        days = {"starts_on": date(2026, 1, 5), "through": date(2029, 1, 4), "lifted_on": date(2026, 2, 2)}
        ban = Ban(party_id=held.party_id, program="shanghai", clause="12", **days)
        session.add(ban)
        session.flush()
        number = ban.id
    lead.get(f"/admin/filing/party/{held.party_id}").send(f"/bans/{number}/correct", reason="误点")


def own_changes(desk: Desk) -> None:
    member, own = desk.of("applicant"), f"/my/parties/{desk['party']}/changes/"
    page = member.get(own).send("/files", file=PDF)
    (removing, *_) = [form.action for form in page.forms() if form.action.endswith("/remove")]
    page.send(removing)
    member.get(own).send("/withdraw")
    member.get(f"{own}new").send(name="更名后的服务中心", file=PDF)


def own_party(desk: Desk) -> None:
    member, own = desk.of("applicant"), f"/my/parties/{desk['party']}"
    with desk.session() as session, session.begin():
        session.get_one(Party, desk["party"]).profile_confirmed_on = date(2026, 1, 5)
    member.get(own).send("/confirm")
    member.get(own).send(f"/licence/{desk['licence']}/remove")
    member.get(f"{own}/edit").send(address="长宁路 2 号")
    invited = desk.number(select(Invitation.id).where(Invitation.party_id == desk["party"]).limit(1))
    member.get(f"{own}/members/").send(f"/{invited}/cancel")


def claims(desk: Desk) -> None:
    """One is objected to, has a proof more and less, and is answered; another is handed in and taken back."""
    member, claimed = desk.of("applicant"), desk["claim"]
    member.get(f"/my/claims/{claimed}/objection").send(objection="并非我们的人")
    guest = desk.of("expert")
    page = guest.get(f"/my/claims/{claimed}").send("/files", file=PDF)
    (removing, *_) = [form.action for form in page.forms() if form.action.endswith("/remove")]
    page.send(removing)
    own = desk["own_claim"]
    member.get(f"/my/claims/{own}").send(f"/{own}", file=PDF, statement="负责人")
    member.get(f"/my/claims/{own}").send("/withdraw")
    desk.of("officer").get(f"/admin/claims/{claimed}").send("/refuse", answer="现成员否认")


def own_report(desk: Desk) -> None:
    report = f"/my/accreditations/{desk['accreditations']}/reports/handed-in/{desk['reports']}"
    desk.of("applicant").get(report).send("/files", file=PDF)


def panel(desk: Desk) -> None:
    """A finished review is set aside and counts again; what a reviewer who left had is handed over."""
    case, gone = desk["case"], desk.hire(Role.REVIEWER, "shanghai", active=False)
    with desk.session() as session, session.begin():
        session.add(ReviewAssignment(application_id=case, reviewer_id=gone.id, assigned_at=now()))
    substitute = desk.hire(Role.REVIEWER, "shanghai")
    of_case = ReviewAssignment.application_id == case
    finished = select(ReviewAssignment.id).where(of_case, ReviewAssignment.finished_at.is_not(None))
    task = desk.number(finished.order_by(ReviewAssignment.id).limit(1))
    officer = desk.of("officer")
    page = f"/admin/panels/{desk.number(select(Application.call_id).where(Application.id == case))}"
    officer.get(page).send(f"/tasks/{task}/aside", reason="与申请人有合作")
    officer.get(page).send(f"/tasks/{task}/count")
    officer.get(page).send(f"/hand-over/{gone.id}", reviewer=substitute.id)


def inspections(desk: Desk) -> None:
    """What somebody who left had planned is handed over."""
    gone = desk.hire(Role.OFFICER, "shanghai", active=False)
    with desk.session() as session, session.begin():
        held = desk["accreditations"]
        session.add(Inspection(accreditation_id=held, planned_on=today(), inspector_id=gone.id))
    officer = desk.of("officer")
    officer.get("/admin/recommending/inspections/").send(f"/hand-over/{gone.id}")


def calls(desk: Desk) -> None:
    officer, first = desk.of("officer"), date(2026, 3, 1)
    officer.get(f"/admin/register/calls/{desk['open_call']}").send("/close")
    days = {"starts_on": first, "ends_on": first + timedelta(days=30)}
    officer.get("/admin/register/campaigns/new").send(program="shanghai", title="服务月", **days)


def notice(desk: Desk) -> None:
    """A notice that ends today gets an objection; the holiday table then gives it its working days."""
    with desk.session() as session, session.begin():
        running = session.get_one(PublicNotice, desk["notices"])
        running.published_on, running.closes_on = today() - timedelta(days=1), today()
        next_year = date(today().year + 1, 1, 1)
        if session.get(HolidayDay, next_year) is None:
            session.add(HolidayDay(on=next_year, working=False))
    said = {"objector": "李强", "contact": "13800138000", "content": "有异议"}
    page = desk.of("officer").get(f"/admin/register/notices/{desk['notices']}")
    page.send(f"/object/{desk['applications']}", **said)
    desk.of("lead").get("/admin/holidays/years/periods").send()


def settings(desk: Desk) -> None:
    with desk.session() as session, session.begin():
        ahead = SettingOverride(
            program="",
            kind=SettingKind.OPERATION,
            name="review_days",
            value="20",
            effective_on=date(2999, 1, 1),
            reason="纪要",
        )
        session.add(ahead)
    desk.of("lead").get("/admin/parameters/-/review_days").send(f"/cancel/{ahead.id}")
    desk.of("sysadmin").get("/admin/divisions/").send("/admin/divisions/", code="310198", name="试验区")


def second_factor(desk: Desk) -> None:
    """Asked for and let be, asked for again and confirmed by another."""
    user = desk.hire(Role.OFFICER, "shanghai", tf_primary_method="authenticator")
    page, second = f"/admin/system/users/{user.id}", desk.hire(Role.SYSADMIN)
    first = desk.of("sysadmin")
    for answer, who in (("withdraw", first), ("confirm", desk.of(second.fs_uniquifier))):
        first.get(page).send("/factor/open", reason="手机遗失，已当面核对")
        who.get(page).send(f"/factor/{answer}")
    with desk.session() as session:
        assert len(session.scalars(select(FactorReset)).all()) == 2


def locks(desk: Desk) -> None:
    """An account that somebody guesses at is opened again."""
    user = desk.hire(Role.OFFICER, "shanghai")
    guess = Guess(kind=GuessKind.PASSWORD, user_id=user.id, address="203.0.113.5", failures=5, last_at=now())
    with desk.session() as session, session.begin():
        session.add(guess)
    desk.of("sysadmin").get(f"/admin/system/users/{user.id}").send("/unlock", reason="本人来电，已核对")


def messages(desk: Desk) -> None:
    """A flood is let go; a message that was sent goes out once more."""
    lead = desk.of("lead")
    lead.get(f"/admin/held-messages/{desk['held']}").send("/release")
    lead.post("/admin/messages/action/", {"action": "resend", "rowid": str(desk["own_message"])})


def filer(desk: Desk) -> None:
    desk.of("officer").post(f"/admin/filers/complaint/{desk['complaints']}", {})
    desk.of("officer").post(f"/admin/filing/party/{desk['double']}/numbers", {})


def recall(desk: Desk) -> None:
    with desk.session() as session, session.begin():
        officer = session.scalars(select(User).where(User.email == desk.filled.emails["officer"])).one()
        waiting = session.get_one(Application, desk["waiting"])
        decided = PendingDecision(
            act=PendingAct.REJECT,
            application_id=waiting.id,
            program=waiting.program,
            region=waiting.region,
            arguments={"reason": "不符合条件", "marks": []},
            seen="0" * 64,
            by_id=officer.id,
            decided_at=now(),
            issue_at=now() + timedelta(minutes=30),
        )
        session.add(decided)
    desk.of("officer").get("/admin/decisions/waiting").send(f"/{decided.id}/recall")


def take_in(desk: Desk) -> None:
    officer = desk.of(desk.hire(Role.OFFICER, "hubei", "420000").fs_uniquifier)
    table = write_sheet("名录", HEADERS, [row(uscc=uscc())]), "旧名录.xlsx"
    officer.get("/admin/take-in/").send("/admin/take-in/", statuses=table).send("/admin/take-in/confirm")
    status = desk.number(select(func.max(TakenIn.accreditation_id)))
    page = f"/admin/accreditations/{status}"
    officer.get(page).send(f"/status/{status}/documents", files=PDF)
    officer.get(page).send("/remove")


def code(desk: Desk) -> None:
    desk.of("officer").get(f"/admin/changing/{desk['numbered']}").send("/revoke", reason="执照写错")


def succession(desk: Desk) -> None:
    old, new = (make_party(desk.engine, region="310104") for _ in range(2))
    with desk.session() as session, session.begin():
        codes = [session.get_one(Party, number).uscc for number in (old, new)]
    desk.hire(Role.RECOMMENDER, "shanghai", "310104", party_id=old)
    administrator = desk.of(desk.hire(Role.SYSADMIN).fs_uniquifier)
    administrator.get("/admin/system/succession/").send(old=codes[0], new=codes[1], on=str(today()))


def recommenders(desk: Desk) -> None:
    """A department is entered, its list kept, and it ends; an applicant names it, then turns to it."""
    officer = desk.of(desk.hire(Role.OFFICER, "hubei", "420000").fs_uniquifier)
    officer.get("/admin/recommenders/").send("/add", kind="hubei/assignment", name="综合部")
    body, party = desk.number(select(func.max(Recommender.id))), make_party(desk.engine, region="420100")
    member = User(email=f"{uuid4().hex[:8]}@example.cn", name="申请人", fs_uniquifier=uuid4().hex)
    with desk.session() as session, session.begin():
        session.add(member)
        session.flush()
        session.add(Membership(party_id=party, user_id=member.id, main=True))
        code = session.get_one(Party, party).uscc
        session.get_one(Recommender, body).since = date(2026, 1, 5)
        edition = catalogue()["hubei"].program.editions[-1].id
        place = {"program": "hubei", "track": "comprehensive", "edition": edition, "region": "420100"}
        made = Application(**place, party_id=party, facts={})
        session.add(made)
        session.flush()
        number = made.id
    desk.filled.users[member.fs_uniquifier] = member.id
    page = f"/admin/recommenders/{body}"
    officer.get(page).send("/put-on", name="甲", uscc=code, joined_on="2026-01-05")
    titles = [column.title.zh for column in list_sheet.COLUMNS]
    table = write_sheet("名单", titles, [["乙", uscc(), date(2026, 1, 5), None]]), "名单.xlsx"
    officer.get(page).send("/import", file=table).send()
    other = desk.number(select(Listed.id).where(Listed.recommender_id == body, Listed.name == "乙"))
    officer.get(page).send(f"/take-off/{other}", left_on=str(today()))
    own = f"/my/applications/{number}"
    mine = desk.of(member.fs_uniquifier)
    mine.get(own).send("/recommender", recommender=body)
    with desk.session() as session, session.begin():
        item = session.get_one(Application, number)
        item.state, item.submitted_at, item.recommender_id = ApplicationState.REJECTED, now(), None
        session.add(Recommendation(application_id=number, positive=False, opinion="不符", at=now()))
    mine.get(own).send("/turn", recommender=body)
    officer.get(page).send("/end", on=str(today()))


WAYS: dict[Callable[[Desk], None], set[str]] = {
    parties: {"filing.party", *(f"mergers.{name}" for name in ("compare", "mark", "take_back", "undo"))},
    changes: {"changing.decide", "changing.new", "changing.reissue", "changing.withdraw"},
    corrections: {"changing.correct", "changing.decide", "changing.new", "filing.correct_ban"},
    own_changes: {f"my_changes.{name}" for name in ("new", "remove", "upload", "withdraw")},
    own_party: {"my_members.cancel", "my_party.confirm", "my_party.edit", "my_party.remove"},
    claims: {
        "claiming.decide",
        *(f"my_claims.{n}" for n in ("object_to", "page", "remove", "upload", "withdraw")),
    },
    own_report: {"my_accreditations.report_files"},
    panel: {"panels.count_again", "panels.hand_over", "panels.set_aside"},
    inspections: {"inspecting.hand_over"},
    calls: {"register_forms.close_call", "register_forms.new_campaign"},
    notice: {"holiday_years.periods", "register_forms.object_to"},
    settings: {"divisions.add", "settings_page.cancel"},
    second_factor: {"system_forms.factor"},
    locks: {"system_forms.unlock"},
    messages: {"held_messages.release", "messages.action_view"},
    filer: {"filers.look", "filing.numbers"},
    recall: {"issuing.recall"},
    take_in: {f"take_in.{name}" for name in ("add_documents", "confirm", "index", "remove_document")},
    code: {"changing.revoke"},
    recommenders: {
        *(f"recommenders.{name}" for name in ("add", "end", "put_on", "take", "take_off")),
        "my_applications.recommender",
        "my_applications.turn",
    },
    succession: {"succession.page"},
}
"""What people do, and the endpoints to which its forms go."""
ENDPOINTS = frozenset().union(*WAYS.values())


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
def test_a_form_that_is_sent_twice_does_something_once(desk: Desk, way: Callable[[Desk], None]) -> None:
    desk.sent.clear()
    way(desk)
    assert desk.sent == WAYS[way]
