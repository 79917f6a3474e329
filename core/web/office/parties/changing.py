"""Changes at the authority: a request and its answer, one made for a party, a new certificate."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.lifecycle.change_table import ChangeKind
from core.rules.text import T
from core.services.changes import certificates, deciding, requests
from core.services.changes.looking import shown
from core.services.deciding import correcting_parties, corrections
from core.services.people import party_file
from core.services.people.vouched import formers
from core.web.forms import changing
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("changing", __name__, url_prefix="/admin/changing")

GRANT, REFUSE, REVOKE, CORRECT = "grant-", "refuse-", "revoke-", "correct-"
ANSWER = reason(T("说明", "Note"), required=False, name="answer")
WHY = reason(
    T("不予变更的理由", "Why it is refused"), name="answer", hint=T("告知当事人", "The party is told")
)
REVOKED = reason(
    T("撤销核准的理由", "Why the acceptance is withdrawn"), hint=T("告知当事人", "The party is told")
)
MISTAKEN = reason(T("更正理由", "Why it is corrected"), hint=T("告知当事人", "The party is told"))
ANEW = Spec(
    "new_certificates",
    T(
        "同时换发证书（编号不变，载明新的名称和日期）",
        "Issue certificates anew (same number, new name and date)",
    ),
    FieldKind.FLAG,
    required=False,
    default=True,
)


@blueprint.get("/<int:request_id>")
def page(request_id: int) -> ResponseReturnValue:
    """A request."""
    return _show(request_id)


def _show(request_id: int, failed: dict[str, PlainForm] | None = None) -> ResponseReturnValue:
    w = reading()
    (item,) = shown(w, [requests.find(w, request_id)])
    forms = failed or {}
    page = render_template(
        "office/change.html",
        item=item,
        asked=item.request,
        party=item.request.party,
        advice=changing.ADVICE[item.request.kind],
        formers=formers(w, [item.request.party_id]).get(item.request.party_id, ()),
        grant_form=forms.get(GRANT) or make_form(_grant_specs(item.request.kind), prefix=GRANT, bind=False),
        revoke_form=forms.get(REVOKE) or make_form([REVOKED], prefix=REVOKE, bind=False),
        correct_form=forms.get(CORRECT) or make_form([MISTAKEN], prefix=CORRECT, bind=False),
        corrections=corrections.of_request(w, request_id),
        refuse_form=forms.get(REFUSE) or make_form([WHY], prefix=REFUSE, bind=False),
    )
    return page, 422 if failed else 200


def _grant_specs(kind: ChangeKind) -> list[Spec]:
    return [ANSWER, ANEW] if kind is ChangeKind.DETAILS else [ANSWER]


@blueprint.post("/<int:request_id>/<any(grant,refuse):way>")
def decide(request_id: int, way: str) -> ResponseReturnValue:
    """Grant or refuse it."""
    found = requests.find(reading(), request_id)
    granted = way == "grant"
    prefix = GRANT if granted else REFUSE
    form = make_form(_grant_specs(found.kind) if granted else [WHY], prefix=prefix)
    if not form.validate():
        return _show(request_id, {prefix: form})
    values = form.values()
    done = attempt(
        "change.decide",
        lambda w: deciding.decide(
            w,
            request_id,
            granted=granted,
            answer=values["answer"] or "",
            new_certificates=bool(values.get("new_certificates")),
        ),
        done=T("已准予变更", "Change granted") if granted else T("未准变更", "Change refused"),
        form=form,
    )
    if done is None:
        return _show(request_id, {prefix: form})
    return redirect(url_for(".page", request_id=request_id), 303)


@blueprint.post("/<int:request_id>/revoke")
def revoke(request_id: int) -> ResponseReturnValue:
    """Withdraw the acceptance of a code."""
    form = make_form([REVOKED], prefix=REVOKE)
    if form.validate():
        done = attempt(
            "change.revoke",
            lambda w: deciding.revoke(w, request_id, form.values()["reason"]),
            done=T("核准已撤销", "The acceptance was withdrawn"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", request_id=request_id), 303)
    return _show(request_id, {REVOKE: form})


@blueprint.post("/<int:request_id>/correct")
def correct(request_id: int) -> ResponseReturnValue:
    """Let a party go on that ended by mistake."""
    form = make_form([MISTAKEN], prefix=CORRECT)
    if form.validate():
        done = attempt(
            "change.correct",
            lambda w: correcting_parties.correct_closure(w, request_id, form.values()["reason"]),
            done=T("已更正，当事人将收到通知", "Corrected; the party is told"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", request_id=request_id), 303)
    return _show(request_id, {CORRECT: form})


@blueprint.post("/<int:request_id>/withdraw")
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take back a request that one made for a party."""
    attempt(
        "change.withdraw",
        lambda w: requests.withdraw(w, request_id),
        done=T("变更申请已撤回", "Request taken back"),
    )
    return redirect(url_for(".page", request_id=request_id), 303)


@blueprint.route("/party/<int:party_id>", methods=["GET", "POST"])
def new(party_id: int) -> ResponseReturnValue:
    """Ask for a change for a party, with its proof; another officer decides."""
    item = party_file.find(reading(), party_id)
    known = {kind.value: kind for kind in requests.kinds(item)}
    kind = known.get(request.args.get("kind", ChangeKind.DETAILS.value)) or abort(404)
    form = changing.form_for(item, kind)
    if request.method == "POST" and form.validate():
        done = attempt(
            "change.ask",
            lambda w: changing.ask(w, party_id, kind, form.values()),
            done=changing.ASKED,
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", request_id=done.value), 303)
    page = render_template(
        "parts/form_page.html",
        form=form,
        heading=changing.ASK_TITLES[kind],
        about=item.name,
        advice=BY_ANOTHER,
        back=url_for("filing.party", party_id=party_id),
        submit=tr(T("提交变更申请", "Ask for the change")),
    )
    return page, 422 if request.method == "POST" else 200


BY_ANOTHER = T("代为提出，由另一名经办人员决定", "Made for the party; another officer decides")


@blueprint.post("/certificates/<int:accreditation_id>")
def reissue(accreditation_id: int) -> ResponseReturnValue:
    """Issue a certificate anew."""
    attempt(
        "certificate.issue",
        lambda w: certificates.issue(w, accreditation_id),
        done=T("证书已换发", "The certificate was issued anew"),
    )
    return redirect(url_for("accreditation_case.page", accreditation_id=accreditation_id), 303)
