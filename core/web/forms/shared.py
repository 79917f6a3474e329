"""Inputs that pages of several audiences have: whom an invitation goes to, and the year of a report."""

from __future__ import annotations

from flask import request

from core.domain.errors import Invalid, MalformedError
from core.domain.quantities import YEAR
from core.domain.reading import FIRST_YEAR, LAST_YEAR, whole
from core.rules.text import T
from core.web.forms.fields import FieldKind, PlainForm, Spec
from core.web.frame.doors import outside
from core.web.frame.pipeline import complain
from core.web.frame.show import current_day

ADDRESS = Spec("address", T("电子邮箱或手机号码", "E-mail address or mobile number"), longest=200)
YEAR_SPEC = Spec("year", T("年度", "Year"), FieldKind.INTEGER, default=lambda: current_day().year, unit=YEAR)


def link_start() -> str:
    """The address that an invitation's token goes behind."""
    return outside("invitations.page", link="-")[:-1]


def year_of(form: PlainForm) -> int | None:
    """The year that the request's address asks for; None where it is none, with the reason at its input."""
    try:
        return whole(request.args.get("year", ""), least=FIRST_YEAR, most=LAST_YEAR, unit=YEAR)
    except MalformedError as error:
        complain(Invalid({"year": error.text}), form)
        return None
