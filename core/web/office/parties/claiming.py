"""A claim at the authority: what the register knows beside what is claimed, the proof, and the answer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.rules.text import T
from core.services.claims import deciding, looking
from core.storage.models.changes import ClaimState
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("claiming", __name__, url_prefix="/admin/claims")

ACCEPT, REFUSE = "accept-", "refuse-"
ANSWER = reason(T("说明", "Note"), required=False, name="answer")
END_OTHERS = Spec(
    "end_others",
    T(
        "现有成员不再代表该主体，其发出的邀请一并失效",
        "Those who act for it now do so no more, and their invitations are void",
    ),
    FieldKind.FLAG,
    required=False,
)
WHY = reason(
    T("不同意认领的理由", "Why the claim is refused"),
    name="answer",
    hint=T("告知申请人", "The claimant is told"),
)


@blueprint.get("/<int:claim_id>")
def page(claim_id: int) -> ResponseReturnValue:
    """A claim."""
    return _show(claim_id)


def _show(claim_id: int, failed: dict[str, PlainForm] | None = None) -> ResponseReturnValue:
    forms = failed or {}
    item = looking.shown(reading(), claim_id)
    page = render_template(
        "office/claim.html",
        item=item,
        claim=item.claim,
        party=item.claim.party,
        accept_form=forms.get(ACCEPT) or make_form([ANSWER, END_OTHERS], prefix=ACCEPT, bind=False),
        refuse_form=forms.get(REFUSE) or make_form([WHY], prefix=REFUSE, bind=False),
    )
    return page, 422 if failed else 200


@blueprint.post("/<int:claim_id>/<any(accept,refuse):way>")
def decide(claim_id: int, way: str) -> ResponseReturnValue:
    """Accept or refuse it."""
    deciding.find(reading(), claim_id)
    accepted = way == "accept"
    prefix = ACCEPT if accepted else REFUSE
    form = make_form([ANSWER, END_OTHERS] if accepted else [WHY], prefix=prefix)
    if form.validate():
        values = form.values()
        done = attempt(
            "claim.decide",
            lambda w: deciding.decide(
                w,
                claim_id,
                accepted=accepted,
                answer=values["answer"] or "",
                end_others=bool(values.get("end_others")),
            ),
            done=(ClaimState.ACCEPTED if accepted else ClaimState.REFUSED).label,
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", claim_id=claim_id), 303)
    return _show(claim_id, {prefix: form})
