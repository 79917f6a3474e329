"""Documents of statuses that were taken in: kept beside them, seen by whom it concerns, bound with them."""

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.attachments import party_files
from core.services.papers.status_dossier import status_dossier
from core.services.supervision.status import find
from core.services.takein import documents
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Attachment, TakenIn
from core.storage.verify import faults
from tests.services.factory import Held, accredit
from tests.services.journey import PDF
from tests.services.takein.test_figures import taken_in

AT = "2024-06-04T09:00"


@pytest.fixture
def held(engine: Engine) -> Held:
    return taken_in(engine, "jilin/expert")


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "jilin")


def attach(
    begin: Any, actor: Any, held: Held, store: FileStore, name: str = "证书.pdf", data: Any = PDF
) -> int:
    with begin(actor, AT, "takein.attach") as w:
        number: int = documents.attach(w, held.id, name, data, store)
        return number


def test_an_officer_keeps_them_and_who_may_see_the_status_sees_them(
    engine: Engine, begin: Any, make_actor: Any, officer: Any, held: Held, store: FileStore
) -> None:
    number = attach(begin, officer, held, store)
    assert attach(begin, officer, held, store) == number, "sent twice it is one"
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    for actor in (officer, make_actor(Role.AUDITOR), member):
        with begin(actor, AT) as w:
            origin = documents.origin_of(w, find(w, held.id).id)
            assert origin is not None
            assert [file.filename for file in documents.files_of(w, origin.id)] == ["证书.pdf"]
            with party_files.open_file(w, number, store)[1] as file:
                assert file.read() == PDF
    with begin(make_actor(Role.APPLICANT, parties=[]), AT) as w, pytest.raises(NotFound):
        party_files.open_file(w, number, store)
    with session_factory(engine)() as session:
        assert [str(fault) for fault in faults(session, store) if fault.subject == "attachment"] == []


def test_nobody_else_adds_or_removes(
    engine: Engine, begin: Any, make_actor: Any, officer: Any, held: Held, store: FileStore
) -> None:
    number = attach(begin, officer, held, store)
    with session_factory(engine)() as session:
        origin = session.scalars(select(TakenIn.id)).one()
    for actor, why in (
        (make_actor(Role.OFFICER, "hubei"), NotFound),
        (make_actor(Role.AUDITOR), NotAllowed),
        (make_actor(Role.OFFICER, "jilin", parties=[held.party_id]), Refused),
    ):
        with pytest.raises(why):
            attach(begin, actor, held, store)
        with pytest.raises(why), begin(actor, AT) as w:
            documents.remove(w, number)
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with pytest.raises(Refused), begin(member, AT) as w:
        party_files.put(w, documents.FORMER, origin, "a.pdf", PDF, store)
    with pytest.raises(Refused), begin(member, AT) as w:
        party_files.remove(w, number)
    granted = accredit(engine, "jilin/expert", "2023-03-20")
    with pytest.raises(NotFound):
        attach(begin, officer, granted, store)
    with pytest.raises(Invalid):
        attach(begin, officer, held, store, "a.exe", b"MZ")


def test_one_that_was_kept_by_mistake_is_taken_back(
    engine: Engine, begin: Any, officer: Any, held: Held, store: FileStore
) -> None:
    number = attach(begin, officer, held, store)
    for _ in range(2):
        with begin(officer, AT) as w:
            assert documents.remove(w, number) == held.id
    with begin(officer, AT) as w, pytest.raises(NotFound):
        documents.remove(w, number + 1000)
    with session_factory(engine)() as session:
        kept = session.get_one(Attachment, number)
        assert kept.removed_at is not None
        assert store.exists(kept.sha256), "its bytes stay"


def test_the_dossier_of_a_status_has_them(
    engine: Engine, begin: Any, make_actor: Any, officer: Any, held: Held, store: FileStore
) -> None:
    attach(begin, officer, held, store)
    given = {"language": "zh", "base_url": "https://r.example"}
    with begin(make_actor(Role.AUDITOR), AT) as w:
        made = status_dossier(w, held.id, store, format="zip", **given)
        with made.stream, zipfile.ZipFile(io.BytesIO(made.stream.read())) as packed:
            index = json.loads(packed.read("index.json"))
            former = [item for item in index["files"] if item["group"]["zh"] == "原认定材料"]
            assert packed.read(former[0]["file"]) == PDF
        assert (index["number"], index["taken_in"]["row"]) == (held.number, 2)
        bound = status_dossier(w, held.id, store, format="pdf", **given)
        with bound.stream:
            assert bound.stream.read(5) == b"%PDF-"
    with begin(make_actor(Role.OFFICER, "hubei"), AT) as w, pytest.raises(NotFound):
        status_dossier(w, held.id, store, format="zip", **given)
    granted = accredit(engine, "jilin/expert", "2023-03-20")
    with begin(officer, AT) as w, pytest.raises(NotFound):
        status_dossier(w, granted.id, store, format="zip", **given)
