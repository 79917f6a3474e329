"""What is written about changes of a party's name, division or employer, and about its end."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.messaging.template import Template, on_status


def _change(subject: T, body: T) -> Template:
    return Template(subject, body, subject)


CHANGES: dict[MessageEvent, Template] = {
    MessageEvent.CHANGE_GRANTED: _change(
        T("已准予变更：{what}", "Change granted: {what}"),
        T(
            "您申请的变更自 {today} 起生效。\n{change}",
            "The change that you asked for holds from {today}.\n{change}",
        ),
    ),
    MessageEvent.CHANGE_REFUSED: _change(
        T("不予变更：{what}", "Change refused: {what}"),
        T(
            "您申请的变更未获准予，登记内容不变。\n{change}\n理由：{reason}",
            "The change that you asked for was refused; the register stays as it is.\n{change}\n"
            "Reason: {reason}",
        ),
    ),
    MessageEvent.CHANGE_REVOKED: _change(
        T("核准已撤销：{what}", "Acceptance withdrawn: {what}"),
        T(
            "认定机关已撤销下列核准，自 {today} 起不再据此受理新的申报。\n{change}\n理由：{reason}",
            "The authority has withdrawn this acceptance; from {today} nothing new is begun on it.\n"
            "{change}\nReason: {reason}",
        ),
    ),
    MessageEvent.CHANGE_ELSEWHERE: _change(
        T("主体变更：{organisation}", "A party has changed: {organisation}"),
        T(
            "“{program}”的主体“{organisation}”自 {today} 起变更：\n{change}\n监督、函件和待办事项随之调整。",
            "{organisation}, of {program}, has changed from {today}:\n{change}\n"
            "Supervision, letters and lists follow.",
        ),
    ),
    MessageEvent.PARTY_CORRECTED: _change(
        T("更正通知：{what}", "Correction: {what}"),
        T(
            "此前的办理有误，现予更正：{what}。\n更正理由：{reason}\n{effect}",
            "An earlier decision was mistaken and is corrected: {what}.\nReason: {reason}\n{effect}",
        ),
    ),
    MessageEvent.CEASED: on_status(
        T("认定终止：{program}（{track}）", "Accreditation ended: {program} ({track})"),
        T(
            "因主体终止（{what}），自 {ended_on} 起终止。认定不随合并、分立自动转移。",
            "ended as of {ended_on}, with its holder ({what}). A status does not pass to a successor by "
            "itself.",
        ),
    ),
}
