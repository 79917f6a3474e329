"""The former libraries of Jilin become one register (article 12), with every member in it once."""

import io
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed
from core.rules.text import T
from core.services.granting import libraries
from core.services.granting.libraries import Came
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Party
from tests.services.factory import id_number, uscc

AT = "2024-05-20T10:00"


def provider(**more):
    return {"track": "provider", "name": "某服务商", "uscc": uscc(), "region": "220202"} | more


def expert(**more):
    return {"track": "expert", "name": "某专家", "id_number": id_number(), "region": "220203"} | more


def load(town, rows, at=AT):
    with town.begin(town.officer("jilin"), at) as w:
        return libraries.import_register(w, "jilin", rows)


def test_the_template_offers_the_tracks_of_the_programme():
    content = libraries.template([("provider", T("服务商", "provider")), ("expert", T("专家", "expert"))])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert 'type="list"' in sheet
    assert "服务商,专家" in sheet


def test_members_of_both_libraries_are_entered_once_each(town):
    known_user, known = town.applicant("jilin/provider", AT, name="已登记者", mobile="")
    with session_factory(town.engine)() as session:
        code = session.get_one(Party, known).uscc
    rows = [
        provider(),
        expert(employer="北华大学"),
        provider(name="已登记者", uscc=code.lower(), mobile="13800138000", email="new@example.cn"),
    ]
    rows += [rows[0] | {"name": "换了写法"}, rows[1]]
    done = load(town, rows)
    assert [item.came for item in done] == [
        Came.ENTERED,
        Came.ENTERED,
        Came.MERGED,
        Came.REPEATED,
        Came.REPEATED,
    ]
    assert done[3].number == done[0].number
    assert done[2].party_id == known
    assert [len(item.said) for item in done] == [0, 0, 0, 1, 0]
    assert "名称（姓名）“换了写法”与登记的" in done[3].said[0].zh
    with session_factory(town.engine)() as session:
        party = session.get_one(Party, known)
        assert (party.mobile, party.email) == ("13800138000", f"{code.lower()}@example.cn")
        status = session.scalars(select(Accreditation).where(Accreditation.party_id == known)).one()
        assert (status.application_id, status.valid_from) == (None, date(2024, 5, 20))
        assert str(status.valid_through) == "2026-05-20"
    assert known_user.user_id


def test_a_second_import_brings_nobody_back(town):
    rows = [provider(), expert()]
    first = load(town, rows)
    with session_factory(town.engine)() as session, session.begin():
        query = select(Accreditation).where(Accreditation.party_id == first[0].party_id)
        ended = session.scalars(query).one()
        ended.state, ended.ended_on = "revoked", date(2024, 6, 1)
    again = load(town, rows, "2024-07-01T10:00")
    assert [item.came for item in again] == [Came.REPEATED, Came.REPEATED]
    assert [item.number for item in again] == [item.number for item in first]


def test_every_faulty_row_is_named_and_none_is_imported(town, unchanged, make_actor):
    rows = [
        provider(name="好服务商"),
        provider(uscc="91350100M000100Y44", name=""),
        expert(track="volunteer"),
        expert(region="371500", mobile="1"),
    ]
    with pytest.raises(Invalid) as caught:
        load(town, rows)
    assert set(caught.value.errors) == {"2.uscc", "2.name", "3.track", "4.region", "4.mobile"}
    assert caught.value.errors["4.region"].zh == "第 4 行：不在辖区（220200）内"
    with unchanged(Invalid, "第 2 行"):
        load(town, rows)
    with unchanged(Invalid, "10000"):
        load(town, [provider()] * (libraries.MOST_ROWS + 1))
    with unchanged(NotAllowed), town.begin(town.recommender("jilin"), AT) as w:
        libraries.import_register(w, "jilin", rows)
