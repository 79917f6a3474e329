"""The letter on an application that was not recommended: by whom, why, what comes next, who may have it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from core.domain.errors import Invalid, NotFound
from core.domain.roles import Role
from core.services.base.evidence import long_date
from core.services.base.work import ANONYMOUS, Actor
from core.services.granting import starting
from core.services.papers import dossier
from core.services.papers.declining import declining_letter
from core.services.review import recommendations
from core.storage.engine import session_factory
from core.storage.models import Ban, Party
from core.storage.seed import load_regions
from tests.documents.samples import text_of
from tests.services.journey import Case, Town, at

ROLLING, CALLED = "jilin/provider", "shanghai/comprehensive"
AGAIN_ZH, AGAIN_EN = "再次提出", "apply again"


@pytest.fixture(autouse=True)
def divisions(engine: Engine) -> None:
    with session_factory(engine)() as session, session.begin():
        load_regions(session)


def declined(town: Town, key: str = ROLLING, body: int | None = None) -> Case:
    case = town.start(key).fill().attach_all().submit()
    actor = town.recommender(case.program)
    if body is not None:
        actor = replace(actor, recommender_parties=frozenset({body}))
    with town.begin(actor, case.on(1)) as w:
        recommendations.decline(w, case.application_id, "经营场所已撤销")
    return case


def letter(case: Case, actor: Actor, language: str = "zh", days: int = 2) -> str:
    with case.town.begin(actor, case.on(days)) as w:
        text = text_of(declining_letter(w, case.application_id, language=language).content)
    return "".join(text.split()) if language == "zh" else " ".join(text.split())


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        (
            ROLLING,
            ("昌邑区推荐单位", "县（区）级", "第8(4)条", "县（市、区）中小企业服务中心"),
            ("Recommending body of Changyi District", "Level County or district", "clause 8(4)"),
        ),
        (
            "hubei/comprehensive",
            ("武汉市推荐单位", "级别市级", "第10条"),
            ("Recommending body of Wuhan", "Level City", "clause 10"),
        ),
    ],
)
def test_it_says_who_declined_under_what_when_and_why(
    town: Town, key: str, zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    case = declined(town, key)
    day = case.day + timedelta(days=1)
    text, english = letter(case, case.applicant), letter(case, case.applicant, "en")
    for word in (
        "不予推荐告知书",
        "决定不予推荐，申请就此办结",
        "理由：经营场所已撤销",
        f"决定日期{long_date(day, 'zh')}",
        *zh,
    ):
        assert word in text
    for word in ("Notice: application not recommended", "Reason: 经营场所已撤销", *en):
        assert word in english


def test_a_body_that_the_register_knows_is_named_and_signs(town: Town) -> None:
    body = town.applicant(ROLLING, "2024-06-01T09:00", name="昌邑区中小企业服务中心")[1]
    case = declined(town, body=body)
    text = letter(case, case.applicant)
    assert "作出单位昌邑区中小企业服务中心" in text
    assert "昌邑区推荐单位" not in text


def test_where_applications_are_always_taken_it_may_apply_again(town: Town) -> None:
    case = declined(town)
    assert AGAIN_ZH in letter(case, case.applicant)
    assert AGAIN_EN in letter(case, case.applicant, "en")
    with case.as_applicant(2) as w:
        starting.start(w, case.program, case.track, case.party_id)
    # One is open already: the rules take no second.
    assert AGAIN_ZH not in letter(case, case.applicant)


@pytest.mark.parametrize(("days", "said"), [(2, True), (10, True), (11, False)])
def test_under_a_call_it_may_apply_again_until_its_last_second(town: Town, days: int, said: bool) -> None:
    first = date(2018, days, 5)  # so that no other call is open
    case = town.start(CALLED, call={"submit_by": at(first + timedelta(days=10), "10:00:00")}, day=first)
    case.fill().attach_all().submit()
    with case.as_recommender(1) as w:
        recommendations.decline(w, case.application_id, "不符")
        call = case.load_in(w).call
        assert call is not None
        name = call.title
    text, english = (letter(case, case.applicant, language, days) for language in ("zh", "en"))
    assert (f"“{name}”的申报截止时间".replace(" ", "") in text) is said
    assert (AGAIN_ZH in text, AGAIN_EN in english) == (said, said)


def test_to_a_banned_party_nothing_is_said_of_applying_again(town: Town) -> None:
    case = declined(town)
    with session_factory(town.engine)() as session, session.begin():
        session.add(
            Ban(
                party_id=case.party_id,
                program=case.program,
                clause="11(3)",
                starts_on=case.day,
                through=case.day + timedelta(days=2),
            )
        )
    assert AGAIN_ZH not in letter(case, case.applicant, days=2)
    assert AGAIN_ZH in letter(case, case.applicant, days=3)


def test_there_is_none_of_one_that_was_recommended_or_is_waiting(town: Town) -> None:
    case = town.start(ROLLING).fill().attach_all().submit()
    for step in (lambda: None, case.recommend, case.review):
        step()
        with pytest.raises(NotFound):
            letter(case, town.officer(case.program), days=3)


def test_it_is_for_the_party_and_staff_within_reach(town: Town) -> None:
    case = declined(town)
    near = (case.applicant, town.officer(case.program), town.recommender(case.program))
    for actor in (*near, town.make_actor(Role.AUDITOR)):
        assert letter(case, actor)
    for actor in (
        ANONYMOUS,
        town.make_actor(Role.APPLICANT),
        town.officer("hubei"),
        town.make_actor(Role.RECOMMENDER, case.program, "220204"),
        town.make_actor(Role.REVIEWER, case.program),
    ):
        with pytest.raises(NotFound):
            letter(case, actor)


@pytest.mark.parametrize("whose", ["party", "body"])
def test_names_that_cannot_be_printed_are_mended_first(town: Town, whose: str) -> None:
    body = town.applicant(ROLLING, "2024-06-01T09:00")[1]
    case = declined(town, body=body)
    changed = case.party_id if whose == "party" else body
    with session_factory(town.engine)() as session, session.begin():
        session.get_one(Party, changed).name = "服务\ue000中心"
    with pytest.raises(Invalid, match=r"U\+E000"):
        letter(case, case.applicant)


def test_it_is_in_the_whole_case(town: Town) -> None:
    case = declined(town)
    with case.as_officer(2) as w:
        made = dossier.dossier_zip(w, case.application_id, town.store, language="zh", base_url="https://x.cn")
        with made.stream as stream:
            names = zipfile.ZipFile(io.BytesIO(stream.read())).namelist()
    assert any("不予推荐告知书" in name for name in names)
