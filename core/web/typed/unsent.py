"""What was sent in vain is shown again: to be sent by the user who typed it, to be copied by anyone else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from core.rules.text import T
from core.web.frame.errors import page
from core.web.typed.owner import TOKEN, owner_of, page_owner

OF = "typed_on"
"""Carries the token of the page on which it was typed through further attempts."""
DRAFT, DONE = "draft", "typed_done"
"""Names what a browser keeps of a form until the register has it, and the cookie that says so."""
_OURS = (TOKEN, OF, DRAFT, "factor_code", "factor_asked")
_TICKED = "rowid"
_PASSWORD, _ONE_TIME_CODE = "password", "code"
_ACCOUNT = "account"
"""The pages that ask for a one-time code, beside those of the login; elsewhere a code is no secret."""
SHORT = 40
_CHOICE = re.compile(r"[a-z][a-z0-9_/-]*|[0-9]{1,3}|[0-9a-f]{32}")
"""What a form sends of itself: the key of a choice, a version, or the digest of what it began with."""
_KEY = re.compile(rf"[!-~]{{1,{SHORT}}}")
_HIDDEN = ("HiddenField", "SentField")
UNAUTHENTICATED, FORBIDDEN, BAD = 401, 403, 400

LOG_IN = T(
    "登录已失效，尚未提交。请在新窗口重新登录同一账号，再回到本页点“再次提交”。",
    "Your login has ended, and this was not sent. Log in again to the same account in a new window, then "
    "come back to this page and press “Send once more”.",
)
ANOTHER = T(
    "这些内容是在另一账号的页面上填写的，不能以当前账号提交。请复制保存，或换回原账号再提交。",
    "This was typed on a page of another account and cannot be sent by the one that is logged in now. Copy "
    "it, or log in to that account again.",
)
STOOD = T(
    "页面停留时间过长，尚未提交。请核对后再次提交。",
    "The page has stood too long, and this was not sent. Look it over and send it again.",
)


def typed() -> list[tuple[str, str]]:
    """(label, text) of what this request sent and a person may have typed; none where nothing was posted."""
    if request.method != "POST" or request.blueprint == "security":
        return []
    fields = [field for form in g.get("forms", ()) for field in form]
    labels = {field.name: str(field.label.text) for field in fields if field.type not in _HIDDEN}
    carried = {_TICKED, *(field.name for field in fields if field.type in _HIDDEN)}
    shown = []
    for name, text in _sent():
        # A hidden field carries keys, and on a second look also what was typed before the first.
        pattern = _KEY if name in carried else _CHOICE
        if text.strip() and (name in labels or not pattern.fullmatch(text)):
            shown.append((labels.get(name, ""), text))
    return shown


def _sent() -> Iterator[tuple[str, str]]:
    try:
        given = list(request.form.items(multi=True))
    except HTTPException:  # a body that is refused as a whole
        return
    for name, text in given:
        if name and name not in _OURS and not _is_secret(name):
            yield name, text


def _is_secret(name: str) -> bool:
    """Whether what was sent under this name is never shown nor sent again."""
    return _PASSWORD in name or (name == _ONE_TIME_CODE and request.blueprint == _ACCOUNT)


def _unsent(_error: CSRFError) -> ResponseReturnValue:
    """The page of a post whose token is of no use: of a session that ended, or of somebody else's page."""
    owner = owner_of(_token())
    if owner is None or request.blueprint == "security" or request.endpoint is None:
        return page(BAD, T("表单缺少校验信息或已过期", "The form has no valid token, or it has expired"))
    me = page_owner()
    if owner and not me:
        why, code = LOG_IN, UNAUTHENTICATED
    elif owner != me:
        why, code = ANOTHER, FORBIDDEN
    else:
        why, code = STOOD, BAD
    return held(why, code, owner=owner, sends=why is not ANOTHER, needs_login=why is LOG_IN)


def held(
    why: T,
    code: int,
    *,
    owner: str | None = None,
    sends: bool = True,
    needs_login: bool = False,
    needs: str = "",
) -> ResponseReturnValue:
    """The page of a post that was not let through: with all that it brought, and what is to be done first.

    `needs`: the page on which it is done, opened beside this one.
    """
    text = render_template(
        "typed/unsent.html",
        why=why,
        owner=owner if owner is not None else owner_of(_token()) or "",
        sends=sends,
        needs=url_for("security.login") if needs_login else needs,
        needs_login=needs_login,
        fields=fields_again(),
        files=files_again(),
        target=request.full_path.rstrip("?"),
    )
    return text, code


def fields_again() -> list[tuple[str, str]]:
    """What was sent, as hidden fields of a form that sends it once more."""
    return [(OF, _token()), *_sent()]


def files_again() -> list[str]:
    """The names of the files that were sent, which no page can send for a person."""
    return [file.filename for _, file in request.files.items(multi=True) if file.filename]


def _token() -> str:
    return request.form.get(OF) or request.form.get(TOKEN, "")


def note_done(response: Response) -> Response:
    """Tell the browser which draft it need keep no longer: the form was taken, or led on."""
    # What was refused is not read again: it may be too large to be read at all.
    if request.method != "POST" or response.status_code >= BAD:
        return response
    draft = request.form.get(DRAFT, "")
    if draft.isalnum() and len(draft) <= SHORT:
        response.set_cookie(DONE, draft, max_age=24 * 3600, samesite="Lax", secure=request.is_secure)
    return response


def init_app(app: Flask) -> None:
    """Answer a post that came too late with what it brought."""
    app.register_error_handler(CSRFError, _unsent)
    app.after_request(note_done)
    app.jinja_env.globals["typed"] = typed
