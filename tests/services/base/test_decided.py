"""What the loser of a race is told: who was first and when, by name only to staff."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.roles import Role
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.duties.complaints import decide_complaint, file_complaint
from core.storage.models import Accreditation, Complaint, Party
from tests.services.factory import accredit, load

DECIDED = T("已有结论", "decided")


@pytest.mark.parametrize(
    ("role", "who"), [(Role.OFFICER, "{name}"), (Role.RECOMMENDER, "{name}"), (Role.APPLICANT, "认定机关")]
)
def test_names_are_for_staff(engine: Engine, begin: Any, make_actor: Any, role: Role, who: str) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01")
    officer = make_actor(Role.OFFICER, "jilin")
    number = load(engine, Accreditation, held.id).number
    with begin(ANONYMOUS, "2024-05-06T09:00") as w:
        file_complaint(w, number, "张三", "13800000000", "服务质量差")
    with begin(officer, "2024-05-07T16:30") as w:
        complaint = w.session.query(Complaint).one()
        decide_complaint(w, complaint.id, verified=False, reason="不实")
    with begin(make_actor(role, "jilin"), "2024-05-08T09:00") as w:
        text = already(w, complaint, DECIDED, "verified").text
    assert text.zh == f"已有结论（{who.format(name=officer.name)}，2024-05-07 16:30）；请刷新后按当前状态办理"


def test_the_system_is_called_so_and_what_has_no_trail_is_still_refused(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01")
    with begin(make_actor(Role.OFFICER, "jilin"), "2024-05-08T09:00") as w:
        party = w.session.query(Party).one()
        assert already(w, party, DECIDED, "verified_at").text.zh.startswith("已有结论；")
    assert held.id
    with begin(SYSTEM, "2024-05-08T09:00") as w:
        w.session.get_one(Party, party.id).name = "改名的机构"
    with begin(make_actor(Role.OFFICER, "jilin"), "2024-05-09T09:00") as w:
        assert "（系统，2024-05-08 09:00）" in already(w, party, DECIDED, "name").text.zh
