"""One accreditation with one of everything that can belong to it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine

from core.domain.lifecycle.states import ApplicationState
from core.domain.supervision.standing import EventKind
from core.rules.obligations import Mode
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Application,
    Ban,
    Call,
    Campaign,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    Inspection,
    MaterialFile,
    Nomination,
    NoticeItem,
    Objection,
    OutboxMessage,
    Party,
    PublicNotice,
    Rectification,
    RegisterEvent,
    SettingOverride,
)
from core.storage.models.operations import SettingKind
from tests.services.factory import Held, accredit, serve

DAY = date(2024, 6, 3)
MOMENT = datetime(2024, 6, 3, 2, tzinfo=UTC)
SECRET = "不应外泄"


@dataclass(frozen=True)
class World:
    """One accreditation with one of everything that can belong to it."""

    held: Held
    ids: dict[str, Any]
    """The row of each list; the ids of what has a page of its own."""


def everything(engine: Engine, key: str, region: str) -> World:
    """An accreditation of a track in a region, and a row in every list about it."""
    held = accredit(engine, key, "2024-03-01", region=region)
    record = serve(engine, held, "2024-05-01", summary=f"{SECRET}服务")
    with session_factory(engine)() as session, session.begin():
        held_row = session.get_one(Accreditation, held.id)
        session.get_one(Party, held.party_id).name = f"{SECRET}主体{region}"
        call = Call(
            program=held.program,
            edition=held_row.edition,
            tracks=[held_row.track],
            title=f"{SECRET}通知{uuid4().hex[:6]}",
            opens_at=datetime(2024, 1, 1, tzinfo=UTC),
            submit_by=datetime(2024, 2, 1, tzinfo=UTC),
        )
        application = Application(
            program=held.program,
            track=held_row.track,
            edition=held_row.edition,
            party_id=held.party_id,
            region=region,
            state=ApplicationState.ON_NOTICE,
            submitted_at=MOMENT,
        )
        notice = PublicNotice(
            program=held.program,
            title=f"{SECRET}公示",
            published_on=DAY,
            closes_on=date(2024, 6, 11),
            working_days=5,
        )
        item = NoticeItem(notice=notice, application=application)
        own = {"accreditation_id": held.id}
        rows: dict[str, Any] = {
            "applications": application,
            "calls": call,
            "notices": notice,
            "reports": AnnualReport(**own, year=2023, submitted_on=DAY, summary=SECRET),
            "campaigns": Campaign(program=held.program, title=f"{SECRET}活动", starts_on=DAY, ends_on=DAY),
            "nominations": Nomination(**own, clause="5", target=f"{SECRET}去向", year=2024, nominated_on=DAY),
            "complaints": Complaint(
                **own, complainant="甲", contact="1", content=SECRET, code=uuid4().hex, received_on=DAY
            ),
            "findings": Finding(**own, kind="violation", reason=SECRET, opened_on=DAY),
            "warnings": RegisterEvent(
                **own,
                kind=EventKind.WARNING,
                happened_on=DAY,
                clause="N5",
                period="1",
                title_zh=SECRET,
                title_en="not for others",
            ),
            "rectifications": Rectification(**own, clause="18(1)", ordered_on=DAY, deadline=DAY),
            "exits": ExitCase(
                **own,
                clause="20(1)",
                title_zh=SECRET,
                title_en="not for others",
                mode=Mode.CONFIRM,
                period="1",
                proposed_on=DAY,
            ),
            "extensions": ExtensionRequest(
                **own,
                requested_on=DAY,
                statement=SECRET,
                old_valid_through=DAY,
                new_valid_through=date(2027, 6, 3),
            ),
            "inspections": Inspection(**own, planned_on=DAY, quality=SECRET),
            "bans": Ban(
                party_id=held.party_id, program=held.program, clause="20", starts_on=DAY, through=DAY
            ),
            "settings": SettingOverride(
                program=held.program,
                track=held_row.track,
                kind=SettingKind.PARAMETER,
                name=f"{SECRET}{uuid4().hex[:5]}",
                value="1",
                effective_on=DAY,
                reason=SECRET,
            ),
            "messages": OutboxMessage(
                program=held.program,
                region=region,
                key=uuid4().hex,
                event="warning",
                channel="email",
                accreditation_id=held.id,
                recipient="a@example.cn",
                subject=SECRET,
                body=SECRET,
            ),
        }
        objection = Objection(
            notice_item=item, objector="乙", contact="1", content=SECRET, code=uuid4().hex, received_at=MOMENT
        )
        session.add_all(
            [
                item,
                *rows.values(),
                objection,
            ]
        )
        session.flush()
        material = MaterialFile(
            application_id=application.id,
            key="x",
            filename=f"{SECRET}.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            uploaded_at=MOMENT,
        )
        session.add(material)
        session.flush()
        ids = {name: row.id for name, row in rows.items()}
        ids |= {
            "objections": objection.id,
            "parties": held.party_id,
            "accreditations": held.id,
            "records": record,
            "material": material.id,
        }
        return World(held, ids)
