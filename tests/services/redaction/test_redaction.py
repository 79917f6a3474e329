"""A document that should not be seen: its copy in its place, the original sealed, all of it on record."""

import io
import json
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from core.documents.blocks import Form, Note
from core.documents.pdf import form_pdf
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.applications import materials
from core.services.attachments import party_files
from core.services.attachments.photos import add_photos
from core.services.papers.dossier import dossier_pdf, dossier_zip
from core.services.redaction import acting, requests
from core.services.redaction.copies import Copy
from core.services.redaction.documents import Kind, find
from core.services.redaction.history import history
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import (
    AuditEvent,
    Decision,
    MaterialFile,
    OutboxMessage,
    Redaction,
    ServiceRecord,
)
from core.storage.models.holdings import AttachmentPurpose, RedactionKind
from core.storage.verify import faults
from tests.documents.samples import text_of
from tests.pictures import picture
from tests.services.factory import accredit, load, serve
from tests.services.journey import AUTHORITY, race

KEY = "liaocheng/specialized"
PERSONAL, WRONG = RedactionKind.PERSONAL_DATA, RedactionKind.WRONG_DOCUMENT
NUMBER = "110101199003070038"
WHY = "附有他人身份证号码"
MATERIAL, ATTACHMENT = Kind.MATERIAL, Kind.ATTACHMENT


def paper(*lines: str) -> bytes:
    """A real PDF that says something."""
    notes = tuple(Note(line) for line in lines)
    made = Form(title="证明", above="", subtitle="", signed_by="", blocks=notes)
    return form_pdf(made, language="zh", on=date(2024, 1, 1))


ORIGINAL = paper("王芳 服务企业八十家", f"身份证号码 {NUMBER}")
COVERED = paper("王芳 服务企业八十家")


@pytest.fixture
def case(town):
    return town.start(KEY)


@pytest.fixture
def document(case):
    """The id of a file that was handed in."""
    return attach(case, ORIGINAL)


def attach(case, data, key="licence", **more):
    with case.as_applicant() as w:
        return materials.attach(w, case.application_id, key, "证明.pdf", data, case.town.store, **more)


def redact(case, document, data=COVERED, *, who=None, why=PERSONAL, seen=None, kind=MATERIAL, **more):
    """Put a copy in its place, as an officer who has just looked at it."""
    with case.town.begin(who or case.town.officer(case.program), case.on(1)) as w:
        seen = seen or find(w, kind, document).row.sha256
        copy = Copy("遮盖.pdf", data, **more)
        return acting.redact(w, kind, document, copy, case.town.store, why=why, reason=WHY, seen=seen)


def shown(case, document):
    """What the party gets to see under the document's address."""
    with case.as_applicant(1) as w:
        view, stream = materials.open_file(w, document, case.town.store)
        with stream:
            return view, stream.read()


def lead(case):
    return case.town.make_actor(Role.LEAD, case.program, AUTHORITY[case.program])


def auditor(case):
    return case.town.make_actor(Role.AUDITOR, case.program, None)


def only(engine, query):
    with session_factory(engine)() as session:
        return session.scalars(query).one()


def messages(engine, event):
    with session_factory(engine)() as session:
        return session.scalars(select(OutboxMessage.body).where(OutboxMessage.event == event)).all()


def test_everyone_sees_the_copy_and_the_original_stays_under_its_hash(engine, case, document, store):
    assert redact(case, document) == 1
    view, data = shown(case, document)
    assert (data, view.filename) == (COVERED, "遮盖.pdf")
    redaction = only(engine, select(Redaction))
    assert case.town.store.intact(redaction.sha256)
    with case.town.store.open(redaction.sha256) as file:
        assert file.read() == ORIGINAL
    for unit in (case.as_applicant(2), case.as_officer(2)):
        with unit as w:
            [row] = [r for r in materials.checklist(w, case.application_id) if r.key == "licence"]
            [file] = row.files
            assert file.sha256 == redaction.copy_sha256
            assert (file.redacted.kind, file.redacted.reason) == (PERSONAL, WHY)
            assert file.redacted.on.isoformat() == case.on(1)[:10]
    told = messages(engine, "document.redacted")
    assert told
    assert all(WHY in body and "遮盖副本" in body for body in told)
    with session_factory(engine)() as session:
        assert not [
            f for f in faults(session, case.town.store) if "redaction" in f.check or "file" in f.check
        ]
        [trail] = session.scalars(select(AuditEvent).where(AuditEvent.subject == "redaction")).all()
        assert trail.changes["sha256"] == [None, redaction.sha256]


def test_a_dossier_has_the_copy_with_its_mark(case, document, monkeypatch):
    case.fill().attach_all().submit()
    redact(case, document)
    with case.as_officer(2) as w:
        for make in (dossier_zip, dossier_pdf):
            with make(
                w, case.application_id, case.town.store, language="zh", base_url="https://x"
            ).stream as stream:
                whole = stream.read()
            if make is dossier_pdf:
                said = "".join(text_of(whole).split())
                assert NUMBER not in said
                assert "遮盖副本" in said
                continue
            packed = zipfile.ZipFile(io.BytesIO(whole))
            assert ORIGINAL not in [packed.read(name) for name in packed.namelist()]
            index = json.loads(packed.read(next(n for n in packed.namelist() if n.endswith(".json"))))
            [named] = [item["title"] for item in index["files"] if "遮盖" in item["title"]]
            assert "他人个人信息" in named


def test_what_was_decided_on_stays_provable(engine, case, document):
    case.accredited()
    decided = only(engine, select(Decision).where(Decision.application_id == case.application_id))
    [named] = [item["sha256"] for item in decided.documents if item["id"] == document]
    redact(case, document)
    assert only(engine, select(Redaction)).sha256 == named
    assert shown(case, document)[1] == COVERED
    with session_factory(engine)() as session:
        assert session.get_one(MaterialFile, document).accepted is None


def test_only_an_officer_of_the_case_redacts(case, document):
    make = case.town.make_actor
    for actor in (
        case.applicant,
        case.town.recommender(case.program),
        make(Role.REVIEWER, case.program),
        make(Role.SYSADMIN),
        auditor(case),
        make(Role.OFFICER, "jilin", "220200"),
        replace(make(Role.OFFICER, case.program), parties=frozenset({case.party_id})),
    ):
        with pytest.raises((NotAllowed, NotFound, Refused)):
            redact(case, document, who=actor, seen="x")
    assert shown(case, document)[1] == ORIGINAL


def test_only_lead_and_auditor_open_what_is_sealed(engine, case, document):
    redact(case, document)
    sealed = only(engine, select(Redaction)).id
    make = case.town.make_actor
    for actor in (
        case.applicant,
        case.town.officer(case.program),
        case.town.recommender(case.program),
        make(Role.REVIEWER, case.program),
        make(Role.SYSADMIN),
        make(Role.LEAD, "jilin", "220200"),
        replace(make(Role.LEAD, case.program), parties=frozenset({case.party_id})),
    ):
        with pytest.raises((NotAllowed, NotFound, Refused)), case.town.begin(actor, case.on(2)) as w:
            acting.open_sealed(w, sealed, "想看", case.town.store)
    with case.as_officer(2) as w:
        assert history(w, find(w, MATERIAL, document)).sealings[0].looks == ()


def test_each_look_at_the_original_is_on_record(engine, case, document):
    redact(case, document)
    sealed = only(engine, select(Redaction)).id
    looking = [lead(case), auditor(case)]
    for actor in looking:
        with pytest.raises(Invalid), case.town.begin(actor, case.on(2)) as w:
            acting.open_sealed(w, sealed, " ", case.town.store)
        with case.town.begin(actor, case.on(2)) as w:
            name, stream = acting.open_sealed(w, sealed, "审计抽查", case.town.store)
        with closing(stream):
            assert (name, stream.read()) == ("证明.pdf", ORIGINAL)
    with case.as_officer(3) as w:
        looks = history(w, find(w, MATERIAL, document)).sealings[0].looks
        assert [(look.by, look.reason) for look in looks] == [(actor.name, "审计抽查") for actor in looking]
    with case.as_applicant(3) as w:
        [sealing] = history(w, find(w, MATERIAL, document)).sealings
        assert (sealing.looks, sealing.by, sealing.sha256, sealing.may_open) == ((), "", "", False)
    with session_factory(engine)() as session:
        trail = select(AuditEvent.actor_id).where(AuditEvent.subject == "sealed_opening")
        assert list(session.scalars(trail.order_by(AuditEvent.id))) == [actor.user_id for actor in looking]


def test_a_seal_is_lifted_by_a_second_person(engine, case, document, store):
    redact(case, document)
    sealed = only(engine, select(Redaction)).id
    with pytest.raises(Refused), case.as_officer(2) as w:
        acting.lift(w, sealed, "误操作")
    with pytest.raises(NotAllowed), case.town.begin(auditor(case), case.on(2)) as w:
        acting.lift(w, sealed, "误操作")
    second = lead(case)
    with case.town.begin(second, case.on(2)) as w:
        acting.lift(w, sealed, "遮盖的是错的文件")
    view, data = shown(case, document)
    assert (data, view.filename, view.redacted) == (ORIGINAL, "证明.pdf", None)
    redaction = only(engine, select(Redaction))
    assert (redaction.lifted_by_id, redaction.lifted_reason) == (second.user_id, "遮盖的是错的文件")
    assert case.town.store.intact(redaction.copy_sha256)
    assert messages(engine, "document.restored")
    with pytest.raises(Conflict), case.town.begin(second, case.on(3)) as w:
        acting.lift(w, sealed, "再一次")
    with pytest.raises(Refused), case.town.begin(second, case.on(3)) as w:
        acting.open_sealed(w, sealed, "看看", case.town.store)


def test_redacted_twice_each_is_sealed_and_the_later_is_lifted_first(engine, case, document):
    redact(case, document)
    redact(case, document, paper("服务企业八十家"))
    with session_factory(engine)() as session:
        first, second = session.scalars(select(Redaction.id).order_by(Redaction.id))
    with pytest.raises(Invalid):  # what is sealed does not come back as its own copy
        redact(case, document, ORIGINAL)
    boss = lead(case)
    with pytest.raises(Refused), case.town.begin(boss, case.on(2)) as w:
        acting.lift(w, first, "误操作")
    for sealed, data in ((second, COVERED), (first, ORIGINAL)):
        with case.town.begin(boss, case.on(2)) as w:
            acting.lift(w, sealed, "误操作")
        assert shown(case, document)[1] == data


def test_of_two_officers_at_once_one_is_told_of_the_other(engine, case, document):
    officers = [case.town.make_actor(Role.OFFICER, case.program, AUTHORITY[case.program]) for _ in range(2)]
    seen = load(engine, MaterialFile, document).sha256

    def act(w):
        copy = Copy("遮盖.pdf", COVERED)
        acting.redact(w, MATERIAL, document, copy, case.town.store, why=PERSONAL, reason=WHY, seen=seen)

    results = race(engine, officers, case.on(1), act)
    [error] = [result for result in results if result is not None]
    assert isinstance(error, Conflict)
    assert any(officer.name in error.text.zh for officer in officers)
    only(engine, select(Redaction))


def test_what_its_party_replaced_or_took_back_is_redacted_too(case, document):
    attach(case, COVERED, replaces=document)
    redact(case, document)
    with case.as_officer(2) as w:
        view, stream = materials.open_file(w, document, case.town.store)
        stream.close()
    assert view.redacted is None  # asked of the list, which has it
    with case.as_officer(2) as w:
        rows = materials.checklist(w, case.application_id)
        [old] = [file for row in rows for file in row.files if file.replaced_at]
    assert old.redacted.kind is PERSONAL


BAD = (
    (ORIGINAL, "完全相同"),
    (ORIGINAL + b"\n% added\n%%EOF\n", "完整地包含了原件"),
    (paper("王芳 服务企业八十家", f"身份证号码 {NUMBER}", "遮盖"), "全部文字"),
    (b"%!PS", "无法识别"),
    (b"", "空的"),
    (picture(), "不符"),
)


def test_a_copy_that_covers_nothing_or_is_no_document_is_refused(case, document):
    for data, why in BAD:
        with pytest.raises(Invalid) as caught:
            redact(case, document, data)
        assert why in caught.value.errors["file"].zh
    assert shown(case, document)[1] == ORIGINAL


def test_where_only_pictures_are_covered_the_words_may_stay(case, document):
    same_words = paper("王芳 服务企业八十家", f"身份证号码 {NUMBER}", "（签名已遮盖）")
    redact(case, document, same_words, words_stay=True)
    assert shown(case, document)[1] == same_words


def test_the_same_bytes_elsewhere_are_replaced_and_do_not_come_back(town, case, document):
    again = attach(case, ORIGINAL, key="other_proof")
    other = town.start(KEY)
    elsewhere = attach(other, ORIGINAL)
    assert redact(case, document) == 3
    assert {shown(case, document)[1], shown(case, again)[1], shown(other, elsewhere)[1]} == {COVERED}
    with pytest.raises(Invalid) as caught:
        attach(case, ORIGINAL, key="other_proof")
    assert "封存" in caught.value.errors["file"].zh
    with case.as_applicant() as w, pytest.raises(Invalid):
        party_files.put(w, AttachmentPurpose.LICENCE, case.party_id, "执照.pdf", ORIGINAL, case.town.store)
    attach(town.start(KEY), ORIGINAL)  # another party, of whom nothing is told


def test_the_same_bytes_beyond_the_reach_of_who_redacts_stay(town, case, document):
    far, near = town.start("liaocheng/comprehensive", region="371521"), town.start("jilin/provider")
    elsewhere = [(far, attach(far, ORIGINAL)), (near, attach(near, ORIGINAL, key="business_licence"))]
    own = town.start(KEY)
    elsewhere.append((own, attach(own, ORIGINAL)))
    of_county = replace(
        town.make_actor(Role.OFFICER, case.program, "371502"), parties=frozenset({own.party_id})
    )
    assert redact(case, document, who=of_county) == 1, "neither another division, programme, nor their own"
    assert shown(case, document)[1] == COVERED
    assert [shown(*each)[1] for each in elsewhere] == [ORIGINAL] * 3


def test_what_was_only_at_the_wrong_place_may_stand_at_the_right_one(case, document):
    right = attach(case, ORIGINAL, key="other_proof")
    assert redact(case, document, paper("误交"), why=WRONG) == 1
    assert shown(case, right)[1] == ORIGINAL
    attach(case, ORIGINAL, key="other_proof")


def test_a_party_asks_and_an_officer_answers(engine, case, document):
    with pytest.raises(NotFound), case.as_officer() as w:
        requests.ask(w, MATERIAL, document, PERSONAL, "我的")
    with case.as_applicant() as w:
        number = requests.ask(w, MATERIAL, document, PERSONAL, "附有同事的身份证")
        with pytest.raises(Refused):
            requests.ask(w, MATERIAL, document, PERSONAL, "再问")
    with case.as_officer(1) as w:
        [(asked, about)] = requests.waiting(w)
        assert (asked.id, about.id) == (number, document)
        assert [item.number for item in waiting_for(w) if item.kind == "redactions"] == [1]
    with case.town.begin(case.town.make_actor(Role.OFFICER, "jilin", "220200"), case.on(1)) as w:
        assert list(requests.waiting(w)) == []
        with pytest.raises(NotFound):
            requests.decline(w, number, "不归我管")
    with case.as_officer(1) as w:
        requests.decline(w, number, "没有他人信息")
    assert any("没有他人信息" in body for body in messages(engine, "redaction.declined"))
    with pytest.raises(Conflict), case.as_officer(1) as w:
        requests.decline(w, number, "又一次")
    with case.as_applicant(2) as w:
        requests.ask(w, MATERIAL, document, PERSONAL, "第二页有")
    redact(case, document)
    with case.as_officer(3) as w:
        assert not requests.any_waiting(w)
        assert history(w, find(w, MATERIAL, document)).asked is None


@pytest.mark.parametrize("purpose", [AttachmentPurpose.LICENCE, AttachmentPurpose.PHOTO])
def test_attachments_are_redacted_too(engine, town, store, purpose):
    held = accredit(engine, "jilin/expert", "2025-01-06")
    member = town.make_actor(Role.APPLICANT, parties=[held.party_id])
    officer = town.make_actor(Role.OFFICER, "jilin", "220200")
    at = "2025-03-10T10:00"
    with town.begin(member, at) as w:
        if purpose is AttachmentPurpose.PHOTO:
            owner = load(engine, ServiceRecord, serve(engine, held, "2025-02-03")).entry_id
            add_photos(w, owner, [("现场.png", picture(size=(40, 30)))], store)
        else:
            owner = held.party_id
            party_files.put(w, purpose, owner, "执照.png", picture(), store)
        [file] = party_files.listed(w, purpose, owner)
    with town.begin(member, at) as w:
        requests.ask(w, ATTACHMENT, file.id, PERSONAL, "有路人")
    with town.begin(officer, at) as w:
        [(asked, _)] = requests.waiting(w)
        assert asked.program == ("jilin" if purpose is AttachmentPurpose.PHOTO else None)
        seen = find(w, ATTACHMENT, file.id).row.sha256
        copy = Copy("遮盖.png", picture(size=(20, 30)))
        acting.redact(w, ATTACHMENT, file.id, copy, store, why=PERSONAL, reason=WHY, seen=seen)
    with town.begin(member, at) as w:
        [now] = party_files.listed(w, purpose, owner)
        assert now.redacted.reason == WHY
        _, stream = party_files.open_file(w, file.id, store)
        with stream, Image.open(stream) as opened:
            kept = "JPEG" if purpose is AttachmentPurpose.PHOTO else "PNG"
            assert (opened.size, opened.format) == ((20, 30), kept)
        party_files.remove(w, file.id)
    with town.begin(member, at) as w, pytest.raises(NotFound):
        find(w, ATTACHMENT, file.id)
    with town.begin(officer, at) as w:
        assert find(w, ATTACHMENT, file.id).id == file.id
