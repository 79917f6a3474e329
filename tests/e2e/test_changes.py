"""A body takes another name: its member asks with proof, an officer grants, everyone finds both names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdfium2

from core.domain.roles import Role
from core.storage.engine import session_factory
from core.storage.models import Party
from tests.conftest import MakeActor
from tests.e2e.conftest import Enter, Look, MakeUser, OpenAccount, Site
from tests.e2e.person import Person
from tests.services.factory import accredit
from tests.services.journey import PDF

OLD, NEW = "松花江创业服务中心", "松花江企业服务集团"
DAY = "2024-05-20"


def test_another_name_with_proof(
    site: Site,
    make_actor: MakeActor,
    make_user: MakeUser,
    open_account: OpenAccount,
    enter: Enter,
    look: Look,
    new_context: Any,
    tmp_path: Path,
) -> None:
    held = accredit(site.engine, "jilin/provider", "2024-03-20")
    with session_factory(site.engine)() as session, session.begin():
        session.get_one(Party, held.party_id).name = OLD
    proof = tmp_path / "变更登记通知书.pdf"
    proof.write_bytes(PDF)
    account = open_account(make_actor(Role.APPLICANT, parties=[held.party_id]))
    clerk = make_user("李经办", Role.OFFICER, "jilin", "220200")

    member = enter(account, f"{DAY}T09:00")
    member.open(f"/my/parties/{held.party_id}/edit")
    member.sees("须凭证明材料申请变更")
    member.link("提交变更申请")
    # Without the proof it is refused, and what was typed stays.
    member.fill({"新名称（与变更后的登记证书或身份证件一致）": NEW})
    member.send("提交变更申请")
    member.told("请更正标出的内容")
    look(member, "60-ask")
    member.fill({"证明材料（一个文件）": proof})
    member.send("提交变更申请")
    member.told("已提交，等待决定")
    member.sees(OLD, NEW, "变更登记通知书.pdf", "待决定")
    look(member, "61-asked")

    officer = enter(clerk, f"{DAY}T11:00")
    officer.sees("待决定的变更申请")
    officer.menu("变更与注销")
    officer.row(OLD).get_by_role("link").first.click()
    officer.sees(OLD, NEW, "变更登记通知书.pdf", held.number)
    look(officer, "62-answer")
    officer.send("准予变更")
    officer.told("已准予变更")
    look(officer, "63-granted")

    member = enter(account, f"{DAY}T15:00")
    public = Person(new_context(base_url=site.url).new_page(), "", "")
    public.open(f"/register?q={OLD}")
    public.link(NEW)
    public.sees(NEW, OLD, "原名称", "登记事项变更")
    look(public, "64-body")
    public.open(f"/verify/{held.number}")
    public.sees("有效", NEW, OLD, f"{DAY} 出具", "已换发")
    look(public, "65-verified")
    answer = json.loads(public.page.request.get(f"/verify.json?number={held.number}").text())
    assert (answer["holder"], [old["name"] for old in answer["former_names"]]) == (NEW, [OLD])
    assert [item["name"] for item in answer["certificates"]] == [OLD, NEW]

    texts = []
    for wanted in ("", "?issue=1"):
        got = member.page.request.get(f"/documents/certificates/{held.id}.pdf{wanted}").body()
        texts.append(pypdfium2.PdfDocument(got)[0].get_textpage().get_text_range().replace("\r\n", ""))
    assert NEW in texts[0]
    assert OLD in texts[1]
    assert "已换发" in texts[1]
    assert "已换发" not in texts[0]
