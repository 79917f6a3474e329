"""A life through the services, act by act: each is one transaction, and can be done again if it failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from stdnum.cn import uscc

from core.domain.clock import moment
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.applications import materials
from core.services.attachments import party_files
from core.services.base.work import Actor, Work
from core.services.calls import calls
from core.services.daily_check.run import run_checks
from core.services.delivery.gateways import LogGateway
from core.services.delivery.outbox import send_due
from core.services.diary import records
from core.services.duties import campaigns, complaints, findings
from core.services.endings import appeals, exits
from core.services.exports import long_ones
from core.services.granting import decisions, notices, starting
from core.services.messaging.writing import EMAIL, SMS
from core.services.people import codes, invitations, parties, users
from core.services.profile import roster
from core.services.profile.roster_sheet import Line
from core.services.review import recommendations
from core.services.settings import holidays, values
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    Base,
    Complaint,
    Grant,
    Objection,
    PublicNotice,
    StaffMember,
    User,
)
from core.storage.models.accounts import CodePurpose
from core.storage.models.holdings import AttachmentPurpose
from core.storage.trail.sealing import seal
from tests.faults.register import CHECKED_AT, REASON, Register
from tests.services.journey import PDF

_BODY = "91371500MA3C00000"
USCC = _BODY + uscc.calc_check_digit(_BODY)
ROSTER_KEY = "a key of the tests"


@dataclass(frozen=True)
class Act:
    """What one person does in one transaction; a job, which has several, is nobody's."""

    name: str
    do: Callable[[Any], object]
    who: Actor | None = None
    at: str = ""

    def on(self, register: Register) -> None:
        """Do it; raises where anything of it failed."""
        if self.who is None:
            self.do(register)
            return
        with register.town.begin(self.who, self.at, self.name) as w:
            self.do(w)


def the(w: Work, entity: type[Base], **where: Any) -> Any:
    """The one row that an earlier act has made."""
    return w.session.scalars(select(entity).filter_by(**where)).one()


def life(register: Register, folder: Path) -> list[Act]:
    """What the people of a register do in one summer, and the jobs between."""
    return [
        *accounts(register),
        *intake(register),
        *decision(register),
        *supervision(register),
        Act("send", lambda made: send(made, folder, "2024-06-20T12:00")),
        Act("check", lambda made: check(made, CHECKED_AT.date())),
        *ending(register),
        Act("check", lambda made: check(made, date(2024, 8, 20))),
        Act("send", lambda made: send(made, folder, "2024-08-20T12:00")),
        Act("seal", lambda made: seal(session_factory(made.town.engine), batch=20)),
    ]


def check(register: Register, day: date) -> None:
    """Make the daily check; what it notes of one accreditation is a failure here."""
    failures = run_checks(session_factory(register.town.engine), day, batch=2).tally.failures
    if failures:
        raise RuntimeError(failures)


def send(register: Register, folder: Path, at: str) -> None:
    """Send whatever is due, into files, and an hour later what was put off."""
    gateways = {channel: LogGateway(folder / f"{channel}.jsonl", channel) for channel in (EMAIL, SMS)}
    for later in (timedelta(0), timedelta(hours=1)):
        send_due(session_factory(register.town.engine), moment(at) + later, gateways)


def accounts(register: Register) -> list[Act]:
    """An account, its role for a day, a party with a member to be and a roster."""
    admin, applicant, at = register.administrator, register.waiting.applicant, "2024-06-18T10:00"
    party = register.waiting.party_id
    code = codes.read_address("new@example.cn")
    line = Line("李工", "370102198001010018", {"education": "bachelor", "full_time": True}, None)
    staff = roster.entries_of([line], ROSTER_KEY)
    return [
        Act("create", lambda w: users.create_user(w, email="new@example.cn", name="新人"), admin, at),
        Act(
            "grant",
            lambda w: users.grant(
                w, the(w, User, email="new@example.cn").id, Role.REVIEWER, program="hubei", region="420000"
            ),
            admin,
            at,
        ),
        Act(
            "revoke",
            lambda w: users.revoke_grant(
                w, the(w, Grant, user_id=the(w, User, email="new@example.cn").id).id
            ),
            admin,
            at,
        ),
        Act("code", lambda w: codes.issue(w, CodePurpose.RESET_PASSWORD, code, language="zh"), admin, at),
        Act("edit", lambda w: parties.edit_party(w, party, {"address": "东昌路 1 号"}), applicant, at),
        Act("roster", lambda w: roster.save_roster(w, party, staff, replace=False), applicant, at),
        Act(
            "remove",
            lambda w: roster.remove_person(w, party, the(w, StaffMember, party_id=party).id),
            applicant,
            at,
        ),
        Act("invite", lambda w: invitations.invite(w, party, "guest@example.cn", "/join/"), applicant, at),
        Act("licence", lambda w: licence(w, register, party), applicant, at),
        Act(
            "export",
            lambda w: long_ones.ask(w, "parties.export", "csv", {}, "主体.csv", "zh"),
            register.town.officer("liaocheng"),
            at,
        ),
    ]


def licence(w: Work, register: Register, party: int) -> None:
    party_files.put(w, AttachmentPurpose.LICENCE, party, "执照.pdf", PDF, register.town.store)


def intake(register: Register) -> list[Act]:
    """A party, a call, and an application with its documents and its recommendation."""
    draft, town = register.draft, register.town
    own = {"uscc": USCC, "region": "420100", "mobile": "13800138000", "name": "又一机构"}
    window = {"opens_at": moment("2024-07-01T00:00"), "submit_by": moment("2024-07-20T00:00")}

    def attach(w: Work) -> None:
        for row in materials.checklist(w, draft.application_id):
            materials.attach(w, draft.application_id, row.key, f"{row.key}.pdf", PDF, town.store)

    def recommend(w: Work) -> None:
        recommendations.recommend(w, draft.application_id, draft.measured(w), "情况属实，同意推荐")

    return [
        Act(
            "register",
            lambda w: parties.register_party(w, kind=PartyKind.ORGANIZATION, **own),
            draft.applicant,
            draft.on(0),
        ),
        Act(
            "call",
            lambda w: calls.save_call(
                w, program="hubei", tracks=["comprehensive"], title="申报通知", **window
            ),
            town.officer("hubei"),
            draft.on(0),
        ),
        Act("attach", attach, draft.applicant, draft.on(0)),
        Act("submit", lambda w: starting.submit(w, draft.application_id), draft.applicant, draft.on(0)),
        Act("recommend", recommend, town.recommender("hubei"), draft.on(1)),
    ]


def decision(register: Register) -> list[Act]:
    """An approval, its notice, an objection that does not stand."""
    number, officer = register.waiting.application_id, register.town.officer("liaocheng")

    def object_to(w: Work) -> None:
        notice = the(w, PublicNotice, title="第二批公示")
        notices.object_to(w, notice.id, number, objector="李强", contact="13800138000", content="有异议")

    def dismiss(w: Work) -> None:
        item = the(w, Objection, objector="李强")
        notices.hear_party(w, item.id, "情况不实")
        notices.decide_objection(w, item.id, upheld=False, reason="查无实据")

    return [
        Act("approve", lambda w: decisions.approve(w, number, REASON), officer, "2024-06-18T11:00"),
        Act(
            "publish",
            lambda w: notices.publish(w, "liaocheng", [number], "第二批公示"),
            officer,
            "2024-06-18T12:00",
        ),
        Act("object", object_to, register.administrator, "2024-06-19T12:00"),
        Act("dismiss", dismiss, officer, "2024-06-20T09:00"),
    ]


def supervision(register: Register) -> list[Act]:
    """What is recorded of an expert and of a body, and what is set."""
    town, expert = register.town, register.experts[0]
    miit, officer, at = town.officer("miit_volunteer"), town.officer("liaocheng"), "2024-06-20T10:00"
    served = {
        "service_date": "2024-06-19",
        "title": "政策宣讲",
        "hours": "4",
        "enterprises": [{"name": "甲公司"}],
    }

    def status(w: Work) -> int:
        return int(the(w, Accreditation, application_id=expert.application_id).id)

    def finding(w: Work) -> None:
        number = findings.open_finding(w, status(w), "violation", "涉嫌违规")
        findings.decide_finding(w, number, established=False, reason="查无实据")

    def complaint(w: Work) -> None:
        number = the(w, Accreditation, id=register.ended).number
        complaints.file_complaint(w, number, "某企业", "13800138001", "收费不实")

    def answered(w: Work) -> None:
        complaints.decide_complaint(
            w, the(w, Complaint, complainant="某企业").id, verified=False, reason="查无实据"
        )

    first = date(2024, 8, 1)
    return [
        Act(
            "serve",
            lambda w: records.add_entry(w, expert.party_id, [status(w)], served),
            expert.applicant,
            at,
        ),
        Act("finding", finding, miit, at),
        Act("complaint", complaint, register.administrator, at),
        Act("answer", answered, officer, "2024-06-20T11:00"),
        Act(
            "campaign",
            lambda w: campaigns.save_campaign(
                w, "liaocheng", title="服务月", starts_on=date(2024, 6, 1), ends_on=date(2024, 6, 30)
            ),
            officer,
            at,
        ),
        Act(
            "setting",
            lambda w: values.set_operation(w, "review_days", "20", first, "纪要"),
            register.lead,
            at,
        ),
        Act(
            "holiday",
            lambda w: holidays.set_day(w, date(2024, 12, 24), working=False, name="放假"),
            register.lead,
            at,
        ),
        Act("no holiday", lambda w: holidays.remove_day(w, date(2024, 12, 24)), register.lead, at),
    ]


def ending(register: Register) -> list[Act]:
    """An objection to an exit, two officers, and the appeal that gives the status back."""
    case_id, officer = register.exit_case, register.town.officer("liaocheng")
    return [
        Act("confirm", lambda w: exits.confirm(w, case_id, "属实"), officer, "2024-07-02T09:00"),
        Act(
            "second", lambda w: exits.confirm(w, case_id, "属实"), register.second_officer, "2024-07-02T10:00"
        ),
        Act(
            "appeal",
            lambda w: appeals.appeal(w, case_id, "已被复议撤销"),
            register.holder,
            "2024-07-05T10:00",
        ),
        Act(
            "give back",
            lambda w: appeals.decide_appeal(w, case_id, upheld=True, reason="复议属实"),
            register.lead,
            "2024-07-08T10:00",
        ),
    ]
