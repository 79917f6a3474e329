"""A name that no document could print: nothing is issued to it, and the person is told what to mend."""

from datetime import date

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.endings.extensions import decide_extension, request_extension
from core.services.files.sheets import write_sheet
from core.services.granting import accreditations, decisions, inclusion, libraries, notice_ends
from core.services.granting.tables import Upload
from core.services.papers import certificates
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Party
from tests.documents.samples import text_of
from tests.services import factory
from tests.services.factory import uscc
from tests.services.journey import PDF, Case, Town, docx

PRIVATE, RARE = "聊城\ue000服务中心", "䶮㛃𬭚服务中心"


def call_it(case: Case, name: str) -> Case:
    """Give the party another name, as an older entry may have one."""
    with session_factory(case.town.engine)() as session, session.begin():
        session.get_one(Party, case.party_id).name = name
    return case


def statuses(town: Town, party_id: int) -> int:
    with session_factory(town.engine)() as session:
        return len(session.scalars(select(Accreditation).where(Accreditation.party_id == party_id)).all())


@pytest.mark.parametrize("key", ["liaocheng/comprehensive", "jilin/provider", "shanghai/comprehensive"])
def test_an_approval_names_the_character_its_number_the_field_and_the_mend(town, unchanged, key):
    case = call_it(town.start(key).reviewed(), PRIVATE)
    with (
        unchanged(Invalid, "\ue000", "U+E000", "名称", "改用", "the name", "Correct"),
        case.as_officer(4) as w,
    ):
        decisions.approve(w, case.application_id, "同意")
    assert case.load().state is ApplicationState.UNDER_REVIEW


def test_an_agreement_is_not_signed(town, unchanged):
    case = call_it(town.start("shanghai/comprehensive").reviewed().approve(), PRIVATE)
    with unchanged(Invalid, "U+E000"), case.as_officer(6) as w:
        first, last = accreditations.proposed_agreement(w, case.application_id)
        accreditations.sign_agreement(
            w, case.application_id, signed_on=first, valid_from=first, valid_through=last
        )
    assert statuses(town, case.party_id) == 0


def test_a_notice_that_ends_enters_nobody_who_cannot_be_printed(town):
    case = call_it(town.start("liaocheng/comprehensive").reviewed().approve().publish(), PRIVATE)
    other = town.start("liaocheng/comprehensive").reviewed().approve().publish()
    with town.begin(SYSTEM, case.on(20)) as w:
        notice_ends.close_due(w, w.today)
    assert (statuses(town, case.party_id), statuses(town, other.party_id)) == (0, 1)
    call_it(case, RARE)
    with town.begin(SYSTEM, case.on(21)) as w:
        notice_ends.close_due(w, w.today)
    assert statuses(town, case.party_id) == 1


def test_an_extension_is_not_granted(town, unchanged, engine, make_actor):
    held = factory.accredit(engine, "jilin/provider", "2023-03-01")
    with session_factory(engine)() as session, session.begin():
        session.get_one(Party, held.party_id).name = PRIVATE
    party = make_actor(Role.APPLICANT, parties=[held.party_id])
    with town.begin(party, "2025-02-03T10:00") as w:
        request = request_extension(w, held.id, "请予延期")
    with unchanged(Invalid, "U+E000"), town.begin(town.officer("jilin"), "2025-02-04T10:00") as w:
        decide_extension(w, request, granted=True, reason="同意")
    with town.begin(town.officer("jilin"), "2025-02-04T10:00") as w:
        decide_extension(w, request, granted=False, reason="名称待更正")


def test_a_row_of_a_sealed_table_is_named(town, unchanged, make_actor):
    day = date(2023, 3, 1)
    call = town.call("miit_volunteer/workstation", day)
    heads = ["序号", "单位名称", "地址", "联系人", "联系电话"]
    rows = [[1, "好工作站", "某路", "甲", "13800138000"], [2, PRIVATE, "某路", "甲", "13800138000"]]
    above = [["中小企业志愿服务工作站汇总表"], ["填写单位：某中心"], ["联系人：甲"], ["联系电话：0531-1"]]
    table = Upload("表.xlsx", write_sheet("表", heads, rows, above=above))
    actor = make_actor(Role.RECOMMENDER, "miit_volunteer", "370000")
    with town.begin(actor, f"{day}T10:00") as w, pytest.raises(Invalid) as caught:
        inclusion.include_table(
            w,
            "miit_volunteer",
            "A3",
            table,
            Upload("章.pdf", PDF),
            Upload("章.docx", docx()),
            town.store,
            call_id=call,
        )
    (field,) = caught.value.errors
    assert field.endswith(".单位名称")
    assert "U+E000" in caught.value.errors[field].zh


def test_a_row_of_a_former_register_is_named(town):
    rows = [
        {"track": "provider", "name": name, "uscc": uscc(), "region": "220202"}
        for name in ("好中心", PRIVATE)
    ]
    with town.begin(town.officer("jilin"), "2024-06-03T10:00") as w, pytest.raises(Invalid) as caught:
        libraries.import_register(w, "jilin", rows)
    assert list(caught.value.errors) == ["2.name"]
    assert "第 2 行" in caught.value.errors["2.name"].zh


def test_a_certificate_of_such_a_name_is_refused_and_a_rare_one_is_printed(town, engine):
    held = factory.accredit(engine, "hubei/comprehensive", "2024-03-01")
    for name, printed in ((PRIVATE, False), (RARE, True)):
        with session_factory(engine)() as session, session.begin():
            session.get_one(Party, held.party_id).name = name
        with town.begin(SYSTEM, "2024-06-03T10:00") as w:
            if printed:
                paper = certificates.certificate(w, held.id, language="zh", base_url="https://x.cn")
                assert name in text_of(paper.content)
            else:
                with pytest.raises(Invalid, match=r"U\+E000"):
                    certificates.certificate(w, held.id, language="zh", base_url="https://x.cn")
