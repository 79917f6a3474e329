"""What the portal's own pages show: a message, a licence, an invitation, a party that asks to be verified."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.supervision.standing import EventKind
from core.rules.obligations import ReportKind
from core.services.base.work import SYSTEM, Work
from core.services.duties.reports import due_reports
from core.services.supervision.status import find
from core.storage.files import FileStore
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Attachment,
    CertificateIssue,
    ChangeRequest,
    ExtensionRequest,
    FormerValue,
    Invitation,
    OutboxMessage,
    Party,
    RegisterEvent,
    ServiceRecord,
    StaffMember,
    Successor,
    TakenIn,
)
from core.storage.models.changes import Vouched
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.operations import MessageState
from core.storage.models.register import RecordState
from core.storage.models.supervision import ExtensionState

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea7352d2c0000000049454e44ae426082"
)
TOKEN = "an-invitation-that-is-open"  # of the tests only


def _asked(session: Session, accreditation_id: int) -> int:
    """A year whose report is asked for."""
    due = due_reports(find(Work(session, SYSTEM, now()), accreditation_id))
    return next(item.year for item in due if item.kind is ReportKind.REPORT)


def own_pages(session: Session, store: FileStore, party_id: int, asking_id: int) -> dict[str, Any]:
    """Ids by name: of the organisation that the applicant acts for, and of a party that asks."""
    party = session.get_one(Party, party_id)
    asking = session.get_one(Party, asking_id)
    asking.verified_at, asking.verification_requested_at = None, now()
    message = OutboxMessage(
        key="welcome",
        event="account.verified",
        channel="email",
        party_id=party_id,
        recipient="a@example.cn",
        subject="主体核验通过",
        body=f"{party.name}：\n\n账号和主体已核验通过。",
        state=MessageState.SENT,
    )
    held = OutboxMessage(
        key="flood",
        event="reminder.term",
        channel="email",
        program="shanghai",
        recipient="b@example.cn",
        subject="认定即将到期",
        body="请及时办理。",
        state=MessageState.HELD,
    )
    stored = store.put(PNG, at_most=10_000)
    licence = Attachment(
        purpose=AttachmentPurpose.LICENCE,
        party_id=party_id,
        filename="执照.png",
        content_type="image/png",
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=now(),
    )
    invitation = Invitation(
        party_id=party_id,
        address="guest@example.cn",
        token_hash=hashlib.sha256(TOKEN.encode()).hexdigest(),
        invited_at=now(),
        expires_at=now() + timedelta(days=14),
    )
    record = session.scalars(
        select(ServiceRecord).join(ServiceRecord.accreditation).where(Accreditation.party_id == party_id)
    ).first()
    assert record is not None
    draft = ServiceRecord(
        accreditation_id=record.accreditation_id,
        entry_id=uuid4(),
        service_date=record.service_date,
        title="尚未提交的服务",
        hours=1,
        enterprises=[{"name": "甲公司"}],
        enterprise_keys=["name:甲公司"],
        state=RecordState.DRAFT,
    )
    answered = ExtensionRequest(
        accreditation_id=record.accreditation_id,
        requested_on=record.service_date,
        old_valid_through=record.service_date,
        new_valid_through=record.service_date + timedelta(days=730),
        state=ExtensionState.REFUSED,
        decided_on=record.service_date,
        reason="本项目不设延续",
    )
    person = StaffMember(
        party_id=party_id,
        id_key="0" * 64,
        name="李工",
        id_masked="3********1",
        attributes={"education": "bachelor", "title_level": "junior", "full_time": True},
        imported_at=now(),
    )
    asked = ChangeRequest(
        party_id=party_id,
        kind=ChangeKind.DETAILS,
        name="更名后的服务中心",
        region="310105",
        statement="已办理变更登记",
        asked_at=now(),
    )
    granted = ChangeRequest(
        party_id=party_id,
        kind=ChangeKind.SPLIT,
        state=ChangeState.GRANTED,
        asked_at=now(),
        decided_at=now(),
        answer="属实",
        successors=[Successor(name="分立后的公司", uscc="91220200MA0Y2R0C7X")],
    )
    numbered = ChangeRequest(
        party_id=party_id,
        kind=ChangeKind.NUMBER,
        state=ChangeState.GRANTED,
        uscc="91310104MA0000001X",
        asked_at=now(),
        decided_at=now(),
        answer="与执照一致",
    )
    former = FormerValue(
        party_id=party_id, field=Vouched.NAME, value="从前的名称", held_until=record.service_date
    )
    anew = CertificateIssue(
        party_id=party_id,
        accreditation_id=record.accreditation_id,
        issued_on=record.service_date,
        name=party.name,
    )
    origin = TakenIn(
        accreditation_id=record.accreditation_id,
        filename="旧名录.xlsx",
        sha256=stored.sha256,
        source_row=2,
        taken_on=record.service_date,
    )
    returned = AnnualReport(
        accreditation_id=record.accreditation_id,
        year=record.service_date.year,
        submitted_on=record.service_date,
        summary="工作总结",
        returned_on=record.service_date + timedelta(days=1),
        return_reason="没有服务数据",
    )
    session.add_all([asked, granted, numbered, former, anew, origin, returned])
    session.flush()
    session.add(
        Attachment(
            purpose=AttachmentPurpose.FORMER,
            party_id=party_id,
            taken_in_id=origin.id,
            filename="原证书.png",
            content_type="image/png",
            size=stored.size,
            sha256=stored.sha256,
            uploaded_at=now(),
        )
    )
    proof = Attachment(
        purpose=AttachmentPurpose.CHANGE,
        party_id=party_id,
        change_request_id=asked.id,
        filename="变更通知书.png",
        content_type="image/png",
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=now(),
    )
    session.add(proof)
    session.add_all([message, held, licence, invitation, draft, answered, person])
    session.flush()
    session.add(
        RegisterEvent(
            accreditation_id=record.accreditation_id,
            kind=EventKind.EXTENSION_REFUSED,
            happened_on=record.service_date,
            clause="3.1",
            period=f"request/{answered.id}",
            title_zh="不同意延续",
            title_en="The extension is refused",
        )
    )
    return {
        "entry": record.entry_id,
        "entry_draft": draft.entry_id,
        "report_year": _asked(session, record.accreditation_id),
        "returned": returned.id,
        "own_message": message.id,
        "held": held.id,
        "licence": licence.id,
        "answered": answered.id,
        "change": asked.id,
        "changed": granted.id,
        "numbered": numbered.id,
        "row_changes": asked.id,
        "invitation": TOKEN,
        "row_verifications": asking_id,
    }
