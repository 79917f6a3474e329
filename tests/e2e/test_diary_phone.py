"""An expert with a telephone: every service is recorded on the spot, until the yearly duty is met."""

from datetime import date
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Enter, Look, OpenAccount, Site
from tests.e2e.person import Person
from tests.services.factory import uscc
from tests.services.journey import Town

KEY = "jilin/expert"
BEGIN = date(2025, 3, 3)
PHONE = {"width": 360, "height": 740}
MAKER = "吉林市江城精密机械有限公司"
FOOD = "吉林市松花湖食品有限公司"
TITLE = "专精特新培育现场诊断"
WIDTHS = (360, 1280)
FINGER = 24
"""The least height in px of what is tapped (WCAG 2.2, 2.5.8)."""


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A telephone's browser: narrow, with fingers."""
    touch = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    return browser_context_args | {"viewport": PHONE} | touch


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """A photo as a telephone takes it: held upright, with the place and the camera written into it."""
    path = tmp_path / "IMG_20250611.jpg"
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model], exif[Base.Orientation] = "Huawei", "Mate 60", 6
    exif[Base.DateTime] = "2025:06:11 09:30:00"
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (Fraction(43), Fraction(50), Fraction(16))
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (Fraction(126), Fraction(33), Fraction(1))
    picture = Image.new("RGB", (640, 480), (180, 170, 150))
    picture.paste((60, 90, 140), (60, 200, 300, 420))
    picture.save(path, "JPEG", exif=exif)
    with Image.open(path) as written:
        assert written.getexif().get_ifd(IFD.GPSInfo)
    return path


def test_an_expert_meets_the_duty_from_the_telephone(
    site: Site, town: Town, open_account: OpenAccount, enter: Enter, look: Look, shot: Path
) -> None:
    case = town.start(KEY, day=BEGIN, name="金雪梅").accredited()
    code = uscc()
    town.applicant("jilin/provider", "2025-03-03T09:00", name=MAKER, uscc=code)
    town.applicant("jilin/provider", "2025-03-03T09:00", name=FOOD)

    expert = enter(open_account(case.applicant), "2025-06-11T10:00")
    begin(expert, look)
    refused(expert, code, shot, look)
    sent_once(expert, look)
    photo_without_place(expert)
    nearly(expert, look)
    reached(expert, look)
    everywhere(expert, look)
    site.verify()


def tap(person: Person, name: str, role: str = "button") -> None:
    """Tap what is named so."""
    person.page.locator("main").get_by_role(role, name=name, exact=True).first.tap()  # type: ignore[arg-type]
    person.page.wait_for_load_state()


def enterprise(person: Person, number: int, found: str, *, name: str = "", code: str = "") -> Locator:
    """A row of the served enterprises, filled by a look-up; an empty one offers whom one served before."""
    main = person.page.locator("main")
    row = main.locator("[data-enterprise]").nth(number)
    if code:
        row.get_by_label("统一社会信用代码（可不填）").fill(code)
    else:
        row.get_by_label("企业名称").tap()
        row.get_by_label("企业名称").fill(name)
    option = row.get_by_role("option").filter(has_text=found)
    option.tap()
    expect(row.get_by_label("企业名称")).to_have_value(found)
    expect(option).to_be_hidden()
    return row


def begin(expert: Person, look: Look) -> None:
    """From the start page, which says what is missing, to the quick entry."""
    expert.sees("我的首页", "服务时长 0 / 12 小时，或 服务企业数 0 / 30 家")
    look(expert, "1-start", WIDTHS)
    tap(expert, "登记服务", "link")
    expert.sees("快速填报", "吉林")
    expect(expert.field("服务日期")).to_have_value("2025-06-11")


def refused(expert: Person, code: str, shot: Path, look: Look) -> None:
    """More hours than a day has: nothing is recorded, and nothing has to be typed again."""
    expert.fill({"服务名称": TITLE, "小时数": "25", "服务类别": "技术支持", "照片": shot})
    enterprise(expert, 0, MAKER, code=code[:12])
    enterprise(expert, 1, FOOD, name="松花湖")
    tap(expert, "再加一家")
    expert.page.locator("[data-enterprise]").nth(2).get_by_label("企业名称").fill("龙潭区老张豆腐坊")
    expert.page.locator("summary", has_text="参加人数、满意度").tap()
    expert.fill({"参加人数": "12", "满意度（%）": "96", "公益性服务": True})
    look(expert, "2-quick-entry", WIDTHS)
    tap(expert, "提交")
    expert.sees("且不超过 24", "请重新选择照片")
    expect(expert.field("小时数")).to_have_value("25")
    expect(expert.field("小时数")).to_be_focused()
    expect(expert.field("服务名称")).to_have_value(TITLE)
    expect(expert.field("服务类别")).to_have_value("technology")
    expect(expert.field("满意度（%）")).to_have_value("96")
    expect(expert.field("公益性服务")).to_be_checked()
    rows = expert.page.locator("[data-enterprise]")
    for number, name in enumerate((MAKER, FOOD, "龙潭区老张豆腐坊")):
        expect(rows.nth(number).get_by_label("企业名称")).to_have_value(name)
    expect(rows.first.get_by_label("统一社会信用代码（可不填）")).to_have_value(code)
    look(expert, "3-refused", WIDTHS)
    expert.fill({"小时数": "5", "照片": shot})
    expect(expert.page.locator("[data-previews] canvas")).to_be_visible()


def sent_once(expert: Person, look: Look) -> None:
    """An impatient thumb taps twice; it is one service, and the page says what is still missing."""
    button = expert.page.get_by_role("button", name="提交", exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= FINGER
    for _ in range(2):
        expert.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expert.told("服务记录已提交")
    expert.sees("尚未达标", "5 / 12 小时", "还差 7 小时", "3 / 30 家", "还差 27 家", TITLE, MAKER, FOOD)
    look(expert, "4-first", WIDTHS)
    tap(expert, "全部记录", "link")
    expert.sees("共 1 条", "照片 1 张")
    look(expert, "5-diary", WIDTHS)
    tap(expert, TITLE, "link")


def photo_without_place(expert: Person) -> None:
    """The picture stands upright, and tells neither where nor with what it was taken."""
    link = expert.page.locator(".photos a:has(img)")
    expect(link).to_have_count(1)
    answer = expert.page.context.request.get(str(link.get_attribute("href")))
    assert answer.ok
    with Image.open(BytesIO(answer.body())) as kept:
        assert kept.size == (480, 640)
        assert dict(kept.getexif()) == {}
        assert "exif" not in kept.info
    assert b"GPS" not in answer.body()
    assert b"Huawei" not in answer.body()


def nearly(expert: Person, look: Look) -> None:
    """A draft counts only when it is reported; whom one served before is offered at once."""
    tap(expert, "再填一条", "link")
    expert.fill({"服务名称": "政策宣讲", "小时数": "4", "服务日期": "2025-06-10", "服务方式": "线上"})
    enterprise(expert, 0, FOOD)
    tap(expert, "存为草稿")
    expert.told("草稿已保存，尚未计入")
    look(expert, "6-draft", WIDTHS)
    tap(expert, "提交")
    expert.sees("尚未达标", "9 / 12 小时", "还差 3 小时", "3 / 30 家")


def reached(expert: Person, look: Look) -> None:
    """The twelfth hour: the duty is met, and nothing is missing any more."""
    tap(expert, "再填一条", "link")
    expert.fill({"服务名称": "融资对接辅导", "小时数": "3"})
    tap(expert, "提交")
    expert.sees("已达标", "12 / 12 小时", "已完成")
    expert.sees_not("尚未达标", "还差")
    look(expert, "7-reached", WIDTHS)


def everywhere(expert: Person, look: Look) -> None:
    """The page of the accreditation and the start page say the same."""
    expert.page.get_by_role("button", name="菜单").tap()
    look(expert, "8-menu", (360,))
    expert.page.get_by_role("navigation").get_by_role("link", name="我的首页", exact=True).tap()
    expert.sees("现行有效的认定")
    expert.sees_not("服务时长")
    look(expert, "9-start", WIDTHS)
    expert.page.locator("section[aria-labelledby=held] .task-list a").tap()
    expert.sees("义务与进度", "已达标", "12 / 12 小时")
    expert.sees_not("还差")
    look(expert, "10-accreditation", WIDTHS)
