"""What else happens to cases on the screens: other ways to the end, refusals, stale pages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.storage.models import Accreditation, Application, AuditEvent, Party
from tests.web.counter import Counter, MakeCounter, only

ENDING = {"liaocheng/comprehensive": "finding", "liaocheng/specialized": "proposal"}
"""Two ways to the end that `test_every_track` does not go."""


@pytest.mark.parametrize("key", ENDING)
def test_a_status_is_revoked(accredited: Callable[[str], Counter], session: Session, key: str) -> None:
    item = accredited(key)
    ENDS[ENDING[key]](item)
    assert only(session, Accreditation).state.value == "revoked"


def find(item: Counter) -> None:
    """A finding, established, proposes the exit; the party objects; two officers decide."""
    item.status().send("/do/open-finding", kind="judicial_penalty", reason="法院判决书")
    finding = item.status().parts("/do/decide-finding")[0]
    item.status().send("/do/decide-finding", finding, verdict="yes", reason="判决已生效")
    page = item.status()
    case = page.parts("/do/told-exit")[0]
    page.send("/do/told-exit", case, on=item.day.isoformat())
    item.status().send("/do/object-exit", case, reason="已提起上诉")
    tell_and_confirm(item)
    item.on(item.day + timedelta(days=1))
    assert "禁止申报" in item.status().text


def propose(item: Counter) -> None:
    """Proposed under a clause, dismissed, proposed again and confirmed, then appealed in vain."""
    clause = item.status().form("/do/propose-exit").inputs["propose-exit-clause"].value_options[1]
    item.status().send("/do/propose-exit", clause=clause, reason="第一次提出")
    case = item.status().parts("/do/dismiss-exit")[0]
    item.status().send("/do/dismiss-exit", case, reason="证据不足")
    item.status().send("/do/propose-exit", clause=clause, reason="补充证据后再次提出")
    tell_and_confirm(item)
    case = item.status().parts("/do/appeal-exit")[0]
    item.status().send("/do/appeal-exit", case, reason="不服决定")
    item.status("lead").send("/do/decide-appeal", case, verdict="no", reason="原决定依据充分")


def tell_and_confirm(item: Counter) -> None:
    """Record that the party was told, wait for its time to object to end, and confirm by two officers."""
    page = item.status()
    told = page.parts("/do/told-exit") if page.has("/do/told-exit") else []
    for case in told:
        item.status().send("/do/told-exit", case, on=item.day.isoformat())
    item.later(12)
    for who in ("officer", "second"):
        page = item.status(who)
        if page.has("/do/confirm-exit"):
            page.send("/do/confirm-exit", page.parts("/do/confirm-exit")[0], reason="情况属实")


ENDS = {"finding": find, "proposal": propose}


def test_a_refusal_keeps_what_was_typed_and_says_why(counter: MakeCounter) -> None:
    item = counter("liaocheng/comprehensive")
    item.call()
    item.file()
    page = item.case().send("/do/move-withdraw")
    assert "已撤回" in page.text
    item.file()
    page = item.at("officer").get(f"/admin/applications/{item.application}/facts")
    again = page.send(ok=False, satisfaction_pct="一百二", staff_full_time="3.5")
    assert again.status == 422
    assert again.doc is not None
    wrong = again.doc.xpath("//*[contains(@class, 'has-error')]//input/@name")
    assert sorted(wrong) == ["satisfaction_pct", "staff_full_time"]
    assert "一百二" in str(again.response.text)


def test_a_stale_page_decides_nothing(counter: MakeCounter, session: Session) -> None:
    item = counter("jilin/provider")
    item.file()
    stale = item.case()
    item.case().send("/do/move-submit")
    form, word = stale.form("/do/move-submit"), "已与申请人电话核对，材料齐全。"
    refused = stale.browser.post(form.action, {**dict(form.form_values()), "remark": word}, ok=False)
    assert refused.status == 409
    assert word in str(refused.response.text), "what was typed is kept"
    actor = session.scalar(select(AuditEvent.actor).order_by(AuditEvent.id.desc()).limit(1))
    assert f"他人已先办理，您的操作没有生效（{actor}，" in refused.text
    assert only(session, Application).state.value == "submitted"


@pytest.mark.parametrize(("track", "offered"), [("shanghai/comprehensive", True), ("jilin/provider", False)])
def test_a_party_is_verified_only_where_the_programme_wants_it(
    counter: MakeCounter, session: Session, track: str, offered: bool
) -> None:
    item = counter(track)
    item.call()
    item.file()
    for party in session.scalars(select(Party)):
        party.verified_at = None
    session.commit()
    assert item.case().has("/do/verify-party") is offered
