"""The contact of a body has left: a colleague registers it again, claims it with proof, and has it."""

from __future__ import annotations

from pathlib import Path

from core.domain.roles import Role
from tests.conftest import MakeActor
from tests.e2e.conftest import Enter, Look, MakeUser, OpenAccount, Site
from tests.pictures import picture
from tests.services.factory import accredit, make_party, uscc

NAME, DAY = "松花江创业服务中心", "2024-05-20"


def test_a_body_is_claimed_with_proof(
    site: Site,
    make_actor: MakeActor,
    make_user: MakeUser,
    open_account: OpenAccount,
    enter: Enter,
    look: Look,
    tmp_path: Path,
) -> None:
    code = uscc()
    party = make_party(site.engine, region="220202", name=NAME, uscc=code)
    held = accredit(site.engine, "jilin/provider", "2024-03-20", party_id=party)
    proof = tmp_path / "授权书.png"
    proof.write_bytes(picture())
    account = open_account(make_actor(Role.APPLICANT))
    clerk = make_user("李经办", Role.OFFICER, "jilin", "220200")

    claimant = enter(account, f"{DAY}T09:00")
    claimant.open("/my/parties/new")
    claimant.fill({"机构名称（与登记证书一致）": NAME, "统一社会信用代码": code, "行政区划": "220202"})
    claimant.send("登记")
    claimant.told("登记信息已收到")
    claimant.sees(NAME, "待交证明材料")
    look(claimant, "80-registered")
    claimant.link(NAME)
    claimant.fill({"证明材料（PDF 或图片）": proof})
    look(claimant, "81-claim")
    claimant.send("提交认领")
    claimant.told("已提交，等待认定机关核实")

    officer = enter(clerk, f"{DAY}T11:00")
    officer.sees("待核实的主体认领")
    officer.menu("主体认领")
    officer.row(NAME).get_by_role("link").first.click()
    officer.sees(code, "授权书.png", "没有账号代表该主体")
    look(officer, "82-answer")
    officer.send("同意认领")
    officer.told("已同意认领")
    look(officer, "83-accepted")

    claimant = enter(account, f"{DAY}T15:00")
    claimant.open("/my/parties/")
    claimant.sees(NAME, "已核验")
    claimant.menu("我的认定")
    claimant.sees(held.number)
