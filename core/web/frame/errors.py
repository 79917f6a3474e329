"""Error pages in both languages; what the domain refuses ends there when no form could show it."""

from __future__ import annotations

import structlog
from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from core.domain.errors import Conflict, DomainError, NotAllowed, NotFound, NotKept, TooMany
from core.logs import address
from core.rules.text import T
from core.services.base.words import NOTHING_THERE
from core.storage.processes.absence import tells_of_absence
from core.web.frame.bound import db
from core.web.front.numbered import NUMBER
from core.web.front.pages import QUOTE

log = structlog.get_logger(__name__)

PAGES: dict[int, tuple[T, T]] = {
    400: (
        T("请求无法处理", "The request could not be processed"),
        T("页面可能已过期，请返回后刷新再试。", "The page may have expired: go back, reload and try again."),
    ),
    403: (
        T("没有权限", "Not allowed"),
        T(
            "您的角色、项目或地区不包括此项内容；如有疑问请联系系统管理员。",
            "Your role, programme or region does not cover this. Ask the administrator if it should.",
        ),
    ),
    404: (
        T("没有找到", "Not found"),
        T(
            "没有这个页面或这条记录，或您无权查看。",
            "There is no such page or record, or you may not see it.",
        ),
    ),
    405: (
        T("不支持的操作", "Not supported"),
        T(
            "此地址不接受这种请求，请返回后重试。",
            "This address does not take such a request. Go back and try again.",
        ),
    ),
    409: (
        T("内容已被他人修改", "Changed by someone else"),
        T(
            "您的操作没有生效，请刷新后按最新内容办理。",
            "Nothing was overwritten. Reload and act on the present state.",
        ),
    ),
    413: (
        T("上传的文件过大", "The upload is too large"),
        T("请压缩或拆分后重新上传。", "Compress or split it, then upload again."),
    ),
    415: (
        T("不支持的内容类型", "This kind of content is not taken"),
        T("本站只接受网页表单提交的内容。", "This site takes what its own forms send, and nothing else."),
    ),
    422: (
        T("文件未接收", "The file was not taken"),
        T("没有保存任何内容，请返回后重新选择文件。", "Nothing was kept. Go back and choose another file."),
    ),
    429: (
        T("操作过于频繁", "Too many requests"),
        T("请稍候再试。", "Please wait a while and try again."),
    ),
    500: (
        T("系统出现错误", "Something went wrong"),
        T(
            "错误已记录，未保存的内容没有生效；请稍后再试。",
            "The error has been recorded and nothing was half saved. Please try again later.",
        ),
    ),
    503: (
        T("暂时无法保存", "Could not be kept"),
        T(
            "错误已记录；请返回上一页，稍后再次提交。",
            "The error has been recorded. Go back a page, and send it again in a while.",
        ),
    ),
}
OTHER = PAGES[400]
CODES: dict[type[DomainError], int] = {
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    NotKept: 503,
}


def page(code: int, detail: T | None = None) -> ResponseReturnValue:
    """The error page of a status code."""
    title, advice = PAGES.get(code, OTHER)
    wants_json = request.accept_mimetypes.best == "application/json"
    if wants_json:
        shown = detail or title
        return {"error": shown.to_json()}, code
    # What the domain says may be just what the page says.
    detail = None if detail in (advice, NOTHING_THERE) else detail
    said = {"heading": title, "advice": advice, "detail": detail, "quote": QUOTE}
    number = request.environ.get(NUMBER, "")
    return render_template("errors/page.html", code=code, number=number, **said), code


def init_app(app: Flask) -> None:
    """Answer every error with a page of ours."""

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> ResponseReturnValue:
        db.session.rollback()
        code = next((code for kind, code in CODES.items() if isinstance(error, kind)), 400)
        return page(code, error.text)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004  # a redirect
            return error
        answer = make_response(page(error.code))
        # What the answer is about beside its page: the methods that there are, when to try again.
        answer.headers.extend(item for item in error.get_headers() if item[0] != "Content-Type")
        return answer

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        if tells_of_absence(error):
            raise error
        log.error("request failed", path=address(request.path), method=request.method, exc_info=error)
        db.session.rollback()
        return page(500)
