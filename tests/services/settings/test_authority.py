"""An authority is renamed from a day on: what is written then has the new name, earlier letters the old."""

from __future__ import annotations

from datetime import date
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotAllowed
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.services.endings.withdrawals import withdraw
from core.services.papers import certificates
from core.services.settings.authority import listed, set_name
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage
from tests.services.factory import Held, accredit

OLD = catalogue()["jilin"].program.authority
NEW = "吉林市民营经济发展中心"
TODAY, TURN = "2024-05-20T10:00", date(2024, 6, 1)


@pytest.fixture
def held(engine: Engine, begin: Any, make_actor: Any) -> Held:
    with begin(make_actor(Role.LEAD, "jilin"), TODAY) as w:
        set_name(w, "jilin", "authority_zh", NEW, TURN, "机构改革")
    return accredit(engine, "jilin/provider", "2024-03-20")


def paper(content: bytes) -> str:
    text: str = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    return text.replace("\r\n", "")


def test_the_day_before_it_has_the_old_name_and_from_the_day_on_the_new_one(
    begin: Any, make_actor: Any, held: Held
) -> None:
    with begin(make_actor(Role.OFFICER, "jilin"), "2024-06-03T10:00") as w:
        names = [w.authority("jilin", date(2024, *day)).zh for day in ((5, 31), (6, 1), (6, 2))]
        assert names == [OLD.zh, NEW, NEW]
        assert w.authority("jilin").en == OLD.en
        assert [(name.zh, until) for name, until in w.former_authorities("jilin")] == [(OLD.zh, TURN)]
        assert w.former_authorities("liaocheng") == []
        # The certificate is of March.
        made = certificates.certificate(w, held.id, language="zh", base_url="https://r.example")
        assert OLD.zh in paper(made.content)


def test_what_is_written_from_the_day_on_has_the_new_name(
    engine: Engine, begin: Any, make_actor: Any, held: Held
) -> None:
    later = accredit(engine, "jilin/provider", "2024-06-03")
    member = make_actor(Role.APPLICANT, parties=[held.party_id, later.party_id])
    with begin(member, "2024-06-04T10:00") as w:
        made = certificates.certificate(w, later.id, language="zh", base_url="https://r.example")
        assert NEW in paper(made.content)
        withdraw(w, held.id)
    with session_factory(engine)() as session:
        body = session.scalar(select(OutboxMessage.body).where(OutboxMessage.event == "withdrawn"))
    assert NEW in (body or "")


def test_a_name_is_set_by_the_lead_for_days_to_come(begin: Any, make_actor: Any, unchanged: Any) -> None:
    lead = make_actor(Role.LEAD, "jilin")
    for value, day, why, field in (
        (NEW, date(2024, 5, 19), "改革", "effective_on"),
        (NEW, TURN, " ", "reason"),
        ("名" * 201, TURN, "改革", "value"),
        ("某\ue000局", TURN, "改革", "value"),
    ):
        with pytest.raises(Invalid) as caught, begin(lead, TODAY) as w:
            set_name(w, "jilin", "authority_zh", value, day, why)
        assert set(caught.value.errors) == {field}
    with unchanged(NotAllowed), begin(make_actor(Role.OFFICER, "jilin"), TODAY) as w:
        set_name(w, "jilin", "authority_zh", NEW, TURN, "改革")
    with begin(lead, TODAY) as w:
        assert [(item.default, item.value) for item in listed(w, "jilin")] == [
            (OLD.zh, OLD.zh),
            (OLD.en, OLD.en),
        ]
        set_name(w, "jilin", "authority_zh", NEW, w.today, "改革")
        # Emptied, it is what the programme brings.
        set_name(w, "jilin", "authority_zh", "", TURN, "改回")
        assert w.authority("jilin", TURN).zh == OLD.zh
        assert listed(w, "jilin")[0].value == NEW
