"""A user's own claims of parties, with their proof; and what members of a claimed party say against one."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.text import T
from core.services.attachments import party_files
from core.services.claims import own
from core.storage.models import PartyClaim
from core.storage.models.changes import ClaimState
from core.storage.models.holdings import AttachmentPurpose
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("my_claims", __name__, url_prefix="/my/claims")

PURPOSE = AttachmentPurpose.CLAIM
FILE = Spec(
    "file",
    T("证明材料（PDF 或图片）", "Proof (PDF or picture)"),
    FieldKind.FILE,
    hint=T(
        "机构：加盖公章的授权书，或营业执照、登记证书；个人：身份证件",
        "Of an organisation: a sealed letter of authorisation, the licence or certificate; of a person: the "
        "identity card",
    ),
)
STATEMENT = Spec(
    "statement",
    T("说明（与该主体的关系，如原联系人已离职）", "Note (how you belong to it; that its contact has left)"),
    FieldKind.AREA,
    required=False,
)
MORE = Spec("file", T("补充证明材料", "Another proof"), FieldKind.FILE)
OBJECTION = reason(
    T("异议", "Objection"), name="objection", hint=T("认定机关决定时可见", "The authority reads it")
)


@blueprint.route("/<int:claim_id>", methods=["GET", "POST"])
def page(claim_id: int) -> ResponseReturnValue:
    """A claim: handed in with its proof, or followed."""
    claim = own.find(reading(), claim_id)
    if request.method == "GET":
        return _show(claim)
    form = make_form([FILE, STATEMENT])
    if form.validate():
        given, statement = form.values()["file"], form.values()["statement"] or ""
        done = attempt(
            "claim.hand_in",
            lambda w: own.hand_in(
                w, claim_id, own.Proof(given.filename or "", given.stream), files(), statement
            ),
            done=T("已提交，等待认定机关核实", "Handed in; the authority looks into it"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", claim_id=claim_id), 303)
    return _show(own.find(reading(), claim_id), form)


def _show(claim: PartyClaim, failed: PlainForm | None = None) -> ResponseReturnValue:
    w = reading()
    wanted = claim.state is ClaimState.WANTED
    page = render_template(
        "portal/party/claim.html",
        item=claim,
        wanted=wanted,
        is_open=claim.state is ClaimState.OPEN,
        proofs=party_files.listed(w, PURPOSE, claim.id),
        form=failed or make_form([FILE, STATEMENT] if wanted else [MORE], bind=False),
    )
    return page, 422 if failed else 200


@blueprint.post("/<int:claim_id>/files")
def upload(claim_id: int) -> ResponseReturnValue:
    """Hand in another proof."""
    claim = own.find(reading(), claim_id)
    if claim.state is ClaimState.WANTED:
        abort(404)
    form = make_form([MORE])
    if form.validate():
        given = form.values()["file"]
        done = attempt(
            "claim.file",
            lambda w: party_files.put(w, PURPOSE, claim_id, given.filename or "", given.stream, files()),
            done=T("已上传", "Uploaded"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".page", claim_id=claim_id), 303)
    return _show(own.find(reading(), claim_id), form)


@blueprint.post("/<int:claim_id>/files/<int:attachment_id>/remove")
def remove(claim_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a proof back."""
    own.find(reading(), claim_id)
    attempt("claim.file", lambda w: party_files.remove(w, attachment_id), done=T("已移除", "Removed"))
    return redirect(url_for(".page", claim_id=claim_id), 303)


@blueprint.post("/<int:claim_id>/withdraw")
def withdraw(claim_id: int) -> ResponseReturnValue:
    """Take the claim back."""
    attempt("claim.withdraw", lambda w: own.withdraw(w, claim_id), done=ClaimState.WITHDRAWN.label)
    return redirect(url_for(".page", claim_id=claim_id), 303)


@blueprint.route("/<int:claim_id>/objection", methods=["GET", "POST"])
def object_to(claim_id: int) -> ResponseReturnValue:
    """A member of the claimed party says what stands against it."""
    claim = own.against(reading(), claim_id)
    form = make_form([OBJECTION])
    back = url_for("my_members.index", party_id=claim.party_id, _anchor="claims")
    if request.method == "POST" and form.validate():
        said = form.values()["objection"]
        done = attempt(
            "claim.object",
            lambda w: own.object_to(w, claim_id, said),
            done=T("异议已提交", "The objection was handed in"),
            form=form,
        )
        if done is not None:
            return redirect(back, 303)
    page = render_template(
        "parts/form_page.html",
        form=form,
        heading=T("对认领提出异议", "Object to a claim"),
        about=f"{claim.party.name} · {claim.user}",
        advice=T(
            "申请人不应代表本主体的，请说明理由；认定机关核实后决定。",
            "Say why the claimant should not act for the party; the authority looks into it and decides.",
        ),
        back=back,
        submit=tr(T("提出异议", "Object")),
    )
    return page, 422 if request.method == "POST" else 200
