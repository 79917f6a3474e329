"""Telephone numbers in papers and tables: whole for whose they are and for who must give them by a text."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from core.domain.identifiers.telephones import mask_telephones
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.services.granting.nominations import nomination_list
from core.services.granting.tables import listed, table_of
from core.services.papers import application, dossier, recommending
from core.storage.models import Accreditation, Nomination
from tests.documents.samples import text_of
from tests.leaks import told
from tests.services.journey import Case, Town

MOBILE, LINE = "13900139001", "0432-62412345"
SITE = "https://register.example"
OBLIGED = {("miit_volunteer", "A3"), ("miit_volunteer", "A4")}
"""The tables in which the text itself has a column for telephones: annexes 3 and 4, which N2 has filled."""


def readers(case: Case, town: Town, day: int) -> dict[str, Any]:
    """A unit of work of everyone who reads a case."""
    return {
        "applicant": case.as_applicant(day),
        "officer": case.as_officer(day),
        "recommender": case.as_recommender(day),
        "auditor": town.begin(town.make_actor(Role.AUDITOR), case.on(day)),
    }


def said(text: str) -> set[str]:
    """Which of the numbers stand in a text, whole or masked."""
    text = "".join(text.split())
    known = {"whole": (MOBILE, LINE), "masked": (mask_telephones(MOBILE), mask_telephones(LINE))}
    return {how for how, numbers in known.items() if any(number in text for number in numbers)}


def test_a_form_and_a_dossier_have_them_whole_for_the_party_alone(town: Town) -> None:
    case = (
        town.start("hubei/comprehensive", mobile=MOBILE, phone=LINE).fill().attach_all().submit().recommend()
    )
    for who, unit in readers(case, town, 2).items():
        with unit as w:
            form = application.application_paper(w, case.application_id, language="zh")
            bound = dossier.dossier_zip(w, case.application_id, town.store, language="zh", base_url=SITE)
            with bound.stream as stream:
                found = said(text_of(form.content)), told([MOBILE, LINE], stream.read())
            if who != "applicant":
                sheet = recommending.recommendation_paper(w, case.application_id, language="zh")
                assert said(text_of(sheet.content)) == {"masked"}, who
        own = {"whole"}, {MOBILE, LINE}
        assert found == (own if who == "applicant" else ({"masked"}, set())), who


def test_only_tables_in_which_a_text_names_telephones_oblige_anyone_to_give_them() -> None:
    obliged = {
        (program, table.id)
        for program, loaded in catalogue().programs.items()
        for table in loaded.summary_tables
        if table.telephones
    }
    assert obliged == OBLIGED


@pytest.mark.parametrize("key", ["miit_volunteer/workstation", "shanghai/comprehensive"])
def test_a_table_gives_them_to_the_recommender_of_the_case_where_the_text_obliges(
    town: Town, key: str
) -> None:
    case = town.start(key, mobile=MOBILE, phone=LINE).fill().attach_all().submit()
    (table,) = (table for table in catalogue()[case.program].summary_tables if table.track == case.track)
    elsewhere = town.make_actor(Role.RECOMMENDER, case.program, "650000")
    for who, unit in readers(case, town, 1).items():
        with unit as w:
            given = [case.application_id]
            papers = [
                recommending.summary_paper(w, case.program, table.id, given, format=kind)
                for kind in ("pdf", "xlsx")
            ]
            read = [text_of(papers[0].content), sheet_of(papers[1].content)]
        whole = who == "applicant" or (who == "recommender" and (case.program, table.id) in OBLIGED)
        assert [said(text) for text in read] == [{"whole" if whole else "masked"}] * 2, who
    with town.begin(elsewhere, case.on(1)) as w:
        table = table_of(w, case.program, table.id)
        assert listed(w, case.program, table, ApplicationState.SUBMITTED) == [], "of others it has none"


def sheet_of(content: bytes) -> str:
    """The texts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))


def test_a_list_of_nominations_masks_them(town: Town) -> None:
    case = town.start("shanghai/comprehensive", mobile=MOBILE, phone=LINE).accredited()
    with case.as_officer(30) as w:
        held = w.session.query(Accreditation).filter_by(application_id=case.application_id).one()
        made = Nomination(
            accreditation_id=held.id, clause="7", target="title", year=2024, nominated_on=date(2024, 6, 3)
        )
        w.session.add(made)
        w.session.flush()
        (row,) = nomination_list(w, "shanghai", "title", 2024)
    assert row.contact_phone == mask_telephones(f"{MOBILE}、{LINE}")
