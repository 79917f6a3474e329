"""Filing at the counter: register a party, start its application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from core.domain.acts import Act
from core.domain.errors import Invalid
from core.domain.identifiers.telephones import mask_telephones
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.rules.phrases import SAVED
from core.rules.text import EMPTY, T
from core.services.attachments import party_files
from core.services.attachments.party_files import AttachmentView
from core.services.base.access import ACTS, allowed
from core.services.base.work import Work
from core.services.calls import bans, calls
from core.services.changes import requests
from core.services.deciding import correcting_parties, corrections
from core.services.granting import starting
from core.services.mergers import different, merging
from core.services.people import (
    accepted_codes,
    invitations,
    keyed,
    parties,
    party_file,
    party_verification,
)
from core.services.people.vouched import holds_or_seeks
from core.storage.models import Party
from core.storage.models.changes import Vouched
from core.storage.models.holdings import AttachmentPurpose
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.forms.party import PARTY_SPECS, code_proof, register
from core.web.forms.refused import Refused
from core.web.forms.shared import ADDRESS, link_start
from core.web.forms.steps import Values
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading, run
from core.web.frame.show import place_name

blueprint = Blueprint("filing", __name__, url_prefix="/admin/filing")

SAVE = T("保存", "Save")
MASKED = ("mobile", "phone")
REMARK = reason(T("退回原因", "Why it is turned down"), name="remark")


@blueprint.route("/party", methods=["GET", "POST"])
def new_party() -> ResponseReturnValue:
    """Register a party."""
    form = make_form((*PARTY_SPECS, *code_proof()))
    if request.method == "POST" and form.validate():
        values = form.values()
        given: dict[str, Any] = {name: value or "" for name, value in values.items()}
        given |= {"kind": PartyKind(values["kind"]), "uscc": values["uscc"] or None}
        given |= {"id_number": values["id_number"] or None}
        done = attempt(
            "party.register",
            lambda w: register(w, dict(given)),
            done=T("主体已登记，请选择申报的类别", "The party was registered; choose the track to apply for"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".new_application", party=_signer().dumps(done.value)), 303)
    return form_page(form, T("登记主体", "Register a party"), url_for("parties.index_view"))


def form_page(
    form: Any,
    title: T,
    back: str,
    hint: T = EMPTY,
    submit: T = SAVE,
    refused: Refused | None = None,
    instead: tuple[T, str] | None = None,
) -> ResponseReturnValue:
    """A page with nothing but a form."""
    page = render_template(
        "parts/form_page.html",
        form=form,
        heading=title,
        back=back,
        advice=hint,
        submit=tr(submit),
        refused=refused,
        instead=instead,
    )
    return page, 422 if request.method == "POST" else 200


def _track_options(act: Act = Act.APPLICATION_DRAFT) -> list[tuple[str, T]]:
    """The tracks that this user may file for."""
    actor = reading().actor
    roles = [grant for grant in actor.grants if grant.role in ACTS[act]]
    return [
        (
            f"{loaded.program.id}/{track.id}",
            T(
                f"{loaded.program.title.zh} · {track.title.zh}",
                f"{loaded.program.title.en} · {track.title.en}",
            ),
        )
        for loaded, track in catalogue().tracks()
        if any(grant.program in (None, loaded.program.id) for grant in roles)
    ]


def _call_options() -> list[tuple[str, str]]:
    return [(str(call.id), call.title) for call in calls.open_calls(reading())]


@blueprint.route("/application", methods=["GET", "POST"])
def new_application() -> ResponseReturnValue:
    """Start an application for a party that was just registered, or is known by its USCC or ID number."""
    registered = _registered()
    by_number = Spec(
        "key",
        T("统一社会信用代码或身份证号", "USCC or ID number"),
        longest=30,
        hint=T("主体尚未登记的，请先登记", "Register the party first if it is not there yet"),
    )
    specs = (
        *(() if registered else (by_number,)),
        Spec("track", T("申报类别", "Track applied for"), FieldKind.CHOICE, options=_track_options),
        Spec(
            "call_id",
            T("申报通知", "Call"),
            FieldKind.CHOICE,
            required=False,
            options=_call_options,
            hint=T("不选则归入当前开放的通知", "If none is chosen: the call that is open now"),
        ),
    )
    form = make_form(specs)
    if request.method == "POST" and form.validate():
        values = form.values()
        done = attempt("application.start", lambda w: _start(w, values, registered), form=form)
        if done is not None:
            return redirect(url_for("application_case.fill", application_id=done.value), 303)
    return form_page(
        form,
        T("代为申报", "File for a party"),
        url_for("applications.index_view"),
        hint=T(*[party_file.name(reading(), registered)] * 2) if registered else EMPTY,
        submit=T("开始填写", "Begin"),
        instead=(T("登记主体", "Register a party"), url_for(".new_party")),
    )


def _signer() -> URLSafeSerializer:
    """What names a party that was just registered: whoever may register need not reach it yet."""
    return URLSafeSerializer(current_app.secret_key or "", salt="registered")


def _registered() -> int | None:
    try:
        found: int = _signer().loads(request.args.get("party", ""))
    except BadSignature:
        return None
    return found


def _start(w: Work, values: Values, registered: int | None) -> int:
    found = registered or keyed.by_number(w, values["key"])
    if found is None:
        raise Invalid(
            {"key": T("没有登记该主体，请先登记", "no such party is registered; register it first")}
        )
    program, _, track = values["track"].partition("/")
    return starting.start(w, program, track, found, int(values["call_id"]) if values["call_id"] else None)


@blueprint.route("/party/<int:party_id>", methods=["GET", "POST"])
def party(party_id: int) -> ResponseReturnValue:
    """A party with its data, members, cases and bans."""
    w = reading()
    item = party_file.find(w, party_id)
    if request.method == "GET":
        return _show(w, item)
    if not party_file.may(w, Act.PARTY_EDIT, party_id):
        abort(403)
    editable, known = _editable(w, item)
    form = make_form(editable, data=known)
    if form.validate():
        changes = {name: value or "" for name, value in form.values().items() if (value or "") != known[name]}
        done = attempt(
            "party.edit", lambda u: parties.edit_party(u, party_id, changes), done=SAVED, form=form
        )
        if done is not None:
            return redirect(url_for(".party", party_id=party_id), 303)
    return _show(w, item, form), 422


def _vouched(w: Work, item: Party) -> tuple[Vouched, ...]:
    """What of the party's data is changed by a request alone."""
    return requests.FIELDS[item.kind] if holds_or_seeks(w, item.id) else ()


def _editable(w: Work, item: Party) -> tuple[list[Spec], dict[str, Any]]:
    """The inputs for the data that may be edited, and what stands there: a number that stays, masked."""
    names = set(parties.CONTACT) - (set(Vouched) if _vouched(w, item) else set())
    specs = [_staying(spec) if spec.name in MASKED else spec for spec in PARTY_SPECS if spec.name in names]
    known = {spec.name: getattr(item, spec.name) for spec in specs}
    known |= {name: mask_telephones(known[name]) for name in MASKED}
    return specs, known | {"region_shown": place_name(item.region) if item.region else ""}


def _staying(spec: Spec) -> Spec:
    """An input that begins with a masked number."""
    stays = T("显示为隐去中间几位的号码，不改动即保持原号码", "Shown masked; left as it is, the number stays")
    return replace(spec, hint=T(f"{spec.hint.zh}。{stays.zh}", f"{spec.hint.en}. {stays.en}"))


def _show(
    w: Work, item: Party, form: PlainForm | None = None, failed: tuple[int, PlainForm] | None = None
) -> str:
    """The page; `failed` is the correction of a ban's lifting that was refused, with what was typed."""
    party_id = item.id
    editable, known = _editable(w, item)
    banned = bans.of_party(w, party_id)
    number, again = failed or (0, None)
    return render_template(
        "office/party.html",
        item=item,
        form=form or make_form(editable, data=known, bind=False),
        may_edit=party_file.may(w, Act.PARTY_EDIT, party_id),
        vouched=_vouched(w, item),
        may_verify=party_file.may(w, Act.PARTY_VERIFY, party_id),
        licences=_licences(w, party_id),
        members=invitations.acting_for(w, party_id),
        verified=parties.is_verified(w, party_id),
        remark_form=make_form([REMARK], bind=False),
        invite_form=make_form([ADDRESS], bind=False),
        applications=party_file.applications(w, party_id),
        accreditations=party_file.accreditations(w, party_id),
        bans=banned,
        liftings=correcting_parties.liftings(w, banned),
        ban_form=lambda ban: again if ban.id == number else _ban_form(ban.id, bind=False),
        corrections=corrections.of_party(w, party_id),
        mergers=merging.of_party(w, party_id),
        marks=different.of_party(w, party_id),
        may_merge=party_file.may(w, Act.PARTY_MERGE, party_id),
        change_kinds=requests.kinds(item),
        code=accepted_codes.said_of(w, item),
        may_lift=lambda ban: allowed(w.actor, Act.BAN_LIFT, ban.program, item.region),
    )


def _ban_form(ban_id: int, *, bind: bool = True) -> PlainForm:
    return make_form([reason()], prefix=f"ban-{ban_id}-", bind=bind)


@blueprint.post("/party/<int:party_id>/verify")
def verify_party(party_id: int) -> ResponseReturnValue:
    """Record that the party's account and data were verified."""
    left = _left(party_id)
    attempt("party.verify", lambda w: parties.verify_party(w, left), done=T("已核验", "Verified"))
    return redirect(url_for(".party", party_id=left), 303)


def _left(party_id: int) -> int:
    """The registration that is left, for whoever still has the address of one that was merged."""
    return party_file.find(reading(), party_id).merged_into_id or party_id


def _licences(w: Work, party_id: int) -> list[AttachmentView]:
    """The licences that were handed in under any registration of the party."""
    numbers = [one.id for one in parties.registrations(w, party_id)]
    found = party_files.by_owner(w, AttachmentPurpose.LICENCE, numbers)
    return [file for number in numbers for file in found.get(number, ())]


@blueprint.post("/party/<int:party_id>/numbers")
def numbers(party_id: int) -> str:
    """The numbers of a party whole: asked for by a post, since it leaves a trace."""
    with run(party_file.LOOKED) as unit:
        item = party_file.look_at_numbers(unit, party_id)
    return render_template("office/numbers.html", item=item)


@blueprint.post("/party/<int:party_id>/turn-down")
def turn_down(party_id: int) -> ResponseReturnValue:
    """Say why the party is not verified; it is told, and may ask again."""
    left = _left(party_id)
    form = make_form([REMARK])
    if form.validate():
        remark = form.values()["remark"]
        attempt(
            "party.turn_down",
            lambda w: party_verification.turn_down(w, left, remark),
            done=T("已退回，当事人将收到通知", "Turned down; the party is told"),
        )
    return redirect(url_for(".party", party_id=left, _anchor="verification"), 303)


@blueprint.post("/party/<int:party_id>/invite")
def invite(party_id: int) -> ResponseReturnValue:
    """Invite somebody to act for a party that has nobody, or whose people have left."""
    party_file.find(reading(), party_id)
    form = make_form([ADDRESS])
    if form.validate():
        address = form.values()["address"]
        attempt(
            "party.invite",
            lambda w: invitations.invite(w, party_id, address, link_start()),
            done=T("邀请已发送", "The invitation was sent"),
        )
    return redirect(url_for(".party", party_id=party_id), 303)


@blueprint.post("/bans/<int:ban_id>/correct")
def correct_ban(ban_id: int) -> ResponseReturnValue:
    """Let a ban run again that was lifted by mistake."""
    w = reading()
    item = party_file.find(w, bans.find(w, ban_id).party_id)
    form = _ban_form(ban_id)
    if form.validate():
        why = form.values()["reason"]
        done = attempt(
            "ban.correct",
            lambda u: correcting_parties.correct_lifting(u, ban_id, why),
            done=T("已更正，当事人将收到通知", "Corrected; the party is told"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".party", party_id=item.id, _anchor="bans"), 303)
    return _show(w, item, failed=(ban_id, form)), 422


@blueprint.post("/bans/<int:ban_id>/lift")
def lift_ban(ban_id: int) -> ResponseReturnValue:
    """End a ban today."""
    w = reading()
    party_id = bans.find(w, ban_id).party_id
    party_file.find(w, party_id)
    attempt("ban.lift", lambda u: bans.lift(u, ban_id), done=T("已解除", "The ban was lifted"))
    return redirect(url_for(".party", party_id=party_id, _anchor="bans"), 303)
