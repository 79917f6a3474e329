"""What is written to whoever asked for a long export."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.messaging.template import Template

EXPORTS: dict[MessageEvent, Template] = {
    MessageEvent.EXPORT_DONE: Template(
        T("导出文件已生成：{title}", "Your export is ready: {title}"),
        T(
            "您要求导出的“{title}”已生成，请登录系统下载；文件保留至 {through}。",
            "{title} is ready: log in to download it. It is kept until {through}.",
        ),
        T("您要求导出的“{title}”已生成，请登录系统下载。", "{title} is ready: log in to download it."),
    ),
    MessageEvent.EXPORT_FAILED: Template(
        T("导出未成功：{title}", "Your export failed: {title}"),
        T(
            "您要求导出的“{title}”未能生成，请登录系统查看原因，或重新生成。",
            "{title} could not be made: log in to see why, or to have it made again.",
        ),
        T("您要求导出的“{title}”未能生成，请登录系统查看。", "{title} could not be made: log in to see why."),
    ),
}
