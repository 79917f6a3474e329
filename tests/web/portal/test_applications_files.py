"""Documents of an application, and the roster: handed in, looked at, replaced, refused, and by whom."""

import base64
import io
from typing import Any

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.services.files.sheet_errors import HEADER
from core.services.files.sheets import write_sheet
from core.services.profile import roster_sheet
from core.storage.models import MaterialFile, StaffMember
from tests.pictures import claiming
from tests.services.factory import id_number
from tests.services.journey import claims
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.applicant import KEY, Applicant, applicant, file
from tests.web.screens import Browser

HEADERS = [column.title.zh for column in roster_sheet.COLUMNS]


@pytest.fixture
def someone(session: Session, make_user: MakeUser, log_in: LogIn) -> Applicant:
    """An applicant with a draft."""
    made = applicant(session, make_user, log_in, profile=claims(KEY))
    made.begin()
    return made


def png(side: int = 8) -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def first_material(someone: Applicant) -> str:
    """The address to which a file of the first document goes."""
    page = someone.browser.get(f"{someone.path}/materials")
    actions = [(form.action or "").split("?")[0] for form in page.forms()]
    return next(action for action in actions if "/materials/" in action)


def files(session: Session) -> list[MaterialFile]:
    """All files, read anew."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(MaterialFile).order_by(MaterialFile.id)))


def test_several_files_at_once_a_picture_with_a_preview(someone: Applicant, session: Session) -> None:
    address = first_material(someone)
    page = someone.browser.post(address, {"files": [file(), file(png(), "照片.png")]})
    assert [item.filename for item in files(session)] == ["材料.pdf", "照片.png"]
    assert page.doc is not None
    pdf, picture = files(session)
    assert page.doc.xpath("//main//img/@src") == [f"/my/applications/materials/{picture.id}/picture"]
    shown = someone.browser.client.get(f"/my/applications/materials/{picture.id}/picture")
    assert shown.mimetype == "image/jpeg"
    assert shown.data[:3] == b"\xff\xd8\xff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert someone.browser.client.get(f"/my/applications/materials/{pdf.id}/picture").status_code == 404
    whole = someone.browser.client.get(f"/my/applications/materials/{pdf.id}")
    assert whole.headers["Content-Disposition"].startswith("attachment")


def test_a_picture_that_is_none_is_not_shown(someone: Applicant, session: Session) -> None:
    someone.browser.post(first_material(someone), {"files": file(claiming(2, 3), "坏图.png")})
    broken = files(session)[0]
    assert someone.browser.client.get(f"/my/applications/materials/{broken.id}/picture").status_code == 404


def test_of_several_files_with_a_bad_one_none_is_taken(someone: Applicant, session: Session) -> None:
    address = first_material(someone)
    page = someone.browser.post(address, {"files": [file(), file(b"<html>", "页面.html")]}, ok=False)
    assert page.status == 422
    assert "“页面.html”" in page.text
    assert files(session) == []
    assert someone.browser.post(address, {}, ok=False).status == 422
    assert (
        "没有材料项"
        in someone.browser.post(f"{someone.path}/materials/none", {"files": file()}, ok=False).text
    )


def test_a_file_is_replaced_and_taken_back(someone: Applicant, session: Session) -> None:
    someone.browser.post(first_material(someone), {"files": file()})
    old = files(session)[0].id
    page = someone.browser.get(f"{someone.path}/materials")
    someone.browser.post(f"{someone.path}/files/{old}/replace", {"files": file(name="新.pdf")})
    assert [(item.filename, item.replaced_at is None) for item in files(session)] == [
        ("材料.pdf", False),
        ("新.pdf", True),
    ]
    late = someone.browser.post(
        f"{someone.path}/files/{old}/replace", {"files": file(name="迟.pdf")}, ok=False
    )
    assert "该文件已被替换" in late.text
    new = files(session)[1].id
    page.browser.post(f"{someone.path}/files/{new}/remove", {})
    assert all(item.replaced_at is not None for item in files(session))
    assert someone.browser.post(f"{someone.path}/files/{10**9}/remove", {}, ok=False).status == 404


def test_nobody_else_reads_or_changes_the_files(
    someone: Applicant, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    someone.browser.post(first_material(someone), {"files": file(png(), "照片.png")})
    number = files(session)[0].id
    stranger = Browser(log_in(make_user(Role.OFFICER, "jilin")))
    for ending in ("", "/picture"):
        assert stranger.get(f"/my/applications/materials/{number}{ending}", ok=False).status == 404
    for act in ("replace", "remove"):
        assert stranger.post(f"{someone.path}/files/{number}/{act}", {}, ok=False).status == 404


def row(name: str, number: str, **changes: Any) -> list[Any]:
    """One person of a roster."""
    given = {"education": "本科", "title": "中级", "experienced": "是", "full_time": "是", "since": None}
    return [name, number, *(given | changes).values()]


def roster_file(*rows: list[Any]) -> Any:
    """A filled template."""
    return file(write_sheet("花名册", HEADERS, rows), "花名册.xlsx")


def test_a_roster_is_imported_counted_and_paged(someone: Applicant, session: Session) -> None:
    page = someone.browser.get("/my/roster/")
    assert "还没有人员" in page.text
    rows = [row(f"员工{number}", id_number()) for number in range(51)]
    address = f"/my/roster/{someone.party.id}"
    look = someone.browser.post(address, {"file": roster_file(*rows), "mode": "merge"})
    assert "尚未导入" in look.text
    assert "专职人员数0 → 51 人" in look.text, "what the rules will read"
    assert "员工7" in look.text
    assert rows[0][1] not in look.response.text, "the number is not kept, not even until the second look"
    assert session.scalar(select(func.count()).select_from(StaffMember)) == 0
    page = look.send()
    assert "新增 51 人" in page.text
    assert "从事中小企业服务的专职人员数51 人" in page.text.replace("数 ", "数")
    assert "共 51 人" in page.text
    assert "员工50" not in page.text
    assert "员工50" in someone.browser.get(f"{address}?page=1").text
    assert "共 1 人" in someone.browser.get(f"{address}?q=员工50").text
    assert rows[0][1] not in page.text
    assert someone.application.facts["staff_full_time"] == 51
    page = someone.browser.post(address, {"file": roster_file(rows[0]), "mode": "replace"}).send()
    assert "移除 50 人" in page.text
    page.send("/remove")
    assert session.scalar(select(func.count()).select_from(StaffMember)) == 0


def test_rows_with_errors_come_back_in_a_table(someone: Applicant, session: Session) -> None:
    address = f"/my/roster/{someone.party.id}"
    bad = roster_file(row("张三", id_number()), row("李四", "123", education="小学"))
    page = someone.browser.post(address, {"file": bad, "mode": "merge"}, ok=False)
    assert page.status == 422
    assert "第 3 行“身份证号”：" in page.text
    assert "第 3 行“学历”：“小学”" in page.text
    assert page.doc is not None
    link = page.doc.xpath("//a[@download]/@href")[0]
    content = base64.b64decode(link.split("base64,")[1])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][-1] == HEADER.zh
    assert rows[1][-1] == ""
    assert "小学" in str(rows[2][-1])
    assert session.scalar(select(func.count()).select_from(StaffMember)) == 0
    other = someone.browser.post(address, {"file": file(), "mode": "merge"}, ok=False)
    assert "不是 xlsx 或 ods 表格" in other.text


def test_rosters_are_for_members_and_in_both_languages(
    someone: Applicant, make_user: MakeUser, log_in: LogIn
) -> None:
    address = f"/my/roster/{someone.party.id}"
    stranger = Browser(log_in(make_user(Role.OFFICER)))
    assert stranger.get(address, ok=False).status == 404
    assert stranger.post(address, {"file": roster_file(), "mode": "merge"}, ok=False).status == 404
    assert stranger.post(f"{address}/1/remove", {}, ok=False).status == 404
    assert "Head-counts" not in someone.browser.get(f"{address}?lang=en").text
    assert "Nobody yet" in someone.browser.get(address).text
    template = someone.browser.client.get("/my/roster/template.xlsx?lang=en")
    header = CalamineWorkbook.from_filelike(io.BytesIO(template.data)).get_sheet_by_index(0).to_python()[0]
    assert header == [column.title.en for column in roster_sheet.COLUMNS]
