"""What is written about decisions that could not be issued, and about corrected ones."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.messaging.template import Sms, Template, message

DECIDING: dict[MessageEvent, Template] = {
    MessageEvent.DECISION_FALLEN: message(
        T("决定未能发出：{subject}", "Decision not issued: {subject}"),
        T(
            "{by}的决定“{act}”（{subject}）未能发出，没有产生任何效力。\n原因：{reason}\n请查看后重新作出决定。",
            "The decision of {by} ({act}; {subject}) could not be issued and has no effect.\n"
            "Reason: {reason}\nLook at the case and decide anew.",
        ),
    ),
    MessageEvent.DECISION_CORRECTED: message(
        T("更正通知：{program}（{track}）", "Correction: {program} ({track})"),
        T(
            "此前的办理有误，现予更正：{what}。\n更正理由：{reason}\n{effect}",
            "An earlier decision was mistaken and is corrected: {what}.\nReason: {reason}\n{effect}",
        ),
        Sms.IF_MOBILE,
    ),
}
