"""Of a filled register: a list of destruction that was carried out, one that waits, a hold, a package."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from core.domain.lifecycle.keeping import Kept
from core.storage.engine import session_factory
from core.storage.models import ArchivePackage, DestructionItem, DestructionList, LegalHold, User

AT = datetime(2024, 6, 3, 2, tzinfo=UTC)


def kept(engine: Engine, party_id: int, application_id: int) -> dict[str, int]:
    """The numbers of the lists, and of a package whose case has changed since."""
    with session_factory(engine).begin() as session:
        people = [
            User(email=f"keeper{number}@example.cn", name=f"档案员{number}", fs_uniquifier=f"keeper{number}")
            for number in (1, 2)
        ]
        session.add_all(people)
        session.flush()
        first, second = (person.id for person in people)
        shared = {
            "program": "shanghai",
            "months": 36,
            "reason": "保管期满",
            "sha256": "0" * 64,
            "proposed_by_id": first,
            "proposed_at": AT,
        }
        done = DestructionList(
            kind=Kept.MESSAGES,
            **shared,
            first_by_id=first,
            first_at=AT,
            second_by_id=second,
            carried_out_at=AT,
            counts={"outbox_message": 1, "sealed_opening": 1},
            files_gone=1,
        )
        waiting = DestructionList(kind=Kept.RECORDS, **shared, first_by_id=first, first_at=AT)
        hold = LegalHold(party_id=party_id, reason="行政诉讼", placed_by_id=first, placed_at=AT)
        package = ArchivePackage(
            application_id=application_id,
            program="shanghai",
            region="310104",
            retention_months=360,
            document_number="SH-2024-0001",
            files=3,
            size=1000,
            sha256="0" * 64,
            language="zh",
            made_by_id=first,
            made_at=AT,
        )
        session.add_all([done, waiting, hold, package])
        session.flush()
        for number, (found, gone) in enumerate(((done, True), (done, False), (waiting, None))):
            session.add(
                DestructionItem(
                    list_id=found.id,
                    subject_id=10**9 + number,
                    party_id=party_id,
                    since=date(2020, 1, 2),
                    gone=gone,
                )
            )
        return {"destroyed": done.id, "to_destroy": waiting.id, "hold": hold.id, "package": package.id}
