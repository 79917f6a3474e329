"""What a message is made of, and the parts that many of them share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from core.rules.text import T

FILLED_IN = frozenset(
    {"party", "program", "track", "authority", "number", "valid_from", "valid_through"}
    | {"days", "today", "ended_on", "working_days", "until", "secret"}
)
"""Names that the caller need not give, except `program` and `track` where no accreditation is named."""


class Sms(StrEnum):
    """When a text message goes out beside the e-mail; without an e-mail address one always does."""

    NO = "no"
    IF_MOBILE = "if_mobile"
    IF_DEMANDED = "if_demanded"
    """Where the procedure asks for a mobile number; a missing number is shown as a failed message."""


@dataclass(frozen=True, slots=True)
class Template:
    """The texts of one event; `brief` is the text message."""

    subject: T
    body: T
    brief: T
    sms: Sms = Sms.NO

    def names(self, language: str) -> frozenset[str]:
        """Every name in braces of one language."""
        texts = (self.subject.get(language), self.body.get(language), self.brief.get(language))
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)

    @property
    def needs(self) -> frozenset[str]:
        """The values that the caller gives."""
        return (self.names("zh") | self.names("en")) - FILLED_IN


SECRET_MARK = "••••••"  # noqa: S105  # what stands in its place
"""Stands for a code or a link's token in what is kept; the sender puts the real one in its place."""
GREETING = T("{party}：\n\n", "To {party}:\n\n")
SIGNATURE = T("\n\n{authority}\n{today}\n", "\n\n{authority}\n{today}\n")
FOOTER = T(
    "（本邮件由系统发送，请勿直接回复；请登录系统办理。）\n",
    "(Sent by the register; please log in rather than reply.)\n",
)
ANSWERED_FOOTER = T(
    "（本邮件由系统发送；回复由主管部门查阅，办理事项请登录系统。）\n",
    "(Sent by the register; the authority reads answers. To act on it, please log in.)\n",
)
"""What only an e-mail says: it is added when one is sent, and stands in no inbox."""
REGISTER = T("认定登记系统", "The accreditation register")
UNTIL = T(
    "本通知发出之日后的第{number}个工作日",
    "working day {number} after the day on which this was sent",
)
"""The last day to object as long as the message is unsent; the sender puts the date in its place."""

_STATUS = T(
    "您的“{program}”（{track}，编号 {number}）", "Your accreditation under {program} ({track}, {number})"
)
_APPLICATION = T("您的“{program}”（{track}）申请", "Your application to {program} ({track}) ")


def message(subject: T, body: T, sms: Sms = Sms.NO) -> Template:
    """A message whose text message says the subject and where to read on."""
    brief = T(
        f"【{{program}}】{subject.zh}，请登录系统查看。", f"{{program}}: {subject.en}. Log in to read more."
    )
    return Template(subject, body, brief, sms)


def on_status(subject: T, body: T, sms: Sms = Sms.NO) -> Template:
    """A message on an accreditation; the body goes on from its name."""
    return message(subject, T(_STATUS.zh + body.zh, f"{_STATUS.en} {body.en}"), sms)


def on_application(done: T, body: T) -> Template:
    """A message on an application; the body goes on from its name."""
    subject = T(f"申请{done.zh}：{{program}}（{{track}}）", f"Application {done.en}: {{program}} ({{track}})")
    return message(subject, T(_APPLICATION.zh + body.zh, _APPLICATION.en + body.en))


def without_footer(body: str, language: str) -> str:
    """The text as an inbox shows it; letters of earlier versions were kept with the footer."""
    return body.removesuffix(FOOTER.get(language))


def with_footer(body: str, language: str, *, answered: bool = False) -> str:
    """The text as an e-mail says it, with the footer once; `answered` where a person reads answers."""
    footer = ANSWERED_FOOTER if answered else FOOTER
    return without_footer(body, language) + footer.get(language)
