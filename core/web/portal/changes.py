"""A party asks for changes of what the register vouches for, and follows what became of them."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.lifecycle.change_table import ChangeKind
from core.rules.text import T
from core.services.applications.own import acting_for
from core.services.attachments import party_files
from core.services.base.work import Work
from core.services.changes import requests
from core.services.changes.looking import shown
from core.services.people.accepted_codes import why_not_accepted
from core.services.people.vouched import formers, holds_or_seeks, is_known
from core.storage.models import Party
from core.storage.models.holdings import AttachmentPurpose
from core.web.forms import changing
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("my_changes", __name__, url_prefix="/my/parties/<int:party_id>/changes")

MORE = Spec("file", T("补充证明材料", "Another proof"), FieldKind.FILE)


@blueprint.get("/")
def index(party_id: int) -> ResponseReturnValue:
    """The requests of the party, and what it can ask for."""
    return _show(party_id)


def _show(party_id: int, failed: PlainForm | None = None) -> ResponseReturnValue:
    w = reading()
    item = acting_for(w, party_id)
    page = render_template(
        "portal/party/changes.html",
        item=item,
        rows=shown(w, requests.of_party(w, party_id)),
        formers=formers(w, [party_id]).get(party_id, ()),
        kinds=_kinds(w, item),
        titles=changing.ASK_TITLES,
        more=failed or make_form([MORE], bind=False),
    )
    return page, 422 if failed else 200


def _kinds(w: Work, item: Party) -> list[ChangeKind]:
    """What can be asked for now."""
    if item.closed_on is not None or requests.open_one(w, item.id) is not None:
        return []
    number = [ChangeKind.NUMBER] if why_not_accepted(w, item) is not None else []
    if not is_known(w, item.id):
        return number
    edits = not holds_or_seeks(w, item.id)
    away = {ChangeKind.NUMBER, ChangeKind.DETAILS} if edits else {ChangeKind.NUMBER}
    return [*number, *(kind for kind in requests.kinds(item) if kind not in away)]


@blueprint.route("/new", methods=["GET", "POST"])
def new(party_id: int) -> ResponseReturnValue:
    """Ask for a change of the `kind`."""
    item = acting_for(reading(), party_id)
    kind = _kind(item)
    form = changing.form_for(item, kind)
    if request.method == "POST" and form.validate():
        done = attempt(
            "change.ask",
            lambda w: changing.ask(w, party_id, kind, form.values()),
            done=changing.ASKED,
            form=form,
        )
        if done is not None:
            return redirect(url_for(".index", party_id=party_id), 303)
    page = render_template(
        "parts/form_page.html",
        form=form,
        heading=changing.ASK_TITLES[kind],
        about=item.name,
        advice=changing.ADVICE[kind],
        back=url_for(".index", party_id=party_id),
        submit=tr(T("提交变更申请", "Ask for the change")),
    )
    return page, 422 if request.method == "POST" else 200


def _kind(item: Party) -> ChangeKind:
    given = request.args.get("kind", ChangeKind.DETAILS.value)
    known = {kind.value: kind for kind in requests.kinds(item)}
    return known[given] if given in known else abort(404)


@blueprint.post("/<int:request_id>/files")
def upload(party_id: int, request_id: int) -> ResponseReturnValue:
    """Hand in another proof."""
    _own(party_id, request_id)
    form = make_form([MORE])
    if not form.validate():
        return _show(party_id, form)
    given = form.values()["file"]
    done = attempt(
        "change.file",
        lambda w: party_files.put(
            w, AttachmentPurpose.CHANGE, request_id, given.filename or "", given.stream, files()
        ),
        done=T("已上传", "Uploaded"),
        form=form,
    )
    return redirect(url_for(".index", party_id=party_id), 303) if done else _show(party_id, form)


@blueprint.post("/<int:request_id>/files/<int:attachment_id>/remove")
def remove(party_id: int, request_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a proof back."""
    _own(party_id, request_id)
    attempt("change.file", lambda w: party_files.remove(w, attachment_id), done=T("已移除", "Removed"))
    return redirect(url_for(".index", party_id=party_id), 303)


@blueprint.post("/<int:request_id>/withdraw")
def withdraw(party_id: int, request_id: int) -> ResponseReturnValue:
    """Take the request back."""
    _own(party_id, request_id)
    attempt(
        "change.withdraw",
        lambda w: requests.withdraw(w, request_id),
        done=T("变更申请已撤回", "Request taken back"),
    )
    return redirect(url_for(".index", party_id=party_id), 303)


def _own(party_id: int, request_id: int) -> None:
    """404 for a request of another party; of this one, whichever registration it was made under."""
    w = reading()
    acting_for(w, party_id)
    if request_id not in {item.id for item in requests.of_party(w, party_id)}:
        abort(404)
