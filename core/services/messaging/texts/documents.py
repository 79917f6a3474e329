"""What is written to a party about its documents: redacted, restored, left as they are."""

from __future__ import annotations

from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.messaging.template import Template

DOCUMENTS: dict[MessageEvent, Template] = {
    MessageEvent.DOCUMENT_REDACTED: Template(
        T("材料已由遮盖副本替换：{document}", "Replaced by a redacted copy: {document}"),
        T(
            "您的材料“{document}”已由遮盖副本替换，原件已封存，今后查看的均为副本。\n原因：{kind}\n说明：{reason}\n"
            "已办理的事项不受影响。如有疑问，请与认定机关联系。",
            "Your document “{document}” was replaced by a redacted copy. The original is sealed, and whoever "
            "opens the document now sees the copy.\nWhy: {kind}\nDetails: {reason}\nWhat was decided is not "
            "affected. Please ask the authority if anything is unclear.",
        ),
        T(
            "您的材料“{document}”已由遮盖副本替换，请登录系统查看。",
            "Your document “{document}” was replaced by a redacted copy. Log in to read more.",
        ),
    ),
    MessageEvent.DOCUMENT_RESTORED: Template(
        T("材料已恢复原件：{document}", "The original is back: {document}"),
        T(
            "您的材料“{document}”此前由遮盖副本替换（{kind}），现已解除封存，恢复原件。\n说明：{reason}",
            "Your document “{document}” had been replaced by a redacted copy ({kind}). The seal was "
            "lifted, and the original is back.\nDetails: {reason}",
        ),
        T(
            "您的材料“{document}”已恢复原件，请登录系统查看。",
            "The original of your document “{document}” is back. Log in to read more.",
        ),
    ),
    MessageEvent.REDACTION_DECLINED: Template(
        T("未予遮盖：{document}", "Not redacted: {document}"),
        T(
            "您请求遮盖材料“{document}”，经核对不予遮盖，材料保持原样。\n理由：{reason}",
            "You asked to have your document “{document}” redacted. It stays as it is.\nReason: {reason}",
        ),
        T(
            "您请求遮盖的材料“{document}”保持原样，请登录系统查看理由。",
            "Your document “{document}” stays as it is. Log in to read why.",
        ),
    ),
}
