"""What is written about claims: to whoever claims a party, and to those who act for it."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.messaging.template import Template


def _claim(subject: T, body: T) -> Template:
    return Template(subject, body, subject)


CLAIMS: dict[MessageEvent, Template] = {
    MessageEvent.CLAIM_WANTED: _claim(
        T("请提交证明材料，认领“{organisation}”", "Claim {organisation}, with proof"),
        T(
            "认定机关已为“{organisation}”登记认定事项，而您登记该主体后尚未经核验。自 {today} 起，"
            "须由认定机关核实后方可继续代其办理。\n请登录系统，在“主体资料与成员”中的认领申请里提交授权书、证照等证明材料；"
            "您已填写的资料和草稿均予保留。",
            "The authority has entered a status of {organisation}, which you registered and nobody has "
            "verified so far. From {today} you act for it again once the authority has looked into that.\n"
            "Log in and hand in a letter of authorisation or the licence with the claim under “Data and "
            "members”; what you filled in and drafted is kept.",
        ),
    ),
    MessageEvent.CLAIM_MADE: _claim(
        T("有人申请认领“{organisation}”", "Somebody claims {organisation}"),
        T(
            "{claimant}（{login}）向认定机关提交证明材料，申请代表“{organisation}”办理业务。\n"
            "您有异议的，请在 {day} 前（含当日）登录系统，在“成员”页提出；没有异议的，无须办理，"
            "也可以直接邀请对方。认定机关将核实后决定。",
            "{claimant} ({login}) has handed in proof and asks the authority to act for {organisation}.\n"
            "If you object, log in and say so under “Members” through {day}; if not, you need do nothing, or "
            "may invite them. The authority looks into it and decides.",
        ),
    ),
    MessageEvent.CLAIM_ACCEPTED: _claim(
        T("您可以代表“{organisation}”办理业务", "You act for {organisation} now"),
        T(
            "您对“{organisation}”的认领已获同意，自 {today} 起您是其主要联系人。\n{reason}",
            "Your claim of {organisation} was accepted; from {today} you are its main contact.\n{reason}",
        ),
    ),
    MessageEvent.CLAIM_REFUSED: _claim(
        T("未同意认领“{organisation}”", "Your claim of {organisation} was refused"),
        T(
            "您对“{organisation}”的认领未获同意。\n理由：{reason}\n可补充证明材料后重新提出。",
            "Your claim of {organisation} was refused.\nReason: {reason}\n"
            "You may make it again, with other proof.",
        ),
    ),
    MessageEvent.CLAIM_CLOSED: _claim(
        T("认领已办结：{organisation}", "A claim was settled: {organisation}"),
        T(
            "{claimant} 对“{organisation}”的认领已办结：{outcome}。",
            "The claim of {organisation} by {claimant} was settled: {outcome}.",
        ),
    ),
}
