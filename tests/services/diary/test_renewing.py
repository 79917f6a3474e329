"""Records of a register in which names were compared otherwise are counted anew, and the trail tells it."""

from typing import Any

from sqlalchemy import select, text

from core.domain.roles import Role
from core.services.diary.records import add_entry
from core.services.diary.renewing import renew_keys
from core.storage.models import AuditEvent, ServiceRecord
from core.storage.verify.derived import keys
from tests.services.factory import accredit

NAMES = ("甲·乙公司（聊城）", "甲•乙公司(聊城)")


def test_records_are_counted_anew_by_the_names_of_their_enterprises(
    engine: Any, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "miit_volunteer/expert", "2023-06-01")
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    entry = {"service_date": "2024-05-06", "title": "政策宣讲", "hours": "2.5"}
    with begin(member, "2024-05-06T18:00") as w:
        for name in (*NAMES, "丙公司"):
            add_entry(w, held.party_id, [held.id], {**entry, "enterprises": [name]})
    with begin(member, "2024-05-06T18:00") as w:
        found = w.session.scalars(select(ServiceRecord).order_by(ServiceRecord.id)).all()
        assert found[0].enterprise_keys == found[1].enterprise_keys
        old = "UPDATE service_record SET enterprise_keys = ARRAY['name:甲•乙公司(聊城)'] WHERE id = :id"
        w.session.connection().execute(text(old), {"id": found[1].id})
        broken = 'UPDATE service_record SET enterprises = \'[{"name": " "}]\' WHERE id = :id'
        w.session.connection().execute(text(broken), {"id": found[2].id})
    with begin(member, "2024-05-07T09:00") as w:
        assert renew_keys(w) == 1
    with begin(member, "2024-05-07T09:00") as w:
        assert renew_keys(w) == 0
        assert {(fault.check, int(fault.subject_id)) for fault in keys(w.session)} == {
            ("record.enterprises", found[2].id)
        }
        last = w.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
        assert last.changes["enterprise_keys"][1] == ["name:甲·乙公司(聊城)"]
