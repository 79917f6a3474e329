"""Nothing typed or chosen is lost: the session ends, the network goes, another logs in, a file is refused."""

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Enter, Look, OpenAccount
from tests.e2e.person import Person
from tests.services.journey import PDF, Town

NAME = "上海申能专精企业服务有限公司"
DAY = "2017-09-15"
STREET = "浦东新区张江路 88 号 3 号楼"
LATER = "浦东新区科苑路 151 号"
STALE = "const now = Date.now; Date.now = () => now() + 10 * 60 * 1000"


def test_what_is_typed_and_chosen_survives(
    town: Town, open_account: OpenAccount, enter: Enter, look: Look, tmp_path: Path
) -> None:
    key = "shanghai/specialized"
    town.call(key, date.fromisoformat(DAY))
    first, party = town.applicant(key, f"{DAY}T08:00", name=NAME)
    second, _ = town.applicant(key, f"{DAY}T08:00", name="上海另一企业服务有限公司")
    account, other = open_account(first), open_account(second)
    person = enter(account, f"{DAY}T09:00")
    page = person.page
    form = f"/my/parties/{party}/edit"

    # The session ends within the minute: the site gives the page back, and it goes after the login in place.
    person.open(form)
    person.fill({"地址": STREET})
    page.context.clear_cookies()
    person.send("保存")
    log_in_over(page, account, look, person)
    person.sees(STREET)

    # Without a network nothing leaves the page, and a reload offers what was typed.
    person.open(form)
    page.context.set_offline(True)
    person.field("地址").press_sequentially(LATER)
    person.send("保存")
    person.sees("连不上本站")
    expect(person.field("地址")).to_have_value(re.compile(LATER))
    page.context.set_offline(False)
    person.faults.clear()  # the browser's own word on the network
    page.reload()
    person.sees("尚未提交的内容")
    look(person, "draft")
    page.get_by_role("button", name="恢复", exact=True).click()
    expect(person.field("地址")).to_have_value(re.compile(LATER))

    # A page that has stood for long asks first; somebody else's login does not send it.
    page.evaluate(STALE)
    page.context.clear_cookies()
    person.send("保存")
    log_in_over(page, other, look, person)
    person.sees("由另一账号打开")
    person.send("保存")
    person.sees("由另一账号打开")
    page.context.clear_cookies()
    person.send("保存")
    log_in_over(page, account, look, person)
    person.sees(LATER)
    person.open(form)
    person.sees_not("尚未提交的内容")

    files(person, tmp_path, look)


def log_in_over(page: Page, account: str, look: Look, person: Person) -> None:
    """By the dialog over the page."""
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("input[name=email]").fill(account)
    dialog.locator("input[type=password]").fill(PASSWORD)
    person.faults.clear()  # a refused post is reported as a failed load
    look(person, "log-in-again")
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(dialog).not_to_be_visible()
    page.wait_for_load_state()


def files(person: Person, folder: Path, look: Look) -> None:
    """Too large is told before it is sent; of several each goes by itself; one comes back to its item."""
    page = person.page
    person.menu("可以申报的项目")
    page.locator("#shanghai-specialized").get_by_role("button", name="开始申报").click()
    person.told("已建立申请草稿")
    case = page.url.rsplit("/", 1)[0]
    person.open(f"{case}/materials")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    large, good, wrong = folder / "过大.pdf", folder / "说明.pdf", folder / "程序.exe"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    good.write_bytes(PDF)
    wrong.write_bytes(b"MZ" + bytes(100))
    item = page.locator("section.material").nth(1)
    chosen = item.locator(".upload input[type=file]")
    chosen.set_input_files([large, good])
    person.sees("过大.pdf", "每个文件不超过 20 MB", where=item)
    item.get_by_role("button", name="上传", exact=True).click()
    assert sent == []
    chosen.set_input_files([good, wrong])
    item.get_by_role("button", name="上传", exact=True).click()
    expect(item.locator(".files")).to_contain_text("说明.pdf")
    person.sees("材料已上传", "程序.exe", where=item)
    assert len(sent) == 2
    expect(item).to_be_in_viewport()
    person.faults.clear()
    look(person, "refused-file")
    # Begun at two items at once, both arrive.
    places = [page.locator("section.material").nth(number) for number in (2, 3)]
    for place in places:
        place.locator(".upload input[type=file]").set_input_files(good)
    page.evaluate(
        """() => [...document.querySelectorAll("section.material .upload")]
          .filter((form) => form.querySelector("input[type=file]")?.files.length)
          .forEach((form) => form.requestSubmit())"""
    )
    for place in places:
        expect(place.locator(".files")).to_contain_text("说明.pdf")
        person.sees("材料已上传", where=place)
    assert len(sent) == 4
