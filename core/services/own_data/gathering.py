"""What the register holds about whoever asks, and nothing of anybody else.

A person's registration of which the user is the main contact is the user's own: everything. Of a body, and of
a person whom the user merely helps, the cases: no personal value, no document that another sent, no message
to another. Who handled a case, scored or looked is named nowhere; the office is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from core.domain import facts
from core.domain.errors import NotAllowed
from core.rules.clauses import PartyKind
from core.rules.phrases import LOG_IN_FIRST
from core.rules.terms import Fact
from core.rules.text import T
from core.services.base import regions
from core.services.base.work import Work
from core.services.messaging.inbox import OUTSIDE
from core.services.messaging.template import without_footer
from core.services.own_data import fields
from core.services.own_data.sections import Field, Section, of, section
from core.storage.models import (
    AccessRecord,
    Accreditation,
    AnnualReport,
    Application,
    Attachment,
    ChangeRequest,
    Decision,
    ExtensionRequest,
    FormerValue,
    LoginSession,
    MaterialFile,
    Membership,
    OutboxMessage,
    Party,
    PartyClaim,
    RegisterEvent,
    ServiceRecord,
    User,
)
from core.storage.models.accounts import Look
from core.storage.one_party import ids_of
from core.storage.trail.privacy import is_personal

MATERIAL, ATTACHMENT = T("申报材料", "Materials"), T("附件", "Attachment")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes into the download: what it is, its name, and under which hash it stands."""

    title: T
    number: int
    filename: str
    size: int
    sha256: str


@dataclass
class Gathering:
    """All of one user, read in one transaction."""

    w: Work

    @cached_property
    def user(self) -> User:
        """Whoever asks."""
        if self.w.actor.user_id is None:
            raise NotAllowed(LOG_IN_FIRST)
        return self.w.session.get_one(User, self.w.actor.user_id)

    @cached_property
    def parties(self) -> Sequence[Party]:
        """Every registration that the user acts for."""
        return self._rows(select(Party).where(Party.id.in_(self.w.actor.parties)).order_by(Party.id))

    @cached_property
    def own(self) -> frozenset[int]:
        """The registrations that are the user in person."""
        main = select(Membership.party_id).where(Membership.user_id == self.user.id, Membership.main)
        query = select(Party.id).where(Party.kind == PartyKind.PERSON, Party.id.in_(ids_of(main)))
        return frozenset(self.w.session.scalars(query))

    def sections(self) -> list[Section]:
        """Everything, by what it is about."""
        user, mine = self.user, self.w.actor.parties
        sessions = select(LoginSession).where(LoginSession.user_id == user.id).order_by(LoginSession.id)
        formers = select(FormerValue).where(FormerValue.party_id.in_(self.own)).order_by(FormerValue.id)
        decided = select(Decision).join(Decision.application).where(Application.party_id.in_(mine))
        logins = select(AccessRecord).where(AccessRecord.who_id == user.id, AccessRecord.look.is_(None))
        grants = sorted(user.grants, key=lambda row: row.id)
        profiles = [row for one in self.parties for row in self._facts(one, one.id, one.profile)]
        stated = [row for case in self._cases for row in self._facts(case.party, case.id, case.facts)]
        return [
            section("account", T("账号", "Account"), fields.ACCOUNT, [user]),
            section("roles", T("角色", "Role"), self._role_fields(), grants),
            section(
                "sessions", T("登录设备", "Where you are logged in"), fields.SESSION, self._rows(sessions)
            ),
            section("parties", T("主体", "Party"), self._party_fields(), self.parties),
            section("profiles", T("主体资料", "The party’s data"), fields.FACT, profiles),
            section("formers", T("原登记内容", "Former value"), fields.FORMER, self._rows(formers)),
            self._changes(),
            section(
                "claims", T("认领申请", "Claim"), fields.CLAIM, self._rows(self._claims(), PartyClaim.id)
            ),
            section("applications", T("申请", "Application"), self._application_fields(), self._cases),
            section("facts", T("事实", "Fact"), fields.FACT, stated),
            section("decisions", T("决定", "Decision"), fields.DECISION, self._rows(decided, Decision.id)),
            section("accreditations", T("认定", "Accreditation"), self._status_fields(), self._held),
            self._under("events", T("登记事项", "Register event"), fields.EVENT, RegisterEvent),
            self._under("extensions", T("延续申请", "Extension request"), fields.EXTENSION, ExtensionRequest),
            self._under("records", T("服务记录", "Service record"), fields.RECORD, ServiceRecord),
            self._under("reports", T("年度报告", "Annual report"), fields.REPORT, AnnualReport),
            section("files", T("文件", "File"), fields.FILE, self.documents()),
            self._messages(),
            section(
                "logins",
                T("登录和变更", "Logins and changes"),
                fields.LOGIN,
                self._rows(logins, AccessRecord.at, AccessRecord.id),
            ),
            self._looks(),
        ]

    def documents(self) -> Iterator[Document]:
        """The files of one's own registrations, and those that the user handed in for others."""
        user, mine = self.user.id, self.w.actor.parties
        materials = select(MaterialFile).join(MaterialFile.application)
        materials = materials.where(
            Application.party_id.in_(mine),
            or_(Application.party_id.in_(self.own), MaterialFile.uploaded_by_id == user),
        )
        proofs = self._claims().with_only_columns(PartyClaim.id)
        attachments = select(Attachment).where(
            or_(Attachment.party_id.in_(mine), Attachment.claim_id.in_(proofs)),
            or_(Attachment.party_id.in_(self.own), Attachment.uploaded_by_id == user),
        )
        for title, found in (
            (MATERIAL, self._rows(materials, MaterialFile.id)),
            (ATTACHMENT, self._rows(attachments, Attachment.id)),
        ):
            for file in found:
                yield Document(title, file.id, file.filename, file.size, file.sha256)

    def _rows(self, query: Any, *order: Any) -> Sequence[Any]:
        found: Sequence[Any] = self.w.session.scalars(query.order_by(*order) if order else query).all()
        return found

    def _claims(self) -> Select[PartyClaim]:
        """What the user claims, or claimed."""
        return select(PartyClaim).where(PartyClaim.user_id == self.user.id)

    @cached_property
    def _cases(self) -> Sequence[Application]:
        mine = Application.party_id.in_(self.w.actor.parties)
        query = select(Application).where(mine).options(joinedload(Application.party))
        return self._rows(query, Application.id)

    @cached_property
    def _held(self) -> Sequence[Accreditation]:
        mine = Accreditation.party_id.in_(self.w.actor.parties)
        return self._rows(select(Accreditation).where(mine), Accreditation.id)

    def _under(self, key: str, title: T, columns: Sequence[Field], kind: Any) -> Section:
        """The rows of one's statuses."""
        query = select(kind).where(kind.accreditation_id.in_([item.id for item in self._held]))
        return section(key, title, columns, self._rows(query, kind.accreditation_id, kind.id))

    def _place(self) -> tuple[Field, Field]:
        """For which programme and where."""
        names, programs = regions.names(self.w.session), self.w.catalogue.programs

        def program(row: Any) -> T | str:
            return programs[row.program].program.title if row.program in programs else row.program or ""

        def region(row: Any) -> T | str:
            return T(*names[row.region]) if row.region in names else row.region or ""

        return of("program", T("项目", "Programme"), program), of("region", T("地区", "Region"), region)

    def _role_fields(self) -> Sequence[Field]:
        dates = of("starts_on", fields.FROM), of("ends_on", fields.TO)
        return (of("role", T("角色", "Role")), *self._place(), *dates)

    def _party_fields(self) -> Sequence[Field]:
        """Of a body, what is public or the user's alone: whom it names besides is somebody else."""
        user, own = self.user, self.own
        member = {row.party_id: row for row in user.memberships}
        alike = {"mobile": user.mobile, "phone": user.mobile, "email": user.email, "contact_name": user.name}

        def is_open(party: Party, key: str) -> bool:
            of_body = party.kind is PartyKind.ORGANIZATION and key in ("name", "address")
            return party.id in own or of_body or getattr(party, key) == alike.get(key, self)

        def shown(key: str, label: T) -> Field:
            return of(key, label, lambda row: getattr(row, key) if is_open(row, key) else None)

        return (
            fields.NUMBER,
            fields.KIND,
            shown("name", T("名称", "Name")),
            of("uscc", T("统一社会信用代码", "Unified social credit code")),
            shown("id_number", T("证件号码", "Identity number")),
            self._place()[1],
            shown("address", T("地址", "Address")),
            shown("contact_name", T("联系人", "Contact")),
            shown("mobile", T("手机号码", "Mobile number")),
            shown("phone", T("联系电话", "Telephone")),
            shown("email", T("电子邮箱", "E-mail")),
            shown("employer", T("所在单位", "Employer")),
            of("created_at", T("登记时间", "Registered at")),
            of("verified_at", T("核验时间", "Verified at")),
            of("profile_confirmed_on", T("资料确认日期", "Data confirmed on")),
            of("main", T("主要联系人", "Main contact"), lambda row: row.id in member and member[row.id].main),
            of("since", fields.FROM, lambda row: member[row.id].since if row.id in member else None),
        )

    def _facts(self, party: Party, number: int, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Facts one a row; a body's without those that name or reach a person."""
        extra = {fact.name: fact for fact in self.w.catalogue.extra_facts()}
        body = party.kind is PartyKind.ORGANIZATION
        for name, value in values.items():
            known: Fact | None = facts.OF_PARTY[party.kind].get(name) or extra.get(name)
            public = body and (name == "name" or not is_personal("party", "profile", name))
            if party.id in self.own or public:
                title = known.label if known is not None else name
                yield {"number": number, "fact": name, "title": title, "value": value}

    def _changes(self) -> Section:
        mine = ChangeRequest.party_id.in_(self.w.actor.parties)

        def own(key: str) -> Any:
            """What was written to one, or by one."""
            return lambda row: (
                getattr(row, key) if row.party_id in self.own or row.asked_by_id == self.user.id else None
            )

        columns = (
            fields.NUMBER,
            fields.PARTY,
            fields.KIND,
            fields.STATE,
            of("asked_at", T("申请时间", "Requested at")),
            of("statement", T("说明", "Note"), own("statement")),
            of("answer", T("答复", "Answer"), own("answer")),
        )
        rows = self._rows(select(ChangeRequest).where(mine), ChangeRequest.id)
        return section("changes", T("变更申请", "Request for a change"), columns, rows)

    def _case_fields(self) -> Sequence[Field]:
        track, edition = of("track", T("类别", "Track")), of("edition", T("文件版本", "Edition"))
        return (fields.NUMBER, fields.PARTY, *self._place(), track, edition, fields.STATE)

    def _application_fields(self) -> Sequence[Field]:
        return (
            *self._case_fields(),
            of("channel", T("渠道", "Channel")),
            of("created_at", T("建立时间", "Created")),
            of("submitted_at", T("提交时间", "Submitted at")),
            of("return_reason", T("退回理由", "Why it was returned")),
        )

    def _status_fields(self) -> Sequence[Field]:
        return (
            *self._case_fields(),
            of("number", T("认定编号", "Accreditation number")),
            of("started_on", T("首次认定日期", "First accredited on")),
            of("valid_from", T("有效期自", "Valid from")),
            of("valid_through", T("有效期至", "Valid through")),
            of("ended_on", T("终止日期", "Ended on")),
        )

    def _messages(self) -> Section:
        """Those to the user, and those to the user in person as a party; codes and links are spent."""
        to_party = OutboxMessage.user_id.is_(None) & OutboxMessage.party_id.in_(self.own)
        query = select(OutboxMessage).where(
            or_(OutboxMessage.user_id == self.user.id, to_party), OutboxMessage.event.not_in(OUTSIDE)
        )
        columns = (
            of("created_at", fields.WHEN),
            of("channel", T("渠道", "Channel")),
            of("recipient", T("发送至", "Sent to")),
            of("subject", T("标题", "Title")),
            of("body", fields.CONTENT, lambda row: without_footer(row.body, row.language)),
            fields.STATE,
            of("read_at", T("阅读时间", "Read at")),
        )
        rows = self._rows(query, OutboxMessage.created_at, OutboxMessage.id)
        return section("messages", T("消息", "Messages"), columns, rows)

    def _looks(self) -> Section:
        """When staff looked at what is the user's, for which office and at what; not who."""
        of_account = (AccessRecord.look == Look.ACCOUNT) & (AccessRecord.number == self.user.id)
        query = select(AccessRecord).where(
            AccessRecord.look.is_not(None),
            AccessRecord.who_id != self.user.id,
            or_(AccessRecord.party_id.in_(self.own), of_account),
        )
        columns = (of("at", fields.WHEN), of("look", T("查看内容", "What was looked at")), *self._place())
        rows = self._rows(query, AccessRecord.at, AccessRecord.id)
        return section("looks", T("谁查看过您的个人信息", "Who looked at your personal data"), columns, rows)
