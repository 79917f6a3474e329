"""Former statuses by the screen: looked at first, taken in on a second look, and no more when sent again."""

import base64
import io

from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.services.files.sheets import read_sheet, write_sheet
from core.storage.models import Accreditation, TakenIn
from core.web.office import take_in
from tests.services.books import book
from tests.services.factory import uscc
from tests.services.journey import PDF
from tests.services.takein.tables import HEADERS, row
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser


def sent(*rows: list[object]) -> tuple[bytes, str]:
    return write_sheet("名录", HEADERS, rows), "旧名录.xlsx"


def test_tables_are_looked_at_and_taken_in(
    session: Session, make_user: MakeUser, log_in: LogIn, monkeypatch
) -> None:
    browser = Browser(log_in(make_user(Role.OFFICER, "hubei", "420000")))
    body = uscc()
    page = browser.get("/admin/take-in/")
    refused = page.send(
        "/admin/take-in/", statuses=sent(row(uscc=body), row(number="甲-2", uscc="1")), ok=False
    )
    assert refused.status == 422
    assert "第 3 行“统一社会信用代码”" in refused.text
    assert "确认导入" not in refused.text
    look = browser.get("/admin/take-in/").send("/admin/take-in/", statuses=sent(row(uscc=body)))
    assert "确认导入 1 项" in look.text
    assert "读入的值：既有认定" in look.text
    assert "鄂严选〔2023〕17号" in look.text
    assert body in look.text
    assert session.query(TakenIn).count() == 0, "a look takes nothing in"
    done = look.send("/admin/take-in/confirm")
    assert "已导入 1 项认定" in done.text
    held = session.query(Accreditation).one()
    assert "鄂严选〔2023〕17号" in browser.get(f"/admin/accreditations/{held.id}").text
    assert "自文件“旧名录.xlsx”第 2 行导入" in browser.get(f"/admin/accreditations/{held.id}").text
    assert "鄂严选〔2023〕17号" in browser.get("/verify?number=鄂严选〔2023〕17号").text
    page = browser.get(f"/admin/accreditations/{held.id}")
    assert "原证书、决定等材料" in page.text
    page = page.send("/documents", files=[PDF, "原证书.pdf"])
    assert "文件已保存" in page.text
    assert "原证书.pdf" in page.text
    refused = page.send("/documents", files=[b"MZ", "原证书.exe"], ok=False)
    assert any("不接受该类型" in text for text in refused.complaints)
    assert "请选择文件" in " ".join(page.send("/documents", ok=False).complaints)
    auditor = Browser(log_in(make_user(Role.AUDITOR)))
    seen = auditor.get(f"/admin/accreditations/{held.id}")
    assert "原证书.pdf" in seen.text
    assert not seen.has("/documents"), "who may not add is not offered it"
    browser.get(f"/admin/accreditations/{held.id}").send("/remove")
    assert "原证书.pdf" not in browser.get(f"/admin/accreditations/{held.id}").text
    again = browser.get("/admin/take-in/").send("/admin/take-in/", statuses=sent(row(uscc=body)))
    assert "没有要导入的内容" in again.text
    many = [row(number=f"乙-{number}", uscc=uscc()) for number in range(2)]
    monkeypatch.setattr(take_in, "MOST_SHOWN", 1)
    looked = browser.get("/admin/take-in/").send("/admin/take-in/", statuses=sent(row(uscc=body), *many))
    assert "另有 2 行，见下载的表格" in looked.text
    assert looked.doc is not None
    [(name, address)] = [
        (link.get("download"), link.get("href")) for link in looked.doc.xpath("//a[contains(., '各行结果')]")
    ]
    assert name == "既有认定-各行结果.xlsx"
    packed = io.BytesIO(base64.b64decode(address.partition(",")[2]))
    told = [(*cells[:2], cells[3]) for _, cells in read_sheet(name, packed)]
    assert told[1:] == [
        (2, "鄂严选〔2023〕17号", "已在册，一致"),
        (3, "乙-0", "将导入"),
        (4, "乙-1", "将导入"),
    ]
    monkeypatch.setattr(take_in, "MOST_ROWS", 1)
    assert (
        "accredit takein"
        in browser.get("/admin/take-in/").send("/admin/take-in/", statuses=sent(*many), ok=False).text
    )


def test_of_two_sheets_one_is_named_and_the_same_one_is_taken_in(
    session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    browser = Browser(log_in(make_user(Role.OFFICER, "hubei", "420000")))
    two = book(旧=[HEADERS, row(number="甲-1", uscc=uscc())], 新=[HEADERS, row(number="甲-2", uscc=uscc())])
    asked = browser.get("/admin/take-in/").send("/admin/take-in/", statuses=(two, "旧名录.xlsx"), ok=False)
    assert any("有几张工作表可以导入：旧、新" in text for text in asked.complaints)
    look = asked.send("/admin/take-in/", statuses=(two, "旧名录.xlsx"), statuses_sheet="新")
    assert "读取的是工作表“新”" in look.text
    look.send("/admin/take-in/confirm")
    assert session.query(Accreditation).one().number == "甲-2"


def test_who_did_not_look_does_not_take_in(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.OFFICER, "hubei", "420000")))
    assert "页面已过期" in browser.post("/admin/take-in/confirm", {"token": "made-up"}, ok=False).text
    other = Browser(log_in(make_user(Role.OFFICER, "jilin", "220200")))
    assert other.get("/admin/take-in/hubei/statuses.xlsx", ok=False).status == 404
    recommender = Browser(log_in(make_user(Role.RECOMMENDER, "hubei", "420000")))
    assert recommender.get("/admin/take-in/", ok=False).status in (403, 404)
