"""A person at a browser window: finds things by what the page says, as a reader does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from core.domain.facts import ALL
from core.rules.terms import Fact, Kind

REQUIRED = "（必填）|(required)"


class Person:
    """One account in a window of its own."""

    def __init__(self, page: Page, email: str, password: str) -> None:
        self.page, self.email, self.password = page, email, password
        self.faults: list[str] = []
        page.set_default_timeout(6_000)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._hear(said.type, said.text))
        # A question before what cannot be undone is answered with yes.
        page.on("dialog", lambda dialog: dialog.accept())

    def _hear(self, kind: str, text: str) -> None:
        # A refused form answers 422, one that asks for the second factor 401: to a browser both have failed.
        if kind == "error" and not any(code in text for code in ("422", "401")):
            self.faults.append(f"{self.page.url}: {text}")

    def log_in(self) -> None:
        """By the form that everyone uses."""
        self.page.goto("/login")
        if self.page.locator("input[type=password]").count() == 0:
            return
        self.page.locator("input[name=email]").fill(self.email)
        self.page.locator("input[type=password]").fill(self.password)
        self.page.get_by_role("button", name=re.compile("^(登录|Log in)$")).click()
        expect(self.page.locator(".user-menu")).to_be_visible()

    def open(self, path: str) -> None:
        """Go to an address of the site."""
        self.page.goto(path)

    def menu(self, name: str) -> None:
        """Choose a line of the menu; that of the messages says how many are unread."""
        line = re.compile(rf"^{re.escape(name)}(\s*(未读|unread) \d+)?$")
        self.page.get_by_role("navigation").get_by_role("link", name=line).click()
        self.page.wait_for_load_state()

    def link(self, name: str) -> None:
        """Follow a link of the page."""
        self.page.locator("main").get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def field(self, label: str, where: Locator | None = None) -> Locator:
        """The input of that label; a required one is marked behind it."""
        scope = where if where is not None else self.page.locator("main")
        return scope.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(（必填）|\(required\))?\s*$"))

    def fill(self, fields: dict[str, Any], where: Locator | None = None) -> None:
        """Fill inputs by their labels: text, a choice by its words, boxes to tick as a list or as yes."""
        scope = where if where is not None else self.page.locator("main")
        for label, value in fields.items():
            if isinstance(value, list):
                group = scope.get_by_role("group", name=label)
                for choice in value:
                    group.get_by_label(choice, exact=True).check()
                continue
            field = self.field(label, scope)
            if isinstance(value, bool):
                field.set_checked(value)
            elif isinstance(value, Path):
                field.set_input_files(value)
            else:
                tag, role = field.evaluate("field => [field.tagName, field.getAttribute('role')]")
                if tag == "SELECT":
                    field.select_option(label=value)
                else:
                    field.fill(str(value))
                if role == "combobox":
                    scope.get_by_role("option").filter(has_text=value).first.click()

    def send(self, button: str) -> None:
        """Press the button of the page's form."""
        self.page.locator("main").get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_load_state()

    def step(self, title: str, fields: dict[str, Any] | None = None, *, where: Locator | None = None) -> None:
        """Take a step of the case: where it asks something, open it and fill it in first."""
        ahead = self.page.locator(".moves a.btn").filter(has_text=re.compile(rf"^\s*{re.escape(title)}\s*$"))
        if ahead.count():  # looked at on a page of its own first
            ahead.first.click()
            self.page.wait_for_load_state()
        form = self.offer(title, where)
        self.fill(fields or {}, form)
        form.get_by_role("button", name=title, exact=True).click()
        self.page.wait_for_load_state()

    def offer(self, title: str, where: Locator | None = None) -> Locator:
        """The form of the step of that title, opened where it is folded."""
        scope = where if where is not None else self.page.locator("main")
        button = self.page.locator("button[type=submit]").filter(
            has_text=re.compile(rf"^\s*{re.escape(title)}\s*$")
        )
        form = scope.locator("form").filter(has=button).first
        fold = form.locator("xpath=ancestor::details[1]")
        form.wait_for(state="attached")
        if fold.count() and fold.get_attribute("open") is None:
            fold.locator("summary").first.click()
        return form

    def mark(self, name: str, note: str, where: Locator) -> None:
        """Tick an item to correct, found in its folded group, and write a note on it."""
        box = where.get_by_role("checkbox", name=name, include_hidden=True)
        group = box.locator("xpath=ancestor::details[1]")
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        box.check()
        where.get_by_label(f"说明：{name}").fill(note)

    def facts(self, facts: dict[str, Any], where: Locator | None = None) -> None:
        """Fill in facts by their own labels."""
        scope = where if where is not None else self.page.locator("main")
        for name, value in facts.items():
            fact = ALL[name]
            if fact.kind is Kind.SET:
                self.fill({titled(fact): [dict(fact.choices)[item].zh for item in value]}, scope)
            elif value == "never":
                beside = self.field(titled(fact), scope).locator("xpath=../label")
                beside.get_by_role("checkbox").check()
            else:
                self.fill({titled(fact): worded(fact, value)}, scope)

    def asks(self, name: str) -> bool:
        """Whether the page asks for a fact, to be seen."""
        fact, main = ALL[name], self.page.locator("main")
        if fact.kind is Kind.SET:
            return main.get_by_role("group", name=titled(fact)).is_visible()
        field = self.field(titled(fact))
        return field.count() > 0 and field.is_visible()

    def section(self, title: str) -> Locator:
        """The card of that title."""
        heading = self.page.get_by_role("heading", name=title, exact=True)
        return self.page.locator("section.card").filter(has=heading).first

    def row(self, text: str, where: Locator | None = None) -> Locator:
        """The row of a table that says so."""
        scope = where if where is not None else self.page.locator("main")
        return scope.locator("tbody tr").filter(has_text=text).first

    def sees(self, *words: str, where: Locator | None = None) -> None:
        """Every word stands on the page (or in a part of it) where it can be seen."""
        scope = where if where is not None else self.page.locator("main")
        for word in words:
            expect(scope).to_contain_text(word, use_inner_text=True)

    def sees_not(self, *words: str, where: Locator | None = None) -> None:
        """None of the words stands there."""
        scope = where if where is not None else self.page.locator("main")
        for word in words:
            expect(scope).not_to_contain_text(word, use_inner_text=True)

    def judged(self, outcome: str, clauses: dict[str, str], title: str = "条件审查") -> None:
        """The verdict says so, and so do the named clauses."""
        verdict = self.section(title)
        expect(verdict.locator(".card-header .badge")).to_have_text(outcome)
        for clause, result in clauses.items():
            named = self.page.locator(".clause").filter(has_text=re.compile(rf"^{re.escape(clause)}$"))
            row = verdict.locator("tbody tr").filter(has=named).first
            expect(row.locator("td").last).to_have_text(result)

    def told(self, words: str) -> None:
        """The page says so above its content."""
        expect(self.page.locator(".alert").filter(has_text=words).first).to_be_visible()

    def all_english(self) -> None:
        """No Chinese stands on the page but names and other data, which are marked as such."""
        left = self.page.evaluate(
            """() => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const found = [];
              while (walker.nextNode()) {
                const node = walker.currentNode, host = node.parentElement;
                if (/[\u4e00-\u9fff]/.test(node.data) && !host.closest("[translate=no], script, textarea"))
                  found.push(node.data.trim());
              }
              return found;
            }"""
        )
        assert left == [], self.page.url


def titled(fact: Fact) -> str:
    """A fact as its input is labelled."""
    return fact.label.zh + (f"（{fact.unit.zh}）" if fact.unit.zh else "")


def worded(fact: Fact, value: Any) -> str:
    """A fact as its input takes it: a choice by its words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if fact.choices:
        return dict(fact.choices)[value].zh
    return str(value)
