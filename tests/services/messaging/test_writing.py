"""Messages: every event has both texts, goes where it should, once, and says what it must."""

import ast
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.rules.text import T
from core.services.base.evidence import evidence_text, show
from core.services.base.work import SYSTEM
from core.services.messaging.texts.applications import TEMPLATES
from core.services.messaging.writing import EMAIL, SMS, compose, notify
from core.storage.models import AuditEvent, OutboxMessage
from core.storage.models.operations import MessageState
from core.storage.trail.persons import shown
from tests.services.mail import make_accreditation, make_member, make_party

AT = "2026-03-02T09:00"
FIGURES = {
    "first": "2025-01-01",
    "last": "2025-12-31",
    "figures": {"service_hours": 9.5, "enterprises_served": 12},
    "rule": {"zh": "服务时长不少于 12 小时", "en": "service hours at least 12"},
}
VALUES = {
    "reason": "服务成效材料缺第三季度 {原文}",
    "title": T("年度服务不足", "Too little service in the year"),
    "clause": "11(1)",
    "figures": FIGURES,
    "closes_on": date(2026, 3, 9),
    "deadline": date(2026, 4, 1),
    "due_on": date(2026, 1, 31),
    "outcome": T("成立", "upheld"),
    "kind": T("违法违规", "violation"),
    "starts_on": date(2026, 3, 2),
    "through": date(2028, 3, 1),
    "login": "zhang@firm.example",
    "link": "https://register.example/reset/abc",
    "minutes": 15,
    "what": T("密码", "password"),
    "network": "203.0.113.5",
    "until": moment("2026-03-02T09:15"),
    "cases": 7,
    "tasks": 3,
    "due": date(2026, 3, 9),
    "roles": [T("经办人", "Officer"), T("审计员", "Auditor")],
}


def sent_rows(session):
    return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


@pytest.mark.parametrize("event", TEMPLATES)
def test_every_event_names_the_same_values_in_both_languages_and_leaves_no_gap(event):
    template = TEMPLATES[event]
    assert template.names("zh") == template.names("en")
    known = {**dict.fromkeys(template.names("zh"), "值"), **VALUES, "party": "某公司"}
    known |= {"authority": "机关", "today": date(2026, 3, 2), "program": "项目"}
    for language in ("zh", "en"):
        for channel in (EMAIL, SMS):
            subject, body = compose(event, channel, language, known)
            assert subject
            assert body.strip()
            assert "None" not in body
            assert not [name for _, name, _, _ in Formatter().parse(subject) if name]


def test_every_event_can_be_written_with_the_values_it_names_and_a_missing_one_is_named(begin):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session)
        make_member(w.session, party, "li@firm.example", "en")
        status = make_accreditation(w.session, party)
        for event, template in TEMPLATES.items():
            given = {name: VALUES.get(name, "值") for name in template.needs}
            notify(w, event, key=event, accreditation_id=status.id, values=given)
            for missing in template.needs:
                values = {name: value for name, value in given.items() if name != missing}
                with pytest.raises(ValueError, match=f"{event} needs {missing} in its values"):
                    notify(w, event, key=f"{event}/2", accreditation_id=status.id, values=values)
        rows = sent_rows(w.session)
    assert {row.event for row in rows if row.channel == EMAIL and row.language == "en"} == set(TEMPLATES)


def test_every_call_in_the_services_names_an_event_and_gives_its_values():
    calls = list(calls_of_notify())
    assert calls
    for where, event, given, on_accreditation in calls:
        assert event in TEMPLATES, where
        needed = set(TEMPLATES[event].needs)
        if not on_accreditation:
            needed |= {"program", "track"} & TEMPLATES[event].names("zh")
        assert given is None or needed <= given, f"{where}: {event} needs {needed - (given or set())}"


def calls_of_notify():
    """Where `notify` is called with a literal event, and the names of literal values."""
    for path in sorted(Path("core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "notify"
            ):
                continue
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            values = named.get("values")
            plain = isinstance(values, ast.Dict) and None not in values.keys
            given = {key.value for key in values.keys} if plain else None
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "MessageEvent":
                    event = MessageEvent[part.attr]
                    yield f"{path}:{node.lineno}", event, given, "accreditation_id" in named


def test_an_unknown_event_and_a_message_to_nobody_are_refused(begin):
    with begin(SYSTEM, AT) as w:
        with pytest.raises(ValueError, match="there is no message for 'exit\\.proposd'"):
            notify(w, "exit.proposd", key="k", party_id=1, values={})
        with pytest.raises(ValueError, match="give a party, a user or an accreditation"):
            notify(w, "account.password_changed", key="k", values={})


def test_a_party_and_its_members_are_written_to_each_in_their_language_once(begin):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session)
        make_member(w.session, party, "Office@firm.example", "zh")
        make_member(w.session, party, "li@firm.example", "en")
        make_member(w.session, party, "gone@firm.example", active=False)
        values = {"program": "jilin", "track": "provider", "reason": "缺盖章页", "marked": ""}
        notify(w, "application.returned", key="application/7/returned/1", party_id=party.id, values=values)
        notify(w, "application.returned", key="application/7/returned/1", party_id=party.id, values=values)
        first, second = sent_rows(w.session)
    assert (first.channel, first.recipient, first.language) == (EMAIL, "office@firm.example", "zh")
    assert first.subject.startswith("申请退回补正：")
    assert "吉林市创新服务有限公司：" in first.body
    assert "补正要求：缺盖章页" in first.body
    assert "2026年3月2日" in first.body
    assert (second.recipient, second.language) == ("li@firm.example", "en")
    assert "What to correct: 缺盖章页" in second.body
    assert "2 March 2026" in second.body
    assert (first.key, second.key) == ("application/7/returned/1", "application/7/returned/1#2")


def test_a_message_of_two_transactions_at_once_is_written_once(begin):
    with begin(SYSTEM, AT) as w:
        party_id = make_party(w.session).id
    for _ in range(2):
        with begin(SYSTEM, AT) as w:
            notify(
                w,
                "application.submitted",
                key="once",
                party_id=party_id,
                values={"program": "x", "track": "y"},
            )
    with begin(SYSTEM, AT) as w:
        assert len(sent_rows(w.session)) == 1


def test_what_was_not_committed_was_not_written(begin):
    with begin(SYSTEM, AT) as w:
        party_id = make_party(w.session).id

    def fail() -> None:
        with begin(SYSTEM, AT) as w:
            notify(w, "account.verified", key="k", party_id=party_id, values={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with begin(SYSTEM, AT) as w:
        assert sent_rows(w.session) == []


@pytest.mark.parametrize(
    ("program", "track", "edition", "texts"),
    [("miit_volunteer", "workstation", "2023", 1), ("jilin", "provider", "interim", 0)],
)
def test_inclusion_is_told_by_text_message_where_the_procedure_asks_for_a_number(
    begin, program, track, edition, texts
):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session)
        status = make_accreditation(w.session, party, program, track, edition)
        notify(w, "application.accredited", key="k", accreditation_id=status.id, values={})
        short = [row for row in sent_rows(w.session) if row.channel == SMS]
    assert len(short) == texts
    for row in short:
        assert row.recipient == "13900001234"
        assert status.number in row.body
        assert "2026年12月31日" in row.body


def test_a_demanded_text_message_without_a_number_fails_for_a_person_to_see(begin):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session, mobile="")
        status = make_accreditation(w.session, party, "miit_volunteer", "workstation", "2023")
        notify(w, "application.included", key="k", accreditation_id=status.id, values={})
        mail, short = sent_rows(w.session)
    assert mail.state is MessageState.PENDING
    assert (short.channel, short.recipient, short.state) == (SMS, "", MessageState.FAILED)
    assert "no mobile number" in short.last_error


def test_a_party_without_any_address_fails_for_a_person_to_see(begin):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session, email="", mobile="")
        status = make_accreditation(w.session, party)
        notify(w, "expired", key="k", accreditation_id=status.id, values={})
        (row,) = sent_rows(w.session)
    assert (row.recipient, row.state) == ("", MessageState.FAILED)
    assert "no e-mail address or mobile number" in row.last_error


def test_a_party_with_nothing_but_a_number_is_told_by_text_message(begin):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session, email="")
        status = make_accreditation(w.session, party)
        notify(w, "expired", key="k", accreditation_id=status.id, values={})
        (row,) = sent_rows(w.session)
    assert (row.channel, row.recipient, row.state) == (SMS, "13900001234", MessageState.PENDING)


def test_a_proposed_exit_says_what_why_until_when_and_that_a_person_can_be_asked_for(begin):
    with begin(SYSTEM, AT) as w:
        status = make_accreditation(w.session, make_party(w.session))
        values = {"clause": "11(1)", "title": VALUES["title"], "figures": FIGURES}
        notify(w, "exit.proposed", key="k", accreditation_id=status.id, values=values)
        mail, short = sent_rows(w.session)
    for text in (
        "条款 11(1)：年度服务不足",
        "期间：2025年1月1日至2025年12月31日；服务时长：9.5 小时；服务企业数：12 家",
        "；规定：服务时长不少于 12 小时",
        "本通知发出之日后的第5个工作日",
        "由工作人员人工作出决定",
    ):
        assert text in mail.body
    assert short.channel == SMS
    assert "人工决定" in short.body


def test_a_user_is_written_to_at_the_users_address(begin, make_actor):
    officer = make_actor(Role.OFFICER)
    with begin(SYSTEM, AT) as w:
        notify(w, "account.locked", key="k", user_id=officer.user_id, values=VALUES)
        (row,) = sent_rows(w.session)
    assert row.user_id == officer.user_id
    assert row.recipient.startswith("officer-")
    assert "203.0.113.5" in row.body


def test_a_written_message_stands_in_the_audit_trail_without_its_content(begin, session):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session)
        notify(w, "account.verified", key="verified/1", party_id=party.id, values={})
    event = session.scalars(select(AuditEvent).where(AuditEvent.subject == "outbox_message")).one()
    assert event.changes["key"] == [None, "verified/1"]
    read = shown(session, [event])[event.id]
    assert (read["recipient"], read["body"]) == ([None, "o***@firm.example"], [None, "***"])
    assert "firm.example" not in str(event.changes)
    assert "核验" not in str(event.changes)


def test_line_breaks_in_a_value_do_not_break_the_subject():
    known = {"valid_through": "a\r\nBcc: all@firm.example"} | dict.fromkeys(
        TEMPLATES["expired"].names("zh"), "x"
    )
    known |= {
        "party": "p",
        "authority": "a",
        "today": "t",
        "outcome": "好\r\nBcc: x@y.example",
        "reason": "r",
    }
    subject, _ = compose("rectification.closed", EMAIL, "zh", {**known, "clause": "1"})
    assert subject == "整改审核结果：好 Bcc: x@y.example"


@pytest.mark.parametrize(
    ("evidence", "zh", "en"),
    [
        (
            {"finding": "violation", "established_on": "2026-02-01"},
            "查实事项：违法违规；查实日期：2026年2月1日",
            "Finding: ",
        ),
        (
            {"since": "2025-03-01", "months": 6},
            "起算日期：2025年3月1日；持续月数：6",
            "Since: 1 March 2025; Months elapsed: 6",
        ),
        (
            {"since": "2025-03-01", "months": 12, "authority_events_attended": 0},
            "参加主管部门组织活动次数：0 次；起算日期：2025年3月1日；持续月数：12",
            "Events of the competent department attended: 0; Since: 1 March 2025; Months elapsed: 12",
        ),
        (
            {"ordered_on": "2026-01-05", "deadline": "2026-02-04", "result": "none"},
            "责令整改日期：2026年1月5日；整改期限：2026年2月4日；整改结果：逾期未提交",
            "Rectification ordered on: 5 January 2026; Rectify by: 4 February 2026; "
            "Result of the rectification: none in time",
        ),
        (
            {"record": 41, "service_date": "2026-01-05"},
            "服务日期：2026年1月5日",
            "Service date: 5 January 2026",
        ),
        ({}, "", ""),
    ],
)
def test_evidence_reads_as_a_sentence(evidence, zh, en):
    told = evidence_text(evidence)
    assert told.zh.startswith(zh.split("：")[0])
    if evidence.get("finding") is None:
        assert (told.zh, told.en) == (zh, en)
    else:
        assert "查实日期：2026年2月1日" in told.zh
        assert "violation" not in told.zh


def test_values_are_shown_as_people_write_them():
    assert show(None, "zh") == "—"
    assert (show(True, "zh"), show(False, "en")) == ("是", "no")
    assert show([T("甲", "a"), 3], "zh") == "甲、3"
    assert show(["a", "b"], "en") == "a, b"
