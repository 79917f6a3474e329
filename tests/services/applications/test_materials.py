"""Documents handed in: told by their bytes, kept under their hash, replaced but never lost, seen by few."""

import io
import zipfile
from dataclasses import replace

import pytest

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.applications import materials
from core.services.applications.checklist import Needed
from core.services.files.uploads import LARGEST_FILE
from core.services.review import reviews
from tests.pictures import picture
from tests.services.journey import PDF, docx

KEY = "liaocheng/specialized"


@pytest.fixture
def case(town):
    return town.start(KEY)


def attach(case, filename="营业执照.pdf", data=PDF, key="licence", **more):
    with case.as_applicant() as w:
        return materials.attach(w, case.application_id, key, filename, data, case.town.store, **more)


def row(case, key="licence"):
    with case.as_applicant() as w:
        return next(item for item in materials.checklist(w, case.application_id) if item.key == key)


def test_the_checklist_says_what_is_missing_and_what_is_optional(case):
    with case.as_applicant() as w:
        rows = {item.key: item for item in materials.checklist(w, case.application_id)}
    assert rows["licence"].needed is Needed.REQUIRED
    assert not rows["licence"].settled
    assert (rows["other_proof"].needed, rows["other_proof"].settled) == (Needed.OPTIONAL, True)
    assert rows["application_report"].template == "附件2"


def test_a_file_is_kept_whole_under_its_hash_with_its_chinese_name(case, store):
    number = attach(case, "C:\\文件\\营业执照（副本）.pdf")
    with case.as_applicant() as w:
        view, file = materials.open_file(w, number, store)
        with file:
            assert file.read() == PDF
    assert view.filename == "营业执照（副本）.pdf"
    assert (view.content_type, view.size) == ("application/pdf", len(PDF))
    assert store.intact(view.sha256)
    assert row(case).settled


def test_the_type_is_told_by_the_bytes(case):
    for name, data, media in (
        ("扫描.PNG", picture(), "image/png"),
        ("照片.jpeg", picture("JPEG"), "image/jpeg"),
        ("报告.docx", docx(), "wordprocessingml"),
        ("旧报告.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "msword"),
    ):
        attach(case, name, io.BytesIO(data))
        assert media in row(case).files[-1].content_type


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("执照.pdf", b"MZ\x90\x00 not a pdf", "无法识别"),
        ("执照.pdf", b"\x89PNG\r\n\x1a\n0000", "不符"),
        ("执照.exe", PDF, "不符"),
        ("执照.pdf", b"", "空"),
        ("页面.html", b"<html><script>alert(1)</script>", "无法识别"),
        ("宏.docx", "macro", "无法识别"),
    ],
)
def test_what_is_no_document_is_refused(case, unchanged, name, data, why):
    if data == "macro":
        buffer = io.BytesIO(docx())
        with zipfile.ZipFile(buffer, "a") as packed:
            packed.writestr("word/vbaProject.bin", "x")
        data = buffer.getvalue()
    with unchanged(Invalid, why):
        attach(case, name, data)


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not(case, unchanged):
    attach(case, data=PDF + b"0" * (LARGEST_FILE - len(PDF)))
    with unchanged(Invalid, "20 MB"):
        attach(case, data=io.BytesIO(PDF + b"0" * (LARGEST_FILE - len(PDF) + 1)))


def test_a_replaced_file_stays_and_no_longer_counts(case, unchanged):
    old = attach(case)
    new = attach(case, "新.pdf", PDF + b"2", replaces=old)
    files = row(case).files
    assert {file.id: file.replaced_at is None for file in files} == {old: False, new: True}
    with unchanged(Refused, "已被替换"):
        attach(case, replaces=old)
    with unchanged(NotFound):
        attach(case, key="declaration", replaces=new)
    with case.as_applicant() as w:
        materials.remove_file(w, new)
    assert not row(case).settled


def test_unknown_materials_and_too_many_files_are_refused(case, unchanged):
    with unchanged(Invalid, "没有材料项"):
        attach(case, key="diary")
    with case.as_applicant() as w:
        for number in range(materials.MOST_FILES):
            materials.attach(w, case.application_id, "licence", f"{number}.pdf", PDF, case.town.store)
    with unchanged(Refused, "至多 20 个"):
        attach(case)


def test_the_same_file_twice_is_one_until_it_was_taken_back(case):
    first = attach(case)
    assert attach(case) == first
    with case.as_applicant() as w:
        materials.remove_file(w, first)
    assert attach(case) != first


def test_files_are_seen_by_the_party_its_authorities_and_its_reviewers_only(town, begin, make_actor):
    case = town.start("hubei/specialized").fill().attach_all().submit().recommend().review()
    with case.as_applicant() as w:
        number = materials.checklist(w, case.application_id)[0].files[0].id
    reviewer, stranger = (make_actor(Role.REVIEWER, "hubei", "420000") for _ in range(2))
    with case.as_officer(3) as w:
        (task,) = reviews.assign(w, case.application_id, [reviewer.user_id])
    elsewhere = make_actor(Role.OFFICER, "hubei", "420500")
    other_program = make_actor(Role.OFFICER, "jilin", None)
    for actor, sees in (
        (town.officer("hubei"), True),
        (town.recommender("hubei"), True),
        (reviewer, True),
        (make_actor(Role.AUDITOR), True),
        (stranger, False),
        (elsewhere, False),
        (other_program, False),
        (make_actor(Role.SYSADMIN), False),
        (town.start("hubei/specialized").applicant, False),
    ):
        with begin(actor, case.on(3)) as w:
            if sees:
                materials.open_file(w, number, town.store)[1].close()
            else:
                with pytest.raises(NotFound):
                    materials.open_file(w, number, town.store)
    with begin(reviewer, case.on(3)) as w:
        reviews.declare(w, task, conflict=True, reason="同学")
    with begin(reviewer, case.on(3)) as w, pytest.raises(NotFound):
        materials.open_file(w, number, town.store)


def test_a_file_that_is_gone_from_the_store_says_so(case, store):
    number = attach(case, data=PDF + b"lost")
    store.path(row(case).files[0].sha256).unlink()
    with case.as_applicant() as w, pytest.raises(NotFound, match="gone from the store"):
        materials.open_file(w, number, store)


def test_nothing_is_handed_in_after_submission_and_strangers_hand_in_nothing(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    with unchanged(Refused, "已提交"):
        attach(case)
    draft = town.start(KEY)
    with unchanged(NotAllowed), draft.as_recommender() as w:
        materials.attach(w, draft.application_id, "licence", "a.pdf", PDF, town.store)


def test_a_file_is_judged_with_a_remark_by_those_in_charge(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    number = row(case).files[0].id
    with unchanged(Invalid, "请填写"), case.as_recommender(1) as w:
        materials.judge_material(w, number, accepted=False)
    own = replace(town.recommender("liaocheng"), recommender_parties=frozenset({case.party_id}))
    with unchanged(Refused, "本单位"), town.begin(own, case.on(1)) as w:
        materials.judge_material(w, number, accepted=True)
    with case.as_recommender(1) as w:
        materials.judge_material(w, number, accepted=False, remark="缺页")
    assert (row(case).files[0].accepted, row(case).settled) == (False, False)
    with case.as_officer(1) as w:
        materials.judge_material(w, number, accepted=True)
    assert row(case).settled


def test_the_day_of_the_paper_copy_is_recorded(town, unchanged):
    case = town.start("shanghai/specialized").fill().attach_all().submit()
    with unchanged(Invalid, "还没有发生"), case.as_recommender(1) as w:
        materials.record_paper_copy(w, case.application_id, case.day.replace(day=17))
    with case.as_recommender(1) as w:
        materials.record_paper_copy(w, case.application_id, case.day)
    assert case.load().paper_received_on == case.day
