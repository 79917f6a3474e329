"""A division is one that there is: supplied, or added here; a former one leads to its successor."""

import pytest

from core.domain.errors import Invalid, MalformedError, NotAllowed
from core.domain.roles import Role
from core.services.base import regions
from core.storage.models import Region


def refusal(w, code):
    with pytest.raises(MalformedError) as caught:
        regions.read_code(w.session, code)
    return caught.value.text.zh


def test_unknown_codes_are_refused_and_former_ones_lead_on(begin, make_actor):
    with begin(make_actor(Role.SYSADMIN), "2024-05-06T09:00") as w:
        assert [regions.read_code(w.session, code) for code in ("330113", " 370000 ", "３７１５００")] == [
            "330113",
            "370000",
            "371500",
        ]
        assert refusal(w, "371523") == "371523 是已撤销的“茌平县”；现为 茌平区 371503"
        assert "行政区划代码 371599 不存在" in refusal(w, "371599")
        assert "不是行政区划代码" in refusal(w, "3715")


FOUND = {
    "３７１５９９": ["371599"],
    "371599\u200b": ["371599"],
    "新·设": ["371599"],
    "新 •设区\u200b": ["371599"],
    "新设": [],
    "%": [],
    "": ["371598", "371599"],
    " \u200b": ["371598", "371599"],
}
"""What is typed, and the divisions that it finds."""


def test_divisions_are_found_however_code_or_name_is_typed(begin, make_actor):
    with begin(make_actor(Role.SYSADMIN), "2024-05-06T09:00") as w:
        regions.add(w, "371598", "旧区")
        regions.add(w, "371599", "新・设区")
        w.session.flush()
        assert {typed: [row.code for row in regions.look_up(w, typed, 3)] for typed in FOUND} == FOUND


def test_one_is_added_by_an_administrator_and_then_known(begin, make_actor):
    with begin(make_actor(Role.SYSADMIN), "2024-05-06T09:00") as w:
        regions.add(w, "371599", " 新设\u200b区 ", "New")
        w.session.flush()
        assert regions.read_code(w.session, "371599") == "371599"
        assert regions.names(w.session)["371599"] == ("新设区", "New")
        row = w.session.get_one(Region, "371599")
        assert row.parent_code == "371500"
        assert ("371599", "新设区") in {(line.code, line.name) for line in regions.added(w)}
        regions.add(w, "371599", "改名区")
        assert w.session.get_one(Region, "371599").name == "改名区"
        for code, name, field in (
            ("3715", "某区", "code"),
            ("371598", "", "name"),
            ("999901", "某区", "code"),
        ):
            with pytest.raises(Invalid) as caught:
                regions.add(w, code, name)
            assert field in caught.value.errors
        with pytest.raises(Invalid) as caught:
            regions.add(w, "371523", "茌平县")
        assert caught.value.errors["code"].zh == "371523 是已撤销的“茌平县”；现为 茌平区 371503"
        assert w.session.get(Region, "371523") is None
    with begin(make_actor(Role.OFFICER, "jilin"), "2024-05-06T09:00") as w, pytest.raises(NotAllowed):
        regions.add(w, "371597", "某区")
