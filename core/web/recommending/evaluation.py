"""The evaluation form: what was measured beside what is claimed, and the recommender's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.domain.lifecycle.moves import Feature
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.terms import Fact
from core.rules.text import T
from core.services.applications import changes, facts
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.review import recommendations
from core.services.todo.waiting import tracks_with
from core.web.cases.application import ApplicationCase, load
from core.web.forms import fact_fields
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, seen_version, version_spec
from core.web.frame.pipeline import attempt, reading
from core.web.recommending.queue import blueprint

SAVE, RECOMMEND, DECLINE = "save", "recommend", "decline"
WISHES = (SAVE, RECOMMEND, DECLINE)
DONE = {
    SAVE: T("测评结果已保存，尚未推荐", "The measurements were saved; nothing is recommended yet"),
    RECOMMEND: T("已推荐", "Recommended"),
    DECLINE: T("已登记不予推荐", "Recorded as not recommended"),
}


@blueprint.route("/<int:application_id>", methods=["GET", "POST"])
def evaluate(application_id: int) -> ResponseReturnValue:
    """The form; after the word was given it shows what was measured."""
    w = reading()
    case = _case(w, application_id)
    comparison = case.comparison
    measured = {row.fact.name: row.measured for row in comparison.rows if row.measured is not None}
    wish = request.form.get("then", SAVE)
    note = next((row.note for row in comparison.rows if row.note), "")
    form = _form(case, measured, note, wish)
    if request.method == "POST" and wish in WISHES and form.validate() and _take(case, measured, wish, form):
        stays = wish == SAVE
        to = url_for(".evaluate", application_id=application_id) if stays else url_for(".index")
        return redirect(to, 303)
    page = render_template(
        "recommending/evaluation.html",
        case=case,
        item=case.application,
        form=form,
        comparison=comparison,
        demanded=[row for row in comparison.rows if row.required],
        others=_others(case),
        move=case.move(Action.RECOMMEND),
        waiting=case.state is ApplicationState.SUBMITTED,
        since=changes.changes_since(case.case) if case.application.return_reason else None,
    )
    return page, 422 if request.method == "POST" else 200


def _case(w: Work, application_id: int) -> ApplicationCase:
    """The case for who may recommend it; NotFound for all others."""
    case = load(w, application_id)
    known = (case.program, case.application.track) in tracks_with(w, Feature.RECOMMENDATION)
    if not known or not case.may(Act.APPLICATION_RECOMMEND) or case.state is ApplicationState.DRAFT:
        raise NotFound(NOTHING_THERE)
    return case


def _others(case: ApplicationCase) -> list[facts.Asked]:
    """Further claims that can be measured: what nobody has to judge, and what is not the party's own data."""
    if case.desk.rules.procedure.compliance:
        return []
    demanded = {fact.name for fact in case.to_measure_facts}
    claimed = case.application.facts.get(facts.FUNCTIONS) or ()
    return [
        item
        for item in case.asked
        if item.fact.name not in demanded
        and item.fact.name not in (*facts.IDENTITY, facts.FUNCTIONS)
        and not item.fact.judged
        and (not item.function or item.function in claimed)
    ]


def _facts(case: ApplicationCase) -> list[Fact]:
    return [*case.to_measure_facts, *(item.fact for item in _others(case))]


def _form(case: ApplicationCase, measured: dict[str, Any], note: str, wish: str) -> PlainForm:
    """The inputs; what must be measured is asked for only when it is recommended."""
    whole = wish == RECOMMEND
    asked: Sequence[Spec] = [
        *(_spoken(item) for item in fact_fields.specs(case.to_measure_facts, required=whole)),
        *fact_fields.specs([item.fact for item in _others(case)]),
        Spec(
            "note",
            T("测评说明", "How it was measured"),
            FieldKind.AREA,
            required=False,
            longest=recommendations.LONGEST_NOTE,
            hint=T(
                "实地走访、抽查、问卷等；随测评结果保存", "a visit, samples, a survey; kept with the figures"
            ),
        ),
        Spec(
            "opinion",
            T("推荐意见（不予推荐的，写明理由）", "Opinion, or the reason for declining"),
            FieldKind.AREA,
            required=wish != SAVE,
            longest=recommendations.LONGEST_OPINION,
        ),
        version_spec(case.application.version),
    ]
    return make_form(asked, data={"note": note, **fact_fields.start(_facts(case), measured)})


def _spoken(spec: Spec) -> Spec:
    """What is measured in words has room for them."""
    return replace(spec, kind=FieldKind.AREA) if spec.kind is FieldKind.TEXT else spec


def _take(case: ApplicationCase, before: dict[str, Any], wish: str, form: PlainForm) -> bool:
    values = form.values()
    known = _facts(case)
    given = fact_fields.read(known, values)
    # An empty input takes a measurement back; one that never was is none.
    changed = {name: value for name, value in given.items() if value is not None or name in before}
    note, opinion = values["note"] or "", values["opinion"] or ""
    seen = seen_version(values)

    def change(w: Work) -> object:
        if wish == SAVE:
            return recommendations.evaluate(w, case.id, changed, note, version=seen)
        if wish == RECOMMEND:
            return recommendations.recommend(w, case.id, changed, opinion, note=note, version=seen)
        if changed:
            recommendations.evaluate(w, case.id, changed, note, version=seen)
            return recommendations.decline(w, case.id, opinion)
        return recommendations.decline(w, case.id, opinion, version=seen)

    return attempt(f"application.{wish}", change, done=DONE[wish], form=form) is not None
