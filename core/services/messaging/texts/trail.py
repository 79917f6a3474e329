"""What is written to auditors: the anchor of the audit trail, to be kept outside of the register."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.messaging.template import Template

TRAIL: dict[MessageEvent, Template] = {
    MessageEvent.TRAIL_ANCHORED: Template(
        T("操作记录存证：第 {link} 环", "Anchor of the audit trail: link {link}"),
        T(
            "截至目前，操作记录共 {link} 环、{events} 条。请在本系统之外保存下面一行；今后可用 "
            "accredit verify --anchor 核对此前的记录是否被改动或删除：\n{line}",
            "The audit trail has {link} links with {events} events now. Keep the line below outside of the "
            "register: accredit verify --anchor tells by it whether anything before was changed or removed."
            "\n{line}",
        ),
        T("操作记录已存证至第 {link} 环。", "The audit trail is anchored up to link {link}."),
    ),
}
