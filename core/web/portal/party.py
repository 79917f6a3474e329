"""The parties that a user acts for: registered, kept up to date, confirmed, and verified by an officer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.clauses import PartyKind
from core.rules.phrases import SAVED
from core.rules.text import T
from core.services.applications.facts import FUNCTIONS
from core.services.applications.own import acting_for, own_parties_page
from core.services.attachments import party_files
from core.services.claims import own as claims
from core.services.claims.registering import RECEIVED
from core.services.people import parties, party_verification
from core.services.people.accepted_codes import why_not_accepted
from core.services.people.vouched import holds_or_seeks
from core.services.profile import profiles
from core.storage.models.changes import Vouched
from core.storage.models.holdings import AttachmentPurpose
from core.web.forms import fact_fields
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.party import PARTY_SPECS, code_proof, register_own
from core.web.frame import paging
from core.web.frame.bound import files
from core.web.frame.pipeline import Done, attempt, current_actor, reading
from core.web.frame.show import place_name

blueprint = Blueprint("my_party", __name__, url_prefix="/my/parties")

LICENCE = Spec(
    "file",
    T("证照文件（PDF 或图片）", "Licence, certificate or identity card (PDF or picture)"),
    FieldKind.FILE,
)
_BY_NAME = {spec.name: spec for spec in PARTY_SPECS}
_CONTACT = ("region", "address", "contact_name", "mobile", "phone", "email")
SPECS: dict[PartyKind, tuple[Spec, ...]] = {
    PartyKind.ORGANIZATION: (
        Spec("name", T("机构名称（与登记证书一致）", "Name, as in the certificate"), longest=200),
        Spec("uscc", T("统一社会信用代码", "Unified social credit code"), longest=30),
        *(_BY_NAME[name] for name in _CONTACT),
    ),
    PartyKind.PERSON: (
        Spec("name", T("姓名（与身份证件一致）", "Name, as in the identity card"), longest=200),
        Spec("id_number", T("身份证号", "ID number"), longest=30),
        Spec("employer", T("所在单位", "Employer"), required=False, longest=200),
        *(_BY_NAME[name] for name in _CONTACT if name != "contact_name"),
    ),
}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The user's parties and claims; a single party at once."""
    w = reading()
    found, claimed = own_parties_page(w, paging.wish()), claims.of_user(w, paging.wish(name="claims"))
    if found.total == 1 and not any(claim.state.going for claim in claimed.rows):
        return redirect(url_for(".page", party_id=found.rows[0].id))
    return render_template("portal/party/index.html", page=found, claims=claimed)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Register an organisation or a person."""
    kind = _kind()
    form = make_form((*SPECS[kind], *code_proof()), data={"contact_name": current_actor().name})
    if request.method == "POST" and form.validate():
        given: dict[str, Any] = {name: value or "" for name, value in form.values().items()}
        done = attempt(
            "party.register",
            lambda w: register_own(w, {**given, "kind": kind}),
            done=RECEIVED,
            form=form,
        )
        if done is not None:
            return redirect(url_for(".index"), 303)
    return _answer("portal/party/new.html", form=form, kind=kind, kinds=list(PartyKind))


def _kind() -> PartyKind:
    given = request.args.get("kind", PartyKind.ORGANIZATION.value)
    return PartyKind(given) if given in PartyKind.__members__.values() else abort(404)


@blueprint.get("/<int:party_id>")
def page(party_id: int) -> str:
    """A party: its data, whether they were confirmed, its verification."""
    w = reading()
    item = acting_for(w, party_id)
    parts = profiles.sections(w, item.kind)
    return render_template(
        "portal/party/page.html",
        item=item,
        filled=profiles.filled(item, parts),
        unaccepted=why_not_accepted(w, item),
        claimed=claims.against_party(w, party_id),
        asking=party_verification.programs_that_ask(w, item),
        licences=party_files.listed(w, AttachmentPurpose.LICENCE, party_id),
        form=make_form([LICENCE], bind=False),
    )


@blueprint.route("/<int:party_id>/edit", methods=["GET", "POST"])
def edit(party_id: int) -> ResponseReturnValue:
    """Change what a member may change."""
    item = acting_for(reading(), party_id)
    vouched = holds_or_seeks(reading(), party_id)
    closed = set(Vouched) if vouched else set()
    open_code = {"uscc"} if why_not_accepted(reading(), item) is not None else set()
    names = {*parties.CONTACT, *open_code} - closed
    editable = [spec for spec in SPECS[item.kind] if spec.name in names]
    known = {spec.name: getattr(item, spec.name) for spec in editable}
    form = make_form(editable, data=known | {"region_shown": place_name(item.region) if item.region else ""})
    if request.method == "POST" and form.validate():
        changes = {name: value or "" for name, value in form.values().items() if (value or "") != known[name]}
        saved = attempt(
            "party.edit",
            lambda w: parties.edit_party(w, party_id, changes),
            done=SAVED,
            form=form,
        )
        if saved is not None:
            return redirect(url_for(".page", party_id=party_id), 303)
    return _answer("portal/party/edit.html", form=form, item=item, vouched=vouched)


@blueprint.route("/<int:party_id>/profile", methods=["GET", "POST"])
def profile(party_id: int) -> ResponseReturnValue:
    """What the party says of itself once, for every application."""
    w = reading()
    item = acting_for(w, party_id)
    derived = profiles.derived_names(w, party_id)
    parts = profiles.sections(w, item.kind)
    asked = [fact for part in parts for fact in part.facts if fact.name not in derived]
    form = make_form(fact_fields.specs(asked), data=fact_fields.start(asked, item.profile))
    if request.method == "POST" and form.validate():
        raw = fact_fields.read(asked, form.values())
        saved = attempt(
            "party.profile",
            lambda u: profiles.save_profile(u, party_id, raw),
            done=T("已保存，资料以今天为确认日期", "Saved, and confirmed as of today"),
            form=form,
        )
        if saved is not None:
            return redirect(url_for(".page", party_id=party_id), 303)
    return _answer(
        "portal/party/profile.html",
        form=form,
        item=item,
        parts=parts,
        derived=derived,
        functions=FUNCTIONS,
    )


@blueprint.post("/<int:party_id>/confirm")
def confirm(party_id: int) -> ResponseReturnValue:
    """The data are right as of today."""
    attempt(
        "party.confirm",
        lambda w: parties.confirm_profile(w, party_id),
        done=T("已确认资料无误", "The data are confirmed"),
    )
    return redirect(url_for(".page", party_id=party_id), 303)


@blueprint.post("/<int:party_id>/licence")
def upload(party_id: int) -> ResponseReturnValue:
    """Hand in the licence."""
    acting_for(reading(), party_id)
    form = make_form([LICENCE])
    if form.validate():
        _put(party_id, form)
    else:
        for error in form._fields["file"].errors:
            flash(error, "danger")
    return redirect(url_for(".page", party_id=party_id, _anchor="verification"), 303)


def _put(party_id: int, form: PlainForm) -> Done[int] | None:
    given = form.values()["file"]
    return attempt(
        "party.licence",
        lambda w: party_files.put(
            w, AttachmentPurpose.LICENCE, party_id, given.filename or "", given.stream, files()
        ),
        done=T("已上传", "Uploaded"),
    )


@blueprint.post("/<int:party_id>/licence/<int:attachment_id>/remove")
def remove(party_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a file back."""
    acting_for(reading(), party_id)
    attempt("party.licence", lambda w: party_files.remove(w, attachment_id), done=T("已移除", "Removed"))
    return redirect(url_for(".page", party_id=party_id, _anchor="verification"), 303)


@blueprint.post("/<int:party_id>/verification")
def ask_verification(party_id: int) -> ResponseReturnValue:
    """Ask an officer to verify the party."""
    attempt(
        "party.ask_verification",
        lambda w: party_verification.ask(w, party_id),
        done=T("已提交，请等待核验", "Submitted. Please wait for verification"),
    )
    return redirect(url_for(".page", party_id=party_id, _anchor="verification"), 303)


def _answer(template: str, **more: Any) -> ResponseReturnValue:
    return render_template(template, **more), 422 if request.method == "POST" else 200
