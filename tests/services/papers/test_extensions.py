"""The letter on a request to extend a term: both answers, in both languages, and who may have it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.errors import Invalid, NotFound
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.services.base.work import ANONYMOUS
from core.services.endings.exits import propose
from core.services.endings.extensions import decide_extension, request_extension
from core.services.papers.extensions import extension_letter
from core.storage.engine import session_factory
from core.storage.models import Party, RegisterEvent
from tests.documents.samples import text_of
from tests.services.factory import Held, accredit

TRACK = "jilin/expert"
"""Two years from 2022-03-20: through 2024-03-20."""
LATER = "2024-06-01T10:00"
ENDED = {"state": AccreditationState.EXPIRED, "ended_on": date(2024, 3, 21), "ended_clause": "10(1)"}


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "jilin")


def asked(begin: Any, make_actor: Any, held: Held, on: str = "2024-03-01") -> int:
    party = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(party, f"{on}T09:00") as w:
        return request_extension(w, held.id, "请予延期")


def answered(
    begin: Any, make_actor: Any, officer: Any, held: Held, on: str = "2024-03-01", **answer: Any
) -> int:
    request = asked(begin, make_actor, held, on)
    with begin(officer, f"{on}T10:00") as w:
        decide_extension(w, request, **answer)
    return request


def letter(begin: Any, actor: Any, request: int, language: str = "zh") -> str:
    with begin(actor, LATER) as w:
        text = text_of(extension_letter(w, request, language=language).content)
    return "".join(text.split()) if language == "zh" else " ".join(text.split())


def test_a_grant_writes_the_new_term_out(engine: Engine, begin: Any, make_actor: Any, officer: Any) -> None:
    request = answered(begin, make_actor, officer, accredit(engine, TRACK, "2022-03-20"), granted=True)
    text = letter(begin, officer, request)
    for word in (
        "关于同意延续认定的决定书",
        "依据第10(3)条，决定同意延续",
        "自2024年3月20日起，至2026年3月20日（含当日）止",
        "2024年3月1日",
    ):
        assert word in text
    assert "理由" not in text
    assert "不影响本次延续" not in text
    english = letter(begin, officer, request, "en")
    assert "granted under clause 10(3): the new term runs from 20 March 2024 to 20 March 2026" in english
    assert "Reason" not in english
    assert "set aside" not in english


def test_a_grant_names_what_was_set_aside(engine: Engine, begin: Any, make_actor: Any, officer: Any) -> None:
    held = accredit(engine, TRACK, "2022-03-20", extension_needs_decision=True)
    with session_factory(engine)() as session, session.begin():
        session.add_all(
            RegisterEvent(
                accreditation_id=held.id,
                kind=kind,
                happened_on=date(2022, 3, 20 + number),
                clause="11(1)",
                period=str(number),
                title_zh=title,
                title_en=english,
                evidence={"months": number},
            )
            for number, (kind, title, english) in enumerate(
                (
                    (EventKind.SHORTFALL, "早先的不足", "An earlier shortfall"),
                    (EventKind.EXTENDED, "有效期顺延", "Extended"),
                    (EventKind.SHORTFALL, "年度服务不足", "Too few services"),
                )
            )
        )
    with begin(officer, "2024-02-28T09:00") as w:
        propose(w, held.id, "11(3)", "涉嫌违纪待查")
    request = answered(begin, make_actor, officer, held, granted=True, reason="因病未能服务")
    text = letter(begin, officer, request)
    for word in (
        "理由：因病未能服务",
        "不影响本次延续的情形",
        "11(1)年度服务不足持续月数：2",
        "涉嫌违纪待查",
    ):
        assert word in text
    assert "退出事项不因延续而终止" in text
    assert "早先的不足" not in text
    english = letter(begin, officer, request, "en")
    assert "11(1) Too few services Months elapsed: 2" in english
    assert "not ended by the extension" in english


@pytest.mark.parametrize(
    ("on", "more", "zh", "en"),
    [
        ("2024-03-20", {}, "至2024年3月20日（含当日）止", "The term ends on 20 March 2024"),
        ("2024-03-21", ENDED, "已于2024年3月20日届满", "The term ended on 20 March 2024"),
    ],
)
def test_a_refusal_says_why_and_when_the_term_ends(
    engine: Engine,
    begin: Any,
    make_actor: Any,
    officer: Any,
    on: str,
    more: dict[str, Any],
    zh: str,
    en: str,
) -> None:
    held = accredit(engine, TRACK, "2022-03-20", **more)
    request = answered(begin, make_actor, officer, held, on, granted=False, reason="考核期内服务不足")
    text = letter(begin, officer, request)
    for word in ("关于不予延续认定的决定书", "依据第10(3)条，决定不予延续", "理由：考核期内服务不足", zh):
        assert word in text
    english = letter(begin, officer, request, "en")
    assert "refused under clause 10(3)" in english
    assert en in english


def test_of_two_requests_each_has_its_own_letter(
    engine: Engine, begin: Any, make_actor: Any, officer: Any
) -> None:
    held = accredit(engine, TRACK, "2022-03-20")
    first = answered(begin, make_actor, officer, held, granted=False, reason="材料不足")
    second = answered(begin, make_actor, officer, held, "2024-03-10", granted=True)
    assert "材料不足" in letter(begin, officer, first)
    assert "决定同意延续" in letter(begin, officer, second)


def test_there_is_none_before_the_answer(engine: Engine, begin: Any, make_actor: Any, officer: Any) -> None:
    request = asked(begin, make_actor, accredit(engine, TRACK, "2022-03-20"))
    for number in (request, 10**9):
        with pytest.raises(NotFound):
            letter(begin, officer, number)


def test_it_is_for_the_party_and_staff_within_reach(
    engine: Engine, begin: Any, make_actor: Any, officer: Any
) -> None:
    held = accredit(engine, TRACK, "2022-03-20")
    request = answered(begin, make_actor, officer, held, granted=True)
    party = make_actor(Role.APPLICANT, parties=[held.party_id])
    for actor in (party, make_actor(Role.AUDITOR), make_actor(Role.RECOMMENDER, "jilin", held.region)):
        assert letter(begin, actor, request)
    strangers = (make_actor(Role.APPLICANT), make_actor(Role.OFFICER, "hubei"), ANONYMOUS)
    for actor in (*strangers, make_actor(Role.RECOMMENDER, "jilin", "220204")):
        with pytest.raises(NotFound):
            letter(begin, actor, request)


def test_a_name_that_cannot_be_printed_is_mended_first(
    engine: Engine, begin: Any, make_actor: Any, officer: Any
) -> None:
    held = accredit(engine, TRACK, "2022-03-20")
    request = answered(begin, make_actor, officer, held, granted=False, reason="名称待更正")
    for name, printed in (("王\ue000", False), ("王䶮", True)):
        with session_factory(engine)() as session, session.begin():
            session.get_one(Party, held.party_id).name = name
        if printed:
            assert name in letter(begin, officer, request)
        else:
            with pytest.raises(Invalid, match=r"U\+E000"):
                letter(begin, officer, request)
