"""What a job run did, in words."""

from __future__ import annotations

from typing import Any

from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.web.frame.language import tr
from core.web.frame.show import program_title

COUNTED = {
    "checked": T("检查的认定", "Accreditations checked"),
    "notices_closed": T("结束的公示", "Notices closed"),
    "calls_closed": T("关闭的申报通知", "Calls closed"),
    "sent": T("已发送", "Sent"),
    "retried": T("稍后重试", "To be tried again"),
    "failed": T("发送失败", "Sending failed"),
    "cleared": T("清理的导出文件", "Downloads cleared away"),
    "destroyed": T("删除的已销毁文件", "Destroyed files taken away"),
    "guesses": T("清理的输错记录", "Wrong guesses cleared away"),
    "access": T("清理的登录和查看记录", "Entries of logins and looks cleared away"),
    "messages": T("清理的账号消息", "Messages on accounts cleared away"),
    "erased": T("抹除的注销账号", "Accounts given up and erased"),
    "lists": T("拟定的销毁清单", "Lists of destruction drawn up"),
    "digests": T("发送的待办汇总", "Digests written"),
    "faults": T("发现的问题", "Faults"),
}
"""Figures that a job keeps, beside the events of the daily check."""
HELD = T("因批量撤销保护而暂停的退出", "Exits held by the brake on mass revocation")


def job_lines(counts: dict[str, Any]) -> list[tuple[str, str, int]]:
    """What a job did: (what, clause, how many), the figures first."""
    lines = [(tr(title), "", counts[name]) for name, title in COUNTED.items() if counts.get(name)]
    lines += [
        (f"{tr(HELD)} · {program_title(key)}", "", number) for key, number in counts.get("held", {}).items()
    ]
    for program, events in counts.get("counts", {}).items():
        for key, number in events.items():
            clause, _, kind = key.rpartition(" ")
            known = kind in EventKind.__members__.values()
            what = tr(EventKind(kind).label) if known else kind
            lines.append((f"{program_title(program)} · {what}", clause, number))
    return lines


def events_of(counts: dict[str, Any]) -> int:
    """How many events a daily check brought about."""
    return sum(number for events in counts.get("counts", {}).values() for number in events.values())
