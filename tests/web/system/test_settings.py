"""Parameters and readings: found without a track, previewed before they are saved."""

from core.domain.roles import Role
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

NAME = "18(1).record_satisfaction_pct"


def test_a_parameter_is_found_without_its_track(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.LEAD, "hubei", "420000")))
    page = browser.get(f"/admin/parameters/hubei/{NAME}")
    assert "track=comprehensive" in browser.at
    assert "专业服务机构" in page.text, "the other track is one click away"
    assert browser.get("/admin/parameters/hubei/18(9).nothing", ok=False).status == 404


def test_a_change_is_previewed_and_not_saved(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.LEAD, "liaocheng", "371500")))
    address = "/admin/parameters/liaocheng/8(3).satisfaction_pct?track=comprehensive"
    page = browser.get(address).send(value="85", reason="提高要求", then="preview")
    assert "现有有效认定 0 项" in page.text
    assert "没有变更" in page.text, "nothing was saved"
    assert page.doc is not None
    assert page.doc.xpath("//input[@name='value']/@value") == ["85"], "what was typed stays"
    refused = browser.get(address).send(value="101", reason="提高要求", then="preview", ok=False)
    assert refused.status == 422
    assert any("100" in text for text in refused.complaints)
    no_condition = browser.get("/admin/parameters/liaocheng/20(1).ban_years?track=comprehensive")
    assert "不影响申报条件" in no_condition.send(value="4", reason="从严", then="preview").text
    english = browser.get(f"{address}&lang=en").send(value="85", reason="more", then="preview")
    assert "0 accreditations in force" in english.text


def test_a_reminder_is_set_as_the_registers_own(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.LEAD, "hubei", "420000")))
    listed = browser.get("/admin/parameters/?program=hubei").text
    assert "首次到期提醒（届满前天数）" in listed
    assert "同默认" in listed
    page = browser.get("/admin/parameters/hubei/15.first_reminder?track=specialized")
    assert "文本规定" not in page.text
    shown = page.send(value="120", reason="提早提醒", then="preview").text
    assert "现有有效认定 0 项，其中 0 项的提醒日尚未到" in shown
    refused = browser.get(browser.at).send(value="365", reason="提早提醒", then="preview", ok=False)
    assert any("364" in text for text in refused.complaints)
    saved = browser.get("/admin/parameters/hubei/15.first_reminder?track=specialized")
    assert "已保存" in saved.send(value="120", reason="提早提醒").text


def test_what_no_text_has_is_a_default(make_user: MakeUser, log_in: LogIn) -> None:
    page = Browser(log_in(make_user(Role.LEAD, "hubei", "420000"))).get("/admin/parameters/?program=hubei")
    assert page.doc is not None
    heads = {
        card.xpath("string(.//h2)"): card.xpath(".//th/text()")
        for card in page.doc.xpath("//div[@class='card'][.//table]")
    }
    assert {"文本规定", "默认"} & set(heads["运行设置"]) == {"默认"}
    assert all("文本规定" in head for name, head in heads.items() if name != "运行设置")


def test_an_officer_reads_and_does_not_preview(make_user: MakeUser, log_in: LogIn) -> None:
    officer = Browser(log_in(make_user(Role.OFFICER, "liaocheng", "371500")))
    page = officer.get("/admin/parameters/liaocheng/8(3).satisfaction_pct?track=comprehensive")
    assert "预览影响" not in page.text
    answer = officer.client.post(
        "/admin/parameters/liaocheng/8(3).satisfaction_pct?track=comprehensive",
        data={"value": "85", "then": "preview", "effective_on": "2026-01-01", "reason": "x"},
    )
    assert answer.status_code == 403


def test_a_programme_says_where_answers_to_its_mails_go(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.LEAD, "liaocheng", "371500")))
    assert "邮件注明请勿直接回复" in browser.get("/admin/parameters/?program=liaocheng").text
    address = "/admin/parameters/liaocheng/reply_to"
    refused = browser.get(address).send(value="办公室", reason="由办公室答复", ok=False)
    assert refused.status == 422
    assert any("电子邮箱" in text for text in refused.complaints)
    saved = browser.get(address).send(value="office@liaocheng.example", reason="由办公室答复")
    assert "office@liaocheng.example" in saved.text
    assert "office@liaocheng.example" in browser.get(address).text
    assert "邮件的回复地址" in browser.get("/admin/settings/").text
