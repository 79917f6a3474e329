"""The start page: search the register, what it holds, what is on notice, what is open, and the ways in."""

from __future__ import annotations

from flask import current_app, render_template

from core.services.base.paging import Wish
from core.services.public import notices, programs, register
from core.web.frame.pipeline import reading

FEW = 5
SIGN_UP = "account.sign_up"


def home() -> str:
    """The page."""
    w = reading()
    figures = register.in_force_by_program(w)
    return render_template(
        "public/home.html",
        programs=[(key, loaded, figures.get(key, 0)) for key, loaded in w.catalogue.programs.items()],
        total=sum(figures.values()),
        notices=notices.running(w, Wish(size=FEW)).rows,
        calls=[call for call in programs.calls(w) if call.open],
        rolling=programs.rolling(w),
        sign_up=SIGN_UP if SIGN_UP in current_app.view_functions else "security.login",
    )
