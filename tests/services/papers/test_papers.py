"""The documents of a case: what stands in them, and who may have them."""

import io
import zipfile
from datetime import date

import pytest
from pikepdf import Array, Dictionary, Pdf
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.identifiers import mask_id_number
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.services.applications import materials
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.granting import decisions
from core.services.granting.tables import table_of
from core.services.papers import application as applications
from core.services.papers import certificates, dossier, notices, recommending
from core.services.papers import decisions as letters
from core.storage.engine import session_factory
from core.storage.models import Accreditation, MaterialFile, NoticeItem
from tests.documents.samples import pages_of, text_of
from tests.services.journey import Case, Town

SITE = "https://register.example.cn"
GROUNDED = {"registered_capital_cny": 90000, "highest_recognition_level": "city"}
TRACKS = ("hubei/comprehensive", "jilin/expert", "shanghai/comprehensive")


def held(case: Case) -> int:
    with session_factory(case.town.engine)() as session:
        query = select(Accreditation.id).where(Accreditation.application_id == case.application_id)
        return session.scalars(query).one()


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("key", TRACKS)
def test_a_certificate_says_who_what_and_until_when(town: Town, key: str) -> None:
    case = town.start(key).accredited()
    with case.as_applicant(30) as w:
        paper = certificates.certificate(w, held(case), language="zh", base_url=SITE)
        status = w.session.get_one(Accreditation, held(case))
        text = plain(text_of(paper.content))
        for word in (status.number, status.party.name, catalogue()[case.program].program.authority.zh):
            assert plain(word) in text
        assert f"{status.valid_through.year}年" in text
        assert paper.filename == f"认定证书-{status.party.name}-{status.number}.pdf"
        assert "已失效" not in text
        english = text_of(certificates.certificate(w, held(case), language="en", base_url=SITE).content)
    assert "This is to certify that" in english


def test_a_certificate_is_for_its_party_and_staff_within_reach(town: Town) -> None:
    case = town.start("hubei/comprehensive").accredited()
    number = held(case)
    stranger = town.start("hubei/comprehensive").applicant
    elsewhere = town.make_actor(Role.RECOMMENDER, "hubei", "420500")
    for actor in (ANONYMOUS, stranger, elsewhere):
        with town.begin(actor, case.on(30)) as w, pytest.raises(NotFound):
            certificates.certificate(w, number, language="zh", base_url=SITE)
    for unit in (case.as_officer(30), case.as_recommender(30)):
        with unit as w:
            assert certificates.certificate(w, number, language="zh", base_url=SITE).content


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (AccreditationState.REVOKED, "撤销（第15条）"),
        (AccreditationState.WITHDRAWN, "退出（第15条）"),
        (AccreditationState.EXPIRED, "现已届满"),
    ],
)
def test_one_that_ended_is_marked_with_the_day_and_the_clause(
    town: Town, session: Session, state: AccreditationState, word: str
) -> None:
    case = town.start("hubei/comprehensive").accredited()
    status = session.get_one(Accreditation, held(case))
    status.state, status.ended_on, status.ended_clause = state, status.valid_from, "15"
    session.commit()
    with case.as_applicant(40) as w:
        text = plain(text_of(certificates.certificate(w, status.id, language="zh", base_url=SITE).content))
    assert "已失效" in text
    assert word in text


@pytest.mark.parametrize(("days", "marked"), [(-1, False), (0, False), (1, True)])
def test_a_certificate_is_void_from_the_day_after_its_last(town: Town, days: int, marked: bool) -> None:
    case = town.start("hubei/comprehensive").accredited()
    with session_factory(town.engine)() as session:
        last = session.get_one(Accreditation, held(case)).valid_through
    with town.begin(case.applicant, f"{date.fromordinal(last.toordinal() + days)}T10:00") as w:
        text = text_of(certificates.certificate(w, held(case), language="zh", base_url=SITE).content)
    assert ("已失效" in plain(text)) is marked


def test_only_a_person_is_appointed(town: Town) -> None:
    expert, body = town.start("jilin/expert").accredited(), town.start("jilin/provider").accredited()
    with expert.as_applicant(30) as w:
        paper = certificates.appointment(w, held(expert), language="zh", base_url=SITE)
    assert "兹聘请" in text_of(paper.content)
    with body.as_applicant(30) as w, pytest.raises(NotFound):
        certificates.appointment(w, held(body), language="zh", base_url=SITE)


@pytest.mark.parametrize("key", TRACKS)
def test_an_application_shows_every_condition_material_and_line_to_sign(town: Town, key: str) -> None:
    case = town.start(key).reviewed()
    with case.as_officer(5) as w:
        paper = applications.application_paper(w, case.application_id, language="zh")
        text = plain(text_of(paper.content))
        for condition in w.rules(case.program, case.track, w.today).conditions:
            assert plain(condition.title.zh) in text
        for row in materials.checklist(w, case.application_id):
            assert plain(row.title.zh) in text
    for word in ("一、基本信息", "四、申报声明", "（签字）", "第1页"):
        assert word in text


def test_no_paper_carries_an_identity_number_whole(town: Town) -> None:
    case = town.start("jilin/expert", email="expert@example.cn").fill().attach_all().submit()
    with case.as_officer(1) as w:
        number = case.load_in(w).party.id_number or ""
    for unit in (
        case.as_applicant(1),
        case.as_officer(1),
        case.as_recommender(1),
        town.begin(town.make_actor(Role.AUDITOR), case.on(1)),
    ):
        with unit as w:
            paper = applications.application_paper(w, case.application_id, language="zh")
            bound = dossier.dossier_pdf(w, case.application_id, town.store, language="zh", base_url=SITE)
            with bound.stream as file:
                texts = text_of(paper.content), text_of(file.read())
            for text in texts:
                assert number not in text
                assert mask_id_number(number) in text


def test_the_recommenders_word_is_not_for_the_party(town: Town) -> None:
    case = town.start("hubei/comprehensive").fill().attach_all().submit().recommend()
    with case.as_officer(2) as w:
        assert "情况属实，同意推荐" in text_of(
            applications.application_paper(w, case.application_id, language="zh").content
        )
    with case.as_applicant(2) as w:
        own = text_of(applications.application_paper(w, case.application_id, language="zh").content)
        assert "情况属实，同意推荐" not in own
        with pytest.raises(NotFound):
            recommending.recommendation_paper(w, case.application_id, language="zh")


def test_a_rejection_names_each_condition_with_figure_and_bound(town: Town) -> None:
    case = town.start("liaocheng/comprehensive").fill({"total_assets_cny": 1500000}).attach_all().submit()
    case.recommend().review()
    with case.as_applicant(3) as w, pytest.raises(NotFound):
        letters.decision_letter(w, case.application_id, language="zh")
    with case.as_officer(4) as w:
        decisions.reject(w, case.application_id, "资产不足")
    for language, words in {
        "zh": ("不予认定", "资产不足", "200万元", "150万元", "8(1)", "不满足"),
        "en": ("rejected", "CNY2,000,000", "CNY1,500,000", "8(1)", "notmet"),
    }.items():
        with case.as_applicant(5) as w:
            text = plain(text_of(letters.decision_letter(w, case.application_id, language=language).content))
        assert [word for word in words if word not in text] == []


def test_an_approval_names_what_was_set_aside(town: Town) -> None:
    case = town.start("hubei/comprehensive").fill(GROUNDED)
    case.attach_all().submit().recommend().review()
    with case.as_officer(4) as w:
        decisions.waive(w, case.application_id, "5(1)", "获市级认定，能力和成效突出")
        decisions.approve(w, case.application_id, "同意")
    with case.as_applicant(5) as w:
        text = plain(text_of(letters.decision_letter(w, case.application_id, language="zh").content))
    for word in ("准予认定", "依规定放宽的条件", "获市级认定，能力和成效突出", "公示期满无异议"):
        assert word in text


def test_a_notice_is_for_everyone_from_its_day_on(town: Town) -> None:
    case = town.start("liaocheng/comprehensive").reviewed().approve().publish()
    with session_factory(town.engine)() as session:
        query = select(NoticeItem.notice_id).where(NoticeItem.application_id == case.application_id)
        number = session.scalars(query).one()
    with town.begin(ANONYMOUS, case.on(4)) as w:
        text = text_of(notices.notice_paper(w, number, language="zh", base_url=SITE).content)
        assert f"{SITE}/notices/{number}" in text
        assert case.load_in(w).party.name in plain(text)
        assert "13800138000" not in text
    with town.begin(ANONYMOUS, case.on(3)) as w, pytest.raises(NotFound):
        notices.notice_paper(w, number, language="zh", base_url=SITE)


def good_pdf() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()


def signed_pdf() -> bytes:
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.AcroForm = Dictionary(Fields=Array(), SigFlags=3)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_a_whole_case_is_merged_and_what_cannot_be_is_listed(town: Town) -> None:
    case = town.start("hubei/comprehensive").reviewed()
    with case.as_officer(5) as w:
        broken = dossier.dossier_pdf(w, case.application_id, town.store, language="zh", base_url=SITE)
        with broken.stream as stream:
            content = stream.read()
        text = plain(text_of(content))
        assert "未并入的文件" in text
        assert "文件损坏，未能并入" in text
        item = w.session.scalars(
            select(MaterialFile).where(MaterialFile.application_id == case.application_id)
        ).first()
        assert item is not None
        item.sha256 = town.store.put(good_pdf(), at_most=10**6).sha256
        with dossier.dossier_pdf(
            w, case.application_id, town.store, language="zh", base_url=SITE
        ).stream as stream:
            merged = stream.read()
        kept_whole = signed_pdf()
        item.sha256 = town.store.put(kept_whole, at_most=10**6).sha256
        with dossier.dossier_pdf(
            w, case.application_id, town.store, language="zh", base_url=SITE
        ).stream as stream:
            beside = stream.read()
    assert "有电子签名，为保持其效力，原样附在本文件内" in plain(text_of(beside))
    assert [content for [content] in PdfReader(io.BytesIO(beside)).attachments.values()] == [kept_whole]
    assert pages_of(merged) == pages_of(content) + 1
    assert PdfReader(io.BytesIO(merged)).outline[0].title == "案卷"


def test_a_zip_holds_every_file_of_the_case_with_its_hash(town: Town) -> None:
    case = town.start("hubei/comprehensive").fill().attach_all()
    with case.as_applicant(1) as w:
        row = materials.checklist(w, case.application_id)[0]
        materials.attach(
            w, case.application_id, row.key, "新.pdf", good_pdf(), town.store, replaces=row.files[0].id
        )
    with case.as_applicant(1) as w:
        download = dossier.dossier_zip(w, case.application_id, town.store, language="zh", base_url=SITE)
        rows = materials.checklist(w, case.application_id)
        with download.stream as stream:
            packed = zipfile.ZipFile(io.BytesIO(stream.read()))
    sums = packed.read("SHA256SUMS").decode()
    assert [file.sha256 for row in rows for file in row.files if file.sha256 not in sums] == []
    assert any(name.startswith("已被替换的材料/") for name in packed.namelist())
    assert {"index.json", "index.html"} < set(packed.namelist())


def test_a_file_that_is_gone_is_named_and_the_rest_is_handed_out(town: Town) -> None:
    case = town.start("hubei/comprehensive").fill().attach_all()
    with case.as_applicant(1) as w:
        item = w.session.scalars(
            select(MaterialFile).where(MaterialFile.application_id == case.application_id)
        ).first()
        assert item is not None
        item.sha256 = "0" * 64
        w.session.flush()
        download = dossier.dossier_zip(w, case.application_id, town.store, language="zh", base_url=SITE)
        with download.stream as stream:
            page = zipfile.ZipFile(io.BytesIO(stream.read())).read("index.html").decode()
        w.session.rollback()
    assert "已不在存储中" in page


def test_a_case_is_not_for_strangers(town: Town) -> None:
    case = town.start("hubei/comprehensive").fill()
    stranger = town.start("hubei/comprehensive").applicant
    for make in (dossier.dossier_pdf, dossier.dossier_zip):
        with town.begin(stranger, case.on(1)) as w, pytest.raises(NotFound):
            make(w, case.application_id, town.store, language="zh", base_url=SITE)


@pytest.mark.parametrize(
    ("program", "table"),
    [(key, table.id) for key, loaded in catalogue().programs.items() for table in loaded.summary_tables],
)
def test_every_summary_table_has_the_columns_of_its_text_in_each_format(
    town: Town, program: str, table: str
) -> None:
    with town.begin(SYSTEM, "2024-06-03T10:00") as w:
        wanted = table_of(w, program, table)
        papers = {
            kind: recommending.summary_paper(w, program, table, [], format=kind)
            for kind in ("pdf", "docx", "xlsx")
        }
    text = plain(text_of(papers["pdf"].content))
    assert [column.header for column in wanted.columns if plain(column.header) not in text] == []
    document = zipfile.ZipFile(io.BytesIO(papers["docx"].content)).read("word/document.xml").decode()
    places = [document.index(f">{column.header}<") for column in wanted.columns]
    assert places == sorted(places)
    assert papers["xlsx"].filename == f"{wanted.title.zh}.xlsx"
