"""Several recommendations at once: first exactly who, then done, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from core.rules.text import T
from core.services.base.work import Work
from core.services.review import recommendations, recommenders_queue
from core.services.review.recommendations import Recommended
from core.services.review.recommenders_queue import Previewed
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading
from core.web.recommending.queue import blueprint, narrow

OPINION = Spec("opinion", T("推荐意见", "Opinion"), FieldKind.AREA, longest=recommendations.LONGEST_OPINION)


BASIS = T("核实依据（如何核实）", "What the measurement rests on")
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one application."""

    row: Previewed
    why_not: T | None


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """Who would be recommended, who not and why; nothing is changed."""
    w = reading()
    ids = _all_eligible(w) if request.form.get("all") == "eligible" else _ids()
    if not ids:
        return redirect(url_for(".index", none="1"), 303)
    return _show(w, ids), 200


@blueprint.post("/recommend")
def confirm() -> ResponseReturnValue:
    """Recommend those that the preview showed; the result stands application by application."""
    ids = _ids()
    w = reading()
    rows = recommenders_queue.preview(w, ids, as_claimed=_as_claimed())
    form = make_form(_specs(rows))
    if not form.validate() or not ids:
        return _show(w, ids, form), 422
    items = [_item(row, form.values()) for row in rows]
    names = {row.application.id: row for row in rows}
    done = attempt(
        "application.recommend", lambda unit: recommendations.bulk_recommend(unit, items), form=form
    )
    if done is None:
        return _show(reading(), ids, form), 422
    results = [Outcome(names[item.application_id], item.why_not) for item in done.value]
    return render_template("recommending/result.html", results=results), 200


def _specs(rows: Sequence[Previewed]) -> list[Spec]:
    """The opinion, which is one for all, and for each what its measurement rests on."""
    asked = [OPINION]
    for row in rows:
        if not _confirms(row):
            continue
        number = row.application.id
        asked += [
            Spec(f"{item.name}_{number}", item.label, FieldKind.AREA, longest=LONGEST_TEXT)
            for item in row.to_write
        ]
        asked.append(Spec(f"basis_{number}", BASIS, FieldKind.AREA, longest=recommendations.LONGEST_NOTE))
    return asked


def _confirms(row: Previewed) -> bool:
    """Whether something is measured of it on the preview."""
    return _as_claimed() and not row.blocked and bool(row.as_claimed or row.to_write)


def _item(row: Previewed, given: Mapping[str, Any]) -> Recommended:
    number = row.application.id
    measured: dict[str, object] = {}
    if _confirms(row):
        measured = row.as_claimed | {item.name: given.get(f"{item.name}_{number}") for item in row.to_write}
    return Recommended(
        number,
        given["opinion"],
        measured,
        given.get(f"basis_{number}") or "",
        paging.sent(f"version-{number}"),
    )


def _show(w: Work, ids: list[int], form: PlainForm | None = None) -> str:
    rows = recommenders_queue.preview(w, ids, as_claimed=_as_claimed())
    form = form or make_form(_specs(rows), bind=False)
    return render_template(
        "recommending/preview.html",
        ready=[row for row in rows if not row.blocked],
        refused=[row for row in rows if row.blocked],
        effects=recommenders_queue.quota_effects(w, rows),
        as_claimed=_as_claimed(),
        unmeasured=any(not item.measured for row in rows for item in row.measures),
        form=form,
        asked={row.application.id: _fields(row, form) for row in rows},
    )


def _fields(row: Previewed, form: PlainForm) -> list[Field]:
    """The inputs that are about one application."""
    return [field for field in form if field.name.endswith(f"_{row.application.id}")]


def _as_claimed() -> bool:
    return request.form.get("as_claimed") == "yes"


def _ids() -> list[int]:
    """The ticked rows, in one order for everyone: two who act at once then wait for each other."""
    return sorted(paging.ticked())[: recommenders_queue.MOST_AT_ONCE]


def _all_eligible(w: Work) -> list[int]:
    """Everything under the filters that has nothing against it and whose time is not over."""
    rows = recommenders_queue.describe(w, recommenders_queue.first_of(w, narrow()))
    return sorted(row.application.id for row in rows if row.fit and row.closed is None)
