"""An officer decides too soon and recalls it; decides again, it is issued; a colleague corrects it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.base.work import DECISION_DELAY
from core.services.deciding.pending import issue_due
from core.services.settings.values import set_operation
from core.storage.engine import session_factory
from core.storage.models import Accreditation
from tests.conftest import Begin, MakeActor
from tests.e2e.conftest import Enter, Look, OpenAccount, Site
from tests.services.journey import AUTHORITY, Case, Town

KEY = "jilin/provider"
NAME = "吉林市松江企业服务有限公司"
DAY = date(2025, 3, 3)
REASON = "误将另一家的结论登记到本申请"


@pytest.fixture
def case(site: Site, town: Town, begin: Begin, make_actor: MakeActor) -> Case:
    """An application before its decision, in a register whose decisions wait for half an hour."""
    with begin(make_actor(Role.LEAD), f"{DAY}T08:00") as w:
        set_operation(w, DECISION_DELAY, "30", w.today, "给经办人改正的时间")
    return town.start(KEY, day=DAY, name=NAME).reviewed()


def test_a_decision_is_recalled_taken_again_issued_and_corrected(
    site: Site,
    town: Town,
    case: Case,
    enter: Enter,
    open_account: OpenAccount,
    make_actor: MakeActor,
    look: Look,
) -> None:
    path = f"/admin/applications/{case.application_id}"
    officer = enter(open_account(town.officer("jilin")), "2025-03-07T10:00")
    officer.open(path)
    officer.step("通过并认定", {"意见": "符合条件"})
    officer.sees("已决定，待发出", "2025-03-07 10:30", "收回决定")
    look(officer, "01-waiting")
    officer.menu("待发出的决定")
    officer.sees(NAME, "通过申请", "还有 30 分钟")
    look(officer, "02-queue")
    officer.send("收回决定")
    officer.sees("决定已收回，没有产生任何效力", "没有待发出的决定")
    officer.open(f"{path}/check/move-approve")
    officer.sees("须先办理，或写明理由", "尚未审核", "将发送的消息", "决定后 30 分钟发出")
    look(officer, "03-check")
    officer.step("通过并认定", {"意见": "材料已核对"})
    issue_due(session_factory(site.engine), moment("2025-03-07T10:31"))
    officer.open(path)
    officer.sees("已认定", where=officer.page.locator(".page-head"))
    # Whoever decided cannot correct it; a colleague does.
    officer.sees("作出该决定的人员不能自行更正")
    second = enter(open_account(make_actor(Role.OFFICER, "jilin", AUTHORITY["jilin"])), "2025-03-10T09:00")
    second.open(path)
    second.step("更正通过决定", {"理由": REASON})
    second.sees("评审中", where=second.page.locator(".page-head"))
    second.sees("通过决定更正", REASON, "原理由")
    look(second, "04-corrected")
    with session_factory(site.engine)() as session:
        number = session.scalars(select(Accreditation.number)).one()
    second.open(f"/verify/{number}")
    second.sees("已更正，认定无效", "不属于退出或撤销")
    look(second, "05-verified", (1280,))
    site.verify()
