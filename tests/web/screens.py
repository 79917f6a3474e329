"""A browser for tests that knows only the page: forms are found, filled and sent as a person would."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from lxml import html


class Page:
    """One answer of the site."""

    def __init__(self, browser: Browser, response: Any) -> None:
        self.browser, self.response = browser, response
        self.status: int = response.status_code
        self.doc = html.fromstring(response.text) if response.mimetype == "text/html" else None

    @property
    def text(self) -> str:
        """What the page says, without its markup."""
        assert self.doc is not None
        return " ".join(self.doc.text_content().split())

    @property
    def complaints(self) -> list[str]:
        """The messages of a refusal, at fields and above the page."""
        assert self.doc is not None
        found = self.doc.xpath("//*[@role='alert']")
        return [" ".join(item.text_content().split()) for item in found]

    def forms(self) -> list[Any]:
        """The forms on the page."""
        assert self.doc is not None
        return list(self.doc.forms)

    def form(self, ending: str, part: str | None = None) -> Any:
        """The form whose address ends so (`part`: the one for that part of the case)."""
        assert self.doc is not None
        found = [
            form
            for form in self.doc.forms
            if urlsplit(form.action or "").path.endswith(ending)
            and (part is None or dict(form.form_values()).get("part") == part)
        ]
        offered = sorted({form.action or "" for form in self.doc.forms})
        assert found, f"no form {ending} {part or ''} on {self.browser.at}; there are {offered}"
        return found[0]

    def has(self, ending: str) -> bool:
        """Whether there is such a form."""
        assert self.doc is not None
        return any(urlsplit(form.action or "").path.endswith(ending) for form in self.doc.forms)

    def parts(self, ending: str) -> list[str]:
        """The parts of the case for which such a form is offered."""
        assert self.doc is not None
        forms = [form for form in self.doc.forms if urlsplit(form.action or "").path.endswith(ending)]
        return [dict(form.form_values())["part"] for form in forms]

    def send(self, ending: str = "", part: str | None = None, ok: bool = True, **fields: Any) -> Page:
        """Fill the form and send it; fields go by the ends of their names."""
        form = self.form(ending, part) if ending else self._main()
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for wish, value in fields.items():
            data[_named(form, wish)] = _sendable(value)
        return self.browser.post(form.action or self.browser.at, data, ok=ok)

    def _main(self) -> Any:
        assert self.doc is not None
        here = [form for form in self.doc.forms if form.action in (None, "") and form.method == "POST"]
        assert here, f"no form of its own on {self.browser.at}"
        return here[0]


def _named(form: Any, wish: str) -> str:
    names = [name for name in form.fields if name is not None]
    # A button that is pressed sends its own name.
    names += [name for name in dict.fromkeys(form.xpath(".//button/@name")) if name not in names]
    exact = [name for name in names if name == wish] or [name for name in names if name.endswith(f"-{wish}")]
    assert len(exact) == 1, f"{wish}: {exact or names}"
    return str(exact[0])


def _sendable(value: Any) -> Any:
    if isinstance(value, bytes):
        return (io.BytesIO(value), "材料.pdf")
    if isinstance(value, list | tuple) and value and isinstance(value[0], bytes):
        return (io.BytesIO(value[0]), value[1])
    return value if isinstance(value, list) else [str(value)]


class Browser:
    """One person at a screen."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.at = client, ""

    def get(self, path: str, *, ok: bool = True) -> Page:
        """Open a page."""
        response = self.client.get(path, follow_redirects=True)
        return self._arrived(response, ok)

    def post(self, path: str, data: Mapping[str, Any], *, ok: bool = True) -> Page:
        """Send a form."""
        flat = {
            name: value[0] if isinstance(value, list) and len(value) == 1 else value
            for name, value in data.items()
        }
        response = self.client.post(
            path, data=flat, content_type="multipart/form-data", follow_redirects=True
        )
        return self._arrived(response, ok)

    def _arrived(self, response: Any, ok: bool) -> Page:
        self.at = response.request.full_path.rstrip("?")
        page = Page(self, response)
        if ok:
            assert page.status == 200, f"{self.at}: {page.status} {page.complaints}"
            assert page.doc is None or not page.complaints, f"{self.at}: {page.complaints}"
        return page
