"""A licence bears a code whose check digit does not fit; and a body that recommends is reorganised."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.domain.roles import Role
from core.services.people import users
from core.storage.engine import session_factory
from tests.conftest import Begin, MakeActor
from tests.e2e.conftest import Enter, Look, MakeUser, OpenAccount, Site
from tests.services.factory import make_party, uscc
from tests.services.journey import PDF

DAY = "2024-05-20"


@pytest.mark.assurance
def test_a_code_is_accepted_on_the_licence_and_roles_pass_on(
    site: Site,
    begin: Begin,
    make_actor: MakeActor,
    make_user: MakeUser,
    open_account: OpenAccount,
    enter: Enter,
    look: Look,
    tmp_path: Path,
) -> None:
    code, old, new = uscc(), uscc(), uscc()
    code = code[:-1] + ("1" if code[-1] != "1" else "2")
    licence = tmp_path / "营业执照.pdf"
    licence.write_bytes(PDF)
    account = open_account(make_actor(Role.APPLICANT))
    clerk = make_user("李经办", Role.OFFICER, "jilin", "220200")
    admin = make_user("王管理", Role.SYSADMIN)

    member = enter(account, f"{DAY}T09:00")
    member.open("/my/parties/new")
    member.fill({"机构名称（与登记证书一致）": "松花江机构", "统一社会信用代码": code, "行政区划": "220202"})
    member.fill({"联系电话": "（0432）6241 2345转801，138 0013 8000"})
    member.send("登记")
    member.sees("凭证书请认定机关核准")
    look(member, "70-refused")
    member.fill({"证照确为此号码的，上传登记证书": licence})
    member.send("登记")
    member.sees("尚未经认定机关核准", "0432-62412345转801、13800138000")
    look(member, "71-registered")
    member.link("变更与注销")
    look(member, "72-asked")

    officer = enter(clerk, f"{DAY}T11:00")
    officer.menu("变更与注销")
    officer.row("松花江机构").get_by_role("link").first.click()
    officer.sees(code, "校验码不符", "营业执照.pdf")
    look(officer, "73-answer")
    officer.send("准予变更")
    look(officer, "74-accepted")
    officer.link("主体资料")
    officer.sees("核准统一社会信用代码", "校验码不符")
    look(officer, "75-party")

    bodies = [make_party(site.engine, name=name, uscc=key) for name, key in (("原局", old), ("新局", new))]
    person = make_actor(Role.APPLICANT).user_id
    with begin(make_actor(Role.SYSADMIN), f"{DAY}T12:00") as w:
        users.grant(w, person or 0, Role.RECOMMENDER, program="jilin", region="220202", party_id=bodies[0])
    keeper = enter(admin, f"{DAY}T13:00")
    keeper.menu("角色授权")
    keeper.link("单位改组：移交推荐职责")
    keeper.fill(
        {"原单位的统一社会信用代码": old, "承接单位的统一社会信用代码": new, "自（日期）": "2024-05-19"}
    )
    keeper.send("移交")
    keeper.sees("不早于今天")
    look(keeper, "76-reorganised")
    keeper.fill({"自（日期）": "2024-07-01"})
    keeper.send("移交")
    keeper.told("已按日期移交，已通知有关人员")
    look(keeper, "77-roles")
    keeper.open(f"/admin/system/users/{person}")
    keeper.sees("原局", "新局", "2024-07-01")
    look(keeper, "78-user")
    with session_factory(site.engine)() as session:
        assert users.actor_for(session, person or 0, date(2024, 7, 1)).recommender_parties == {bodies[1]}
