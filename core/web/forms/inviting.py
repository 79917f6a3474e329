"""What every invitation to act for a party needs: an address to send it to, and where its link leads."""

from __future__ import annotations

from core.rules.text import T
from core.web.forms.fields import Spec
from core.web.frame.doors import outside

ADDRESS = Spec("address", T("电子邮箱或手机号码", "E-mail address or mobile number"), longest=200)


def link_start() -> str:
    """The address that an invitation's token goes behind."""
    return outside("invitations.page", link="-")[:-1]
