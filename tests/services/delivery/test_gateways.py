"""What the environment names as the way out of messages is understood, or refused with the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.services.delivery.gateways import MAIL_VARIABLE, SENDER_VARIABLE, gateways_from
from core.services.delivery.letters import ConfigurationError
from core.services.delivery.smtp import SmtpGateway
from core.services.messaging.writing import EMAIL


def mail(sender: str) -> SmtpGateway:
    named = {MAIL_VARIABLE: "smtp://mail.example:587", SENDER_VARIABLE: sender}
    gateway = gateways_from(named, Path())[EMAIL]
    assert isinstance(gateway, SmtpGateway)
    return gateway


@pytest.mark.parametrize(
    "sender",
    [
        "a@b.cn",
        "认定登记 <a@b.cn>",
        "认定登记 (系统) <a@b.cn>",
        '"认定, 登记" <a@b.cn>',
        "认定登记 <a@B.CN>",
    ],
)
def test_a_sender_is_one_address_with_or_without_a_name(sender: str) -> None:
    assert mail(sender).address == "a@b.cn"


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("a <a@b.cn>, c <c@d.cn>", "2 senders (a@b.cn, c@d.cn)"),
        ("a@b.cn; c@d.cn", "2 senders"),
        ("a@b.cn,c@d.cn,e@f.cn", "3 senders"),
        ("认定, 登记 <a@b.cn>", "a name with a comma in quotes"),
        ("a@b.cn c@d.cn", "must name the sender"),
        ("认定登记", "must name the sender"),
        ("", "must name the sender"),
    ],
)
def test_what_is_no_sender_is_refused_with_the_mend(sender: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        mail(sender)
    assert why in str(refused.value)
    assert SENDER_VARIABLE in str(refused.value)
    assert "<address@host>" in str(refused.value)
