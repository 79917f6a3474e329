"""Files of a party beside its applications: who may hand them in, see them and take them back."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from core.domain.clock import moment
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.roles import Role
from core.services.attachments import party_files
from core.services.base.behalf import on_behalf
from core.storage.engine import session_factory
from core.storage.models import (
    AnnualReport,
    Attachment,
    ChangeRequest,
    ExitCase,
    Rectification,
    ServiceRecord,
)
from core.storage.models.exits import ExitState
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.register import RecordState
from core.storage.models.supervision import RectificationState
from tests.pictures import picture
from tests.services.factory import accredit, load, make_party, serve

AT = "2025-03-10T10:00"
PDF = b"%PDF-1.7\n"
PNG = picture()
LICENCE, PHOTO = AttachmentPurpose.LICENCE, AttachmentPurpose.PHOTO
REPORT, STATEMENT = AttachmentPurpose.REPORT, AttachmentPurpose.STATEMENT
RECTIFICATION, CHANGE = AttachmentPurpose.RECTIFICATION, AttachmentPurpose.CHANGE
OTHERS = (AttachmentPurpose.FORMER, AttachmentPurpose.CLAIM)
"""What the authority keeps, and what is a claimant's (`tests/services/claims`)."""
HANDED_IN = [purpose for purpose in AttachmentPurpose if purpose not in OTHERS]
"""What the party itself hands in."""


@pytest.fixture
def held(engine):
    return accredit(engine, "jilin/expert", "2025-01-06")


@pytest.fixture
def member(make_actor, held):
    return make_actor(Role.APPLICANT, parties=[held.party_id])


def add(engine, row):
    with session_factory(engine)() as session, session.begin():
        session.add(row)
        session.flush()
        return row.id


def thing(engine, held, purpose):
    """Something of the accreditation that a file of the purpose belongs to."""
    day = date(2025, 2, 3)
    if purpose is LICENCE:
        return held.party_id
    if purpose is PHOTO:
        return load(engine, ServiceRecord, serve(engine, held, "2025-02-03")).entry_id
    if purpose is REPORT:
        return add(
            engine, AnnualReport(accreditation_id=held.id, year=2024, submitted_on=day, summary="总结")
        )
    if purpose is RECTIFICATION:
        order = Rectification(accreditation_id=held.id, clause="x", ordered_on=day, deadline=date(2025, 6, 1))
        return add(engine, order)
    if purpose is CHANGE:
        asked = ChangeRequest(
            party_id=held.party_id, kind=ChangeKind.CLOSURE, ends_party=True, asked_at=moment(AT)
        )
        return add(engine, asked)
    case = ExitCase(
        accreditation_id=held.id,
        clause="x",
        title_zh="退出",
        title_en="Exit",
        mode="confirm",
        period="x",
        proposed_on=day,
    )
    return add(engine, case)


def settle(engine, purpose, owner):
    """The thing is decided: nothing more is handed in."""
    change = {
        PHOTO: update(ServiceRecord)
        .where(ServiceRecord.entry_id == owner)
        .values(state=RecordState.VERIFIED),
        REPORT: update(AnnualReport)
        .where(AnnualReport.id == owner)
        .values(accepted_at=AnnualReport.submitted_on),
        STATEMENT: update(ExitCase).where(ExitCase.id == owner).values(state=ExitState.DISMISSED),
        RECTIFICATION: update(Rectification)
        .where(Rectification.id == owner)
        .values(state=RectificationState.LAPSED),
        CHANGE: update(ChangeRequest)
        .where(ChangeRequest.id == owner)
        .values(state=ChangeState.REFUSED, decided_at=moment(AT)),
    }[purpose]
    with engine.begin() as connection:
        connection.execute(change)


def put(begin, actor, store, purpose, owner, name="a.png", data=PNG):
    with begin(actor, AT) as w:
        return party_files.put(w, purpose, owner, name, data, store)


@pytest.mark.parametrize("purpose", HANDED_IN)
def test_a_member_hands_in_reads_and_takes_back(engine, begin, store, held, member, purpose):
    owner = thing(engine, held, purpose)
    number = put(begin, member, store, purpose, owner, "照片.png")
    with begin(member, AT) as w:
        assert [item.filename for item in party_files.listed(w, purpose, owner)] == ["照片.png"]
        view, stream = party_files.open_file(w, number, store)
        assert (view.is_image, stream.read()) == (True, PNG)
    with begin(member, AT) as w:
        party_files.remove(w, number)
    with begin(member, AT) as w:
        party_files.remove(w, number)
        assert party_files.listed(w, purpose, owner) == ()
        with pytest.raises(NotFound):
            party_files.open_file(w, number, store)
    assert store.intact(load(engine, Attachment, number).sha256)


@pytest.mark.parametrize("purpose", HANDED_IN)
def test_strangers_and_officers_of_elsewhere_find_nothing(
    engine, begin, store, held, member, make_actor, purpose
):
    owner = thing(engine, held, purpose)
    number = put(begin, member, store, purpose, owner)
    outsiders = (
        make_actor(Role.APPLICANT, parties=[make_party(engine)]),
        make_actor(Role.OFFICER, "hubei"),
        make_actor(Role.RECOMMENDER, "jilin", "220300"),
    )
    for actor in outsiders:
        with pytest.raises(NotFound), begin(actor, AT) as w:
            party_files.listed(w, purpose, owner)
        with pytest.raises(NotFound), begin(actor, AT) as w:
            party_files.open_file(w, number, store)
        with pytest.raises(NotFound):
            put(begin, actor, store, purpose, owner)
        with pytest.raises(NotFound), begin(actor, AT) as w:
            party_files.remove(w, number)


@pytest.mark.parametrize("purpose", HANDED_IN)
def test_staff_of_the_scope_reads_but_hands_in_only_as_a_helper(
    engine, begin, store, held, member, make_actor, purpose
):
    owner = thing(engine, held, purpose)
    number = put(begin, member, store, purpose, owner)
    officer = make_actor(Role.OFFICER, "jilin", "220000")
    with begin(officer, AT) as w:
        assert len(party_files.listed(w, purpose, owner)) == 1
        party_files.open_file(w, number, store)
    with pytest.raises(NotFound):
        put(begin, officer, store, purpose, owner)
    with begin(officer, AT) as w:
        helper = on_behalf(w, held.party_id, held.program, held.region)
        party_files.put(helper, purpose, owner, "b.png", PNG, store)


@pytest.mark.parametrize("purpose", [PHOTO, REPORT, STATEMENT, RECTIFICATION])
def test_what_is_settled_keeps_its_files(engine, begin, store, held, member, purpose):
    owner = thing(engine, held, purpose)
    number = put(begin, member, store, purpose, owner)
    settle(engine, purpose, owner)
    with pytest.raises(Refused):
        put(begin, member, store, purpose, owner)
    with pytest.raises(Refused), begin(member, AT) as w:
        party_files.remove(w, number)
    with begin(member, AT) as w:
        assert len(party_files.listed(w, purpose, owner)) == 1


def test_the_bytes_decide_what_is_taken(begin, store, held, member):
    for name, data in (
        ("a.docx", PDF),
        ("a.exe", b"MZ" + b"0" * 20),
        ("a.pdf", b""),
        ("a.svg", b"<svg onload='x()'/>"),
        ("a.tif", b"II*\x00" + b"0" * 20),
    ):
        with pytest.raises(Invalid) as caught:
            put(begin, member, store, LICENCE, held.party_id, name, data)
        assert list(caught.value.errors) == ["file"]
    number = put(begin, member, store, LICENCE, held.party_id, "../../x/执照.PDF", PDF)
    with begin(member, AT) as w:
        view, _ = party_files.open_file(w, number, store)
    assert (view.filename, view.is_image) == ("执照.PDF", False)


def test_a_thing_has_so_many_files(begin, store, held, member):
    numbers = [
        put(begin, member, store, LICENCE, held.party_id, f"{n}.png") for n in range(party_files.MOST_FILES)
    ]
    with pytest.raises(Refused):
        put(begin, member, store, LICENCE, held.party_id)
    with begin(member, AT) as w:
        party_files.remove(w, numbers[0])
    put(begin, member, store, LICENCE, held.party_id)


def test_the_same_file_twice_is_one_until_it_was_taken_back(begin, store, held, member):
    first = put(begin, member, store, LICENCE, held.party_id, "执照.png")
    assert put(begin, member, store, LICENCE, held.party_id, "执照.png") == first
    assert put(begin, member, store, LICENCE, held.party_id, "背面.png") != first
    with begin(member, AT) as w:
        party_files.remove(w, first)
    assert put(begin, member, store, LICENCE, held.party_id, "执照.png") != first


def test_what_is_not_there_is_not_found(begin, store, held, member):
    with pytest.raises(NotFound):
        put(begin, replace(member, parties=frozenset({10**9})), store, LICENCE, 10**9)
    with pytest.raises(NotFound):
        put(begin, member, store, STATEMENT, 10**9)
    with begin(member, AT) as w, pytest.raises(NotFound):
        party_files.open_file(w, 10**9, store)


def test_a_file_lost_from_the_store_is_told(begin, store, held, member):
    number = put(begin, member, store, LICENCE, held.party_id)
    with begin(member, AT) as w:
        sha256 = w.session.get_one(Attachment, number).sha256
    store.path(sha256).unlink()
    with begin(member, AT) as w, pytest.raises(NotFound, match="store"):
        party_files.open_file(w, number, store)
