"""An even assignment: first who would get what, then exactly that."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.errors import NotFound
from core.rules.text import T
from core.services.base.bulk import BulkResult
from core.services.base.words import NOTHING_THERE
from core.services.review import panels
from core.services.review.rounds import find, listed
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame.language import tr
from core.web.frame.paging import number_of
from core.web.frame.pipeline import ask_to_correct, attempt, reading
from core.web.office.panels.progress import blueprint

USUAL, FEWEST, MOST_EACH = 3, 1, 15


@blueprint.route("/<key>/assign", methods=["GET", "POST"])
def assign(key: str) -> ResponseReturnValue:
    """Choose the reviewers and how many an application gets; then the plan, which changes nothing."""
    w = reading()
    item = find(w, key)
    applications = list(listed(w, item, *panels.IN_REVIEW))
    people = panels.candidates(w, item.program)
    form = make_form(_specs(people))
    planned: panels.Plan | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and _few(form):
            values = form.values()
            reviewers = [int(number) for number in values["reviewers"]]
            planned = panels.plan(w, applications, reviewers, values["per_application"])
            status = 200
    page = render_template(
        "office/panels/assign.html",
        round=item,
        form=form,
        plan=planned,
        waiting=len(applications),
        names={person.user_id: person.name for person in people},
    )
    return page, status


def _specs(people: list[panels.Candidate]) -> tuple[Spec, ...]:
    shown = [
        (
            str(person.user_id),
            T(f"{person.name}（在评 {person.open} 件）", f"{person.name} ({person.open} open)"),
        )
        for person in people
    ]
    return (
        Spec(
            "per_application",
            T("每件申请的专家数", "Reviewers for each application"),
            FieldKind.INTEGER,
            default=USUAL,
            unit="人",
        ),
        Spec(
            "reviewers",
            T("参加评审的专家", "Reviewers who take part"),
            FieldKind.CHECKS,
            options=lambda: shown,
        ),
    )


def _few(form: PlainForm) -> bool:
    field: Any = form._fields["per_application"]
    good: bool = FEWEST <= field.data <= MOST_EACH
    if not good:
        told = T(f"请填写 {FEWEST} 至 {MOST_EACH}", f"give {FEWEST} to {MOST_EACH}")
        field.errors = [*field.errors, tr(told)]
        ask_to_correct()
    return good


@blueprint.post("/<key>/assigned")
def give(key: str) -> ResponseReturnValue:
    """Give exactly what the plan showed; what is not possible any more is told one by one."""
    w = reading()
    item = find(w, key)
    known = {row.id: row.party.name for row in listed(w, item, *panels.IN_REVIEW)}
    pairs = [_pair(text) for text in request.form.getlist("give")]
    if any(application not in known for application, _ in pairs):
        raise NotFound(NOTHING_THERE)
    done = attempt("review.assign", lambda unit: panels.assign_planned(unit, pairs))
    if done is None or not pairs:
        return redirect(url_for(".assign", key=key), 303)
    results: list[BulkResult] = done.value
    return render_template(
        "office/panels/assigned.html",
        round=item,
        rows=[(known[result.application_id], result) for result in results],
        tasks=sum(1 for application, _ in pairs if _given(results, application)),
    )


def _given(results: list[BulkResult], application_id: int) -> bool:
    return any(item.application_id == application_id and item.why_not is None for item in results)


def _pair(text: str) -> tuple[int, int]:
    application, _, reviewer = text.partition(":")
    numbers = number_of(application), number_of(reviewer)
    if numbers[0] is None or numbers[1] is None:
        raise NotFound(NOTHING_THERE)
    return numbers[0], numbers[1]
