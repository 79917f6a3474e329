"""Wrong clicks of a recommender, of a withdrawal and of an extension are corrected on the screens."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.domain.roles import Role
from core.services.endings import extensions, withdrawals
from core.services.review import recommendations
from tests.conftest import Begin, MakeActor
from tests.e2e.conftest import Enter, Look, OpenAccount, Site
from tests.services.deciding.test_voiding import held
from tests.services.journey import COUNTY, Town

DAY = date(2024, 3, 4)
REASON = "误点，应为另一家"

pytestmark = pytest.mark.assurance


def test_a_decline_is_corrected_by_a_colleague(
    site: Site, town: Town, enter: Enter, open_account: OpenAccount, make_actor: MakeActor, look: Look
) -> None:
    case = town.start("liaocheng/specialized").fill().attach_all().submit()
    path = f"/admin/applications/{case.application_id}"
    with case.as_recommender(1) as w:
        recommendations.decline(w, case.application_id, "资料不全")
    applicant = enter(open_account(case.applicant), "2024-05-21T12:00")
    applicant.open(f"/my/applications/{case.application_id}")
    applicant.sees("下载不予推荐告知书")
    first = enter(open_account(town.recommender("liaocheng")), "2024-05-22T09:00")
    first.open(path)
    first.sees("作出该决定的人员不能自行更正")
    colleague = make_actor(Role.RECOMMENDER, "liaocheng", COUNTY["liaocheng"])
    second = enter(open_account(colleague), "2024-05-22T10:00")
    second.open(path)
    look(second, "01-declined")
    second.step("更正不予推荐", {"理由": REASON})
    second.sees("已提交", where=second.page.locator(".page-head"))
    second.sees("不予推荐更正", REASON, "原理由", "（已更正）")
    look(second, "02-corrected")
    applicant = enter(open_account(case.applicant), "2024-05-22T12:00")
    applicant.open(f"/my/applications/{case.application_id}")
    applicant.sees("已提交", where=applicant.page.locator(".page-head"))
    assert "下载不予推荐告知书" not in applicant.page.content()
    look(applicant, "03-applicant")
    site.verify()


def test_a_withdrawal_and_an_extension_are_corrected(
    site: Site, town: Town, begin: Begin, enter: Enter, open_account: OpenAccount, make_actor: MakeActor,
    look: Look,
) -> None:  # fmt: skip
    case = town.start("jilin/provider", day=DAY).accredited()
    item = held(town, case)
    with case.as_applicant(30) as w:
        withdrawals.withdraw(w, item.id, "误点")
    lead = enter(open_account(make_actor(Role.LEAD, "jilin", "220200")), f"{DAY + timedelta(days=31)}T09:00")
    lead.open(f"/admin/accreditations/{item.id}")
    look(lead, "04-withdrawn")
    lead.step("更正退出登记", {"理由": REASON})
    lead.sees("有效", where=lead.page.locator(".page-head"))
    lead.sees("退出登记更正", "更正，恢复认定")
    look(lead, "05-stands")
    end = DAY + timedelta(days=720)
    with begin(case.applicant, f"{end}T09:00") as w:
        request = extensions.request_extension(w, item.id)
    with begin(town.officer("jilin"), f"{end}T10:00") as w:
        extensions.decide_extension(w, request, granted=False, reason="误点")
    other = enter(open_account(make_actor(Role.OFFICER, "jilin", "220200")), f"{end}T11:00")
    other.open(f"/admin/accreditations/{item.id}")
    other.step("更正延续答复", {"理由": REASON})
    other.sees("延续答复更正", "答复延续申请")
    look(other, "06-extension")
    other.open(f"/verify/{item.number}")
    other.sees("有效")
    look(other, "07-verified", (1280,))
    site.verify()
