"""The facts of one's own application: asked under the clauses that read them, saved as one types."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from core.domain.clock import SHANGHAI
from core.domain.errors import DomainError, Invalid, NotAllowed, NotFound
from core.rules.phrases import SAVED
from core.rules.terms import Fact
from core.rules.text import T
from core.services.applications import facts
from core.services.applications.verdicts import Row
from core.services.base.work import Work
from core.services.profile.roster import COUNTS
from core.storage.models.applications import Provenance
from core.web.cases.fact_groups import Block, as_known, blocks_of, fact_form
from core.web.forms import fact_fields
from core.web.forms.fields import PlainForm
from core.web.frame.language import tr
from core.web.frame.pipeline import at_field, attempt, run
from core.web.portal.application.case import OwnCase, blueprint, own_case

WAS = "was-"
"""Before the name of a field: what the page showed, so that nobody else's change is overwritten."""
DEEPEST = 3
"""Levels of lists and objects in the value of a fact."""


@dataclass(frozen=True, slots=True)
class FormGroup:
    """What one clause asks: fields, what is fixed, what an officer judges, and the verdict as it stands."""

    key: str
    clause: str
    title: T
    blocks: Sequence[Block]
    fixed: Sequence[facts.Asked]
    judged: Sequence[Fact]
    rows: Sequence[Row]

    @property
    def counted(self) -> bool:
        """Whether it asks for a head-count that a roster would tell."""
        return any(field.name in COUNTS for _, _, fields in self.blocks for field in fields)


def editable(case: OwnCase) -> list[Fact]:
    """The facts that the party states: not judged, not its own data, and not known better by someone else."""
    return [item.fact for item in case.asked if _open(item)]


def _open(item: facts.Asked) -> bool:
    return (
        not item.fact.judged
        and item.fact.name not in facts.IDENTITY
        and item.provenance in (None, Provenance.CLAIMED)
    )


def groups(case: OwnCase, form: PlainForm) -> list[FormGroup]:
    """The form's groups, in the order of the text."""
    found = []
    for number, group in enumerate(case.grouped(case.asked), start=1):
        rows = [
            row for row in case.verdict.rows if (row.clause, row.title.zh) == (group.clause, group.title.zh)
        ]
        found.append(
            FormGroup(
                f"g{number}",
                group.clause,
                group.title,
                blocks_of(group.asked, form),
                [item for item in group.asked if not item.fact.judged and not _open(item)],
                [item.fact for item in group.asked if item.fact.judged],
                rows,
            )
        )
    return found


@blueprint.route("/<int:application_id>/facts", methods=["GET", "POST"])
def fill(application_id: int) -> ResponseReturnValue:
    """The form; sent whole, it saves what was changed on the page."""
    case = own_case(application_id)
    if not case.writable:
        return redirect(url_for(".page", application_id=case.id, _anchor="facts"), 303)
    asked = editable(case)
    form = fact_form(case, asked)
    was = {fact.name: as_known(case, fact.name) for fact in asked}
    status = 200
    if request.method == "POST":
        status = 422
        # A field that was not on the page says nothing.
        seen = _seen(asked)
        if form.validate():
            given = fact_fields.read(asked, form.values())
            changed = {
                name: value for name, value in given.items() if name in seen and not _same(value, seen[name])
            }
            done = attempt(
                "facts.save",
                lambda w: _save(w, application_id, changed, seen),
                done=SAVED,
                form=form,
            )
            if done is not None:
                then = request.form.get("then")
                target = ".materials_page" if then == "materials" else ".fill"
                return redirect(url_for(target, application_id=application_id), 303)
        # What is refused shows what holds now: to save it once more is to have seen it.
        was = {name: was[name] if form._fields[name].errors else seen.get(name, was[name]) for name in was}
    return render_template("portal/application/facts.html", **_context(case, form, was)), status


def _context(case: OwnCase, form: PlainForm, was: Mapping[str, object]) -> dict[str, Any]:
    return {
        "case": case,
        "item": case.application,
        "form": form,
        "groups": groups(case, form),
        "was": {name: json.dumps(value, ensure_ascii=False) for name, value in was.items()},
    }


@blueprint.post("/<int:application_id>/facts/<name>")
def save_fact(application_id: int, name: str) -> ResponseReturnValue:
    """Save one field as it is left; the answer is the field, and the verdicts that hang on it."""
    case = own_case(application_id)
    fact = next((fact for fact in editable(case) if fact.name == name), None)
    if fact is None or not case.writable:
        abort(409)
    form = fact_form(case, [fact])
    seen = _seen([fact]) or {name: as_known(case, name)}
    given = fact_fields.read([fact], form.values())
    saved = ""
    # Not the form's own check, which would leave a message for the next page.
    if Form.validate(form):
        try:
            with run("facts.save") as unit:
                _save(unit, application_id, given, seen)
                saved = unit.now.astimezone(SHANGHAI).strftime("%H:%M")
        except (NotAllowed, NotFound):
            raise
        except DomainError as error:
            why = error.errors.get(name, error.text) if isinstance(error, Invalid) else error.text
            form._fields[name].errors = [tr(at_field(name, why))]
    now = own_case(application_id)
    context = _context(now, form, {name: as_known(now, name)})
    page = render_template(
        "portal/application/facts_saved.html", **context, field=form._fields[name], saved=saved
    )
    return page, 200 if saved else 422


def _save(w: Work, application_id: int, given: Mapping[str, object], seen: Mapping[str, object]) -> None:
    facts.save_facts(w, application_id, given, Provenance.CLAIMED, seen=seen)


def _seen(asked: Sequence[Fact]) -> dict[str, object]:
    """What the page showed of each fact that was on it, as it was sent along."""
    found: dict[str, object] = {}
    for fact in asked:
        with suppress(KeyError, ValueError):
            found[fact.name] = _shown(request.form[WAS + fact.name])
    return found


def _shown(text: str) -> object:
    """A value as a page has written it; ValueError for what no page writes."""
    try:
        value: object = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not _within(value, DEEPEST):
        raise ValueError("nested too deeply")
    return value


def _within(value: object, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_within(item, levels - 1) for item in inner)


def _same(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return one == other
