"""Whether an application is complete, and what is written when it goes back."""

import pytest

from core.domain.errors import NotFound
from core.domain.roles import Role
from core.services.applications import materials
from core.services.applications.case import find
from core.services.base.words import LONGEST_REASON
from core.services.review import completeness
from core.services.review.completeness import Missing
from core.storage.engine import session_factory
from core.storage.models import Party

KEY = "liaocheng/specialized"


def found(case, days=2):
    with case.as_officer(days) as w:
        return completeness.check(find(w, case.application_id))


def test_a_whole_application_lacks_only_the_word_on_its_files(town):
    case = town.start(KEY).fill().attach_all().submit()
    result = found(case)
    assert result.complete
    assert result.checked
    assert result.reason.zh == ""
    assert {lack.missing for lack in result.to_do} == {Missing.UNJUDGED}
    assert (result.materials > 0, result.judged) == (True, 0)


def test_a_file_that_is_turned_down_is_to_be_mended_with_the_remark(town):
    case = town.start(KEY).fill().attach_all().submit()
    with case.as_officer(2) as w:
        row = materials.checklist(w, case.application_id)[0]
        for file in row.present:
            materials.judge_material(w, file.id, accepted=False, remark="未加盖公章")
    result = found(case)
    assert [lack.missing for lack in result.to_mend] == [Missing.TURNED_DOWN]
    assert "未加盖公章" in result.reason.zh
    assert row.title.en in result.reason.en
    assert result.reason.zh.startswith("请补正以下内容：\n1. ")
    with case.as_officer(2) as w:
        materials.record_paper_copy(w, case.application_id, w.today)
    assert found(case).paper_received_on is not None


def test_what_nobody_gave_is_named_by_clause_and_fits_the_reason(town):
    result = found(town.start(KEY))
    kinds = {lack.missing for lack in result.to_mend}
    assert kinds == {Missing.MATERIAL, Missing.FACT}
    assert not result.checked, "a draft is not checked"
    for text in (result.reason.zh, result.reason.en):
        assert 0 < len(text) <= LONGEST_REASON
    names = [lack.text.zh for lack in result.lacks if lack.missing is Missing.FACT]
    assert len(names) == len(set(names)), "a fact is named once, however many conditions read it"


def test_a_failed_condition_is_no_lack(town):
    case = town.start(KEY).fill({"satisfaction_pct": 10}).attach_all().submit()
    result = found(case)
    assert result.complete
    assert "8(3)" in {clause for clause, _ in result.failed}


def test_the_party_is_verified_where_the_text_wants_it(town):
    case = town.start("shanghai/specialized").fill()
    assert Missing.PARTY not in {lack.missing for lack in found(case).to_do}
    with session_factory(town.engine)() as session, session.begin():
        session.get_one(Party, case.party_id).verified_at = None
    assert [lack.clause for lack in found(case).to_do if lack.missing is Missing.PARTY] == ["5.2"]


def test_others_do_not_find_it(town, make_actor, begin):
    case = town.start(KEY)
    stranger = make_actor(Role.OFFICER, "hubei")
    with begin(stranger, case.on(2)) as w, pytest.raises(NotFound):
        completeness.check(find(w, case.application_id))
