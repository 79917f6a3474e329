"""Pages that ask nothing of anybody: no database, no session, no template; in both languages at once."""

from __future__ import annotations

from html import escape

from core.rules.text import T

RETRY_SECONDS = 10
TOO_SLOW, TOO_LARGE, BROKEN, UNAVAILABLE = 408, 413, 500, 503

SLOW = (
    T("上传太慢，已中断", "The upload was too slow, and was ended"),
    T(
        "没有收到完整的内容，系统中没有任何更改。请返回后重试；文件较大时请先压缩，或换用更快的网络。",
        "Not everything arrived, and nothing was changed. Go back and try again; compress large files first, "
        "or use a faster network.",
    ),
)
LARGE = (
    T("提交的内容过大", "What was sent is too large"),
    T(
        "系统中没有任何更改。上传文件请先登录，每次最多 25 MB（投诉、异议连同附件最多 8 MB）；"
        "请返回后缩减内容再提交。",
        "Nothing was changed. Log in before you upload files, 25 MB at most at a time (a complaint or an "
        "objection with its files: 8 MB); go back, shorten what you send, and try again.",
    ),
)
FULL = (
    T("系统繁忙", "The site is busy"),
    T(
        "正在接收的内容太多，您的提交没有生效。请稍候片刻，返回后重试。",
        "Too much is being received at the moment, and nothing of yours was changed. Wait a moment, go back "
        "and try again.",
    ),
)
FAULT = (
    T("系统出现错误", "Something went wrong"),
    T("错误已记录，请稍后再试。", "The error has been recorded. Please try again later."),
)
AWAY = (
    T("系统暂时无法使用", "The site is not available for the moment"),
    T(
        "数据暂时无法读取，未完成的操作没有生效。系统会自动恢复，请稍候片刻再试。",
        "The data cannot be read at present, and nothing was half saved. The site comes back by itself: "
        "please try again in a moment.",
    ),
)

Headers = list[tuple[str, str]]


QUOTE = T("联系系统管理员时请提供编号", "When you ask the administrator, quote this number")


def static_page(code: int, text: tuple[T, T], number: str, form: str = "") -> tuple[Headers, bytes]:
    """The headers and the bytes of a page that says one thing, with the request's number and maybe a form."""
    title, advice = text
    parts = (
        f'<section lang="{lang}"><h1>{escape(heading)}</h1><p>{escape(words)}</p></section>'
        for lang, heading, words in (("zh-CN", title.zh, advice.zh), ("en", title.en, advice.en))
    )
    quote = f'{escape(QUOTE.zh)} · <span lang="en">{escape(QUOTE.en)}</span>'
    body = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{code} {escape(title.zh)}</title></head>"
        f"<body><main>{''.join(parts)}{form}"
        f"<p>{quote}: <code>{escape(number)}</code></p></main></body></html>"
    ).encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if code == UNAVAILABLE:
        headers.append(("Retry-After", str(RETRY_SECONDS)))
    return headers, body
