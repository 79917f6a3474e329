"""The decision on many: chosen by the line or by hand, looked at, then made, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.base.access import allowed
from core.services.base.bulk import BulkResult
from core.services.base.words import LONGEST_REASON, NOTHING_THERE
from core.services.base.work import DECISION_DELAY, Work
from core.services.calls.quotas import quota_used
from core.services.deciding import pending
from core.services.deciding.acts import OF_ACTION
from core.services.granting import decisions
from core.services.granting.decisions import PreviewRow
from core.services.review.rounds import Round, find, listed, parties_of
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame.language import tr
from core.web.frame.paging import asked, sent, ticked
from core.web.frame.pipeline import ask_to_correct, attempt, reading
from core.web.office.panels.progress import blueprint

KEEP, REJECT = "keep", "reject"
SAY_WHY = T(
    "所选申请有未办事项，请写明通过的理由",
    "something is left open in those that are ticked: write why they are approved",
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would happen to whom."""

    approved: Sequence[PreviewRow]
    refused: Sequence[tuple[PreviewRow, Sequence[T]]]
    """Ticked, but not to be approved now, with the reasons."""
    rest: Sequence[PreviewRow]


def _rows(w: Work, item: Round) -> list[PreviewRow]:
    """What can be decided on in the round by this user, ranked, with what stands against each."""
    ids = [
        row.id
        for row in listed(w, item, ApplicationState.UNDER_REVIEW)
        if allowed(w.actor, Act.APPLICATION_DECIDE, *row.place)
    ]
    return decisions.preview(w, ids)


def _places(item: Round, rows: Sequence[PreviewRow], used: int) -> int:
    """How many the quota leaves; all that can be approved where there is none."""
    free = sum(not row.blocked for row in rows)
    quota = item.call.quota if item.call is not None else None
    return free if quota is None else max(0, min(free, quota - used))


@blueprint.get("/<key>/decide")
def decide(key: str) -> str:
    """Whom to approve: the best of the ranking are ticked, as many as the quota leaves."""
    w = reading()
    item = find(w, key)
    return _choose(w, item, None)


def _choose(w: Work, item: Round, ticked: set[int] | None, form: PlainForm | None = None) -> str:
    everyone = _rows(w, item)
    rows = [row for row in everyone if not row.waits]
    used = quota_used(w, item.call.id) if item.call is not None else 0
    left = _places(item, rows, used)
    wish = asked("n", left)
    number = max(0, min(wish, len(rows)))
    taken, astride = decisions.top(rows, number)
    return render_template(
        "office/panels/decide.html",
        round=item,
        rows=rows,
        waiting=len(everyone) - len(rows),
        number=number,
        left=left,
        used=used,
        ticked=set(taken) if ticked is None else ticked,
        astride=set(astride),
        form=form or make_form(_specs(), bind=False),
    )


def _specs() -> tuple[Spec, ...]:
    options = (
        (KEEP, T("继续评审，暂不决定", "Keep under review")),
        (REJECT, T("不予认定", "Reject")),
    )
    return (
        Spec(
            "reason",
            T("通过的意见", "Remark on the approval"),
            FieldKind.AREA,
            required=False,
            longest=LONGEST_REASON,
        ),
        Spec(
            "rest",
            T("其余申请", "Remaining applications"),
            FieldKind.CHOICE,
            options=lambda: options,
            default=KEEP,
        ),
        Spec(
            "reject_reason",
            T(
                "不予认定的理由（选择不予认定时填写）",
                "Reason for the rejection (if the others are rejected)",
            ),
            FieldKind.AREA,
            required=False,
            longest=LONGEST_REASON,
        ),
    )


@blueprint.post("/<key>/decide/preview")
def decide_preview(key: str) -> ResponseReturnValue:
    """Exactly who gets what; nothing is changed."""
    w = reading()
    item = find(w, key)
    chosen = ticked()
    form = make_form(_specs())
    if not form.validate() or not _reasoned(form):
        return _choose(w, item, set(chosen), form), 422
    outlook = _outlook(w, item, chosen)
    if any(row.gaps for row in outlook.approved) and not form.values()["reason"]:
        form._fields["reason"].errors = [tr(SAY_WHY)]
        ask_to_correct()
        return _choose(w, item, set(chosen), form), 422
    return _look(w, item, outlook, form), 200


def _look(w: Work, item: Round, outlook: Outlook, form: PlainForm) -> str:
    values = form.values()
    letters = decisions.letters(w, [row.application_id for row in outlook.approved], Action.APPROVE)
    if values["rest"] == REJECT:
        letters |= decisions.letters(w, [row.application_id for row in outlook.rest], Action.REJECT)
    return render_template(
        "office/panels/decide_preview.html",
        round=item,
        outlook=outlook,
        form=form,
        values=values,
        letters=letters,
        delay=_delay(),
    )


def _outlook(w: Work, item: Round, chosen: Sequence[int]) -> Outlook:
    everyone = _rows(w, item)
    if set(chosen) - {row.application_id for row in everyone}:
        raise NotFound(NOTHING_THERE)
    # Ranked among themselves the ticked share the quota; nobody else takes a place.
    ticked = decisions.preview(w, chosen)
    ranked = {row.application_id: row for row in everyone}
    approved = [ranked[row.application_id] for row in ticked if row.approvable]
    refused = [
        (ranked[row.application_id], row.blocked or (decisions.NO_PLACE,))
        for row in ticked
        if not row.approvable
    ]
    rest = [row for row in everyone if row.application_id not in set(chosen) and not row.waits]
    return Outlook(approved, refused, rest)


def _reasoned(form: PlainForm) -> bool:
    """Whether a rejection has its reason."""
    field = form._fields["reject_reason"]
    good = form.values()["rest"] != REJECT or bool(field.data)
    if not good:
        field.errors = [*field.errors, tr(FILL_IN)]
        ask_to_correct()
    return good


@blueprint.post("/<key>/decide/confirm")
def decide_confirm(key: str) -> ResponseReturnValue:
    """Decide as the preview showed; what has changed since is left alone and told."""
    w = reading()
    item = find(w, key)
    approve, reject = ticked("approve"), ticked("reject")
    names = parties_of(w, item, approve + reject)
    if set(approve + reject) - names.keys():
        raise NotFound(NOTHING_THERE)
    form = make_form(_specs())
    if not form.validate() or (reject and not _reasoned(form)):
        return _choose(w, item, set(approve), form), 422
    versions = {number: sent(f"version-{number}") for number in approve + reject}
    values = form.values()
    done = attempt(
        "application.decide",
        lambda unit: (
            pending.decide_many(unit, approve, Action.APPROVE, values["reason"] or "", versions=versions),
            pending.decide_many(
                unit, reject, Action.REJECT, values["reject_reason"] or "", versions=versions
            ),
        ),
    )
    if done is None:
        return _choose(reading(), item, set(approve)), 422
    approved, rejected = done.value
    return render_template(
        "office/panels/decided.html",
        round=item,
        approved=_named(approved, names),
        rejected=_named(rejected, names),
        acts=(OF_ACTION[Action.APPROVE], OF_ACTION[Action.REJECT]),
        delay=_delay(),
    )


def _delay() -> int:
    """Minutes from a decision until it is issued."""
    return int(reading().operation(DECISION_DELAY))


def _named(results: Sequence[BulkResult], names: Mapping[int, str]) -> list[tuple[str, BulkResult]]:
    return [(names[item.application_id], item) for item in results]
