"""The service diary of a party: the list, the quick entry, one entry with its photos."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.errors import DomainError, NotAllowed, NotFound, Refused
from core.rules.text import T
from core.services.attachments import party_files
from core.services.attachments.photos import MOST_PHOTOS, add_photos
from core.services.base.work import Work
from core.services.diary import enterprises, entries, records
from core.services.diary.entries import EntryView, Filter
from core.services.duties.progress import DutyProgress, progress
from core.services.supervision.status import Status
from core.storage.models import Accreditation
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.register import RecordState
from core.web.frame import paging
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading, run
from core.web.portal.diary.form import EntryForm, choices_of, entry_form, label_of, sent_photos
from core.web.portal.own_party import own_party

blueprint = Blueprint("diary", __name__, url_prefix="/my/diary")

MOST_EXPORTS = 20
SUBMITTED = T("服务记录已提交", "The service record was submitted")
DRAFTED = T("草稿已保存，尚未计入", "The draft was saved; it does not count yet")
TWICE = T("这条记录先前已提交，没有重复登记", "This record was already submitted; nothing was recorded twice")
NO_DRAFT = T("已提交的记录不能修改", "A submitted record cannot be changed")


@blueprint.get("/")
def index() -> str:
    """The entries of one party, by filters, page by page."""
    unit = reading()
    own = own_party(unit)
    if own.party is None:
        return render_template("portal/diary/diary.html", own=own, page=None)
    functions = choices_of(unit, own.statuses)
    page = entries.entries(unit, own.party.id, _wanted(own.statuses), paging.wish())
    return render_template(
        "portal/diary/diary.html",
        own=own,
        page=page,
        labels={choice.key: choice.label for choice in functions},
        states=list(RecordState),
        args={name: value for name, value in request.args.items() if value and name not in ("page", "lang")},
        label_of=label_of,
        exports=_exported(own.statuses),
    )


def _wanted(statuses: tuple[Accreditation, ...]) -> Filter:
    number = paging.asked("accreditation", None)
    state = request.args.get("state", "")
    return Filter(
        number if any(status.id == number for status in statuses) else None,
        request.args.get("function", ""),
        _month(request.args.get("month", "")),
        RecordState(state) if state in set(RecordState) else None,
    )


def _exported(statuses: tuple[Accreditation, ...]) -> tuple[Accreditation, ...]:
    """The accreditations whose table is offered: the chosen one, else the first of them."""
    chosen = paging.asked("accreditation", None)
    return tuple(status for status in statuses if status.id == chosen) or statuses[:MOST_EXPORTS]


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        return None


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The quick entry; sent twice it is one."""
    unit = reading()
    own = own_party(unit)
    if own.party is None or not own.in_force:
        return render_template("portal/diary/entry_form.html", own=own, form=None)
    form = entry_form(unit, own.in_force)
    if request.method == "POST":
        answer = _save(form, own.party.id)
        if answer is not None:
            return answer
    code = 422 if _refused() else 200
    return render_template("portal/diary/entry_form.html", own=own, form=form, shown=None), code


@blueprint.route("/entries/<uuid:entry_id>/edit", methods=["GET", "POST"])
def edit(entry_id: UUID) -> ResponseReturnValue:
    """A draft, to be changed and reported."""
    unit = reading()
    shown = entries.view(unit, entry_id)
    if not shown.line.editable:
        flash(tr(NO_DRAFT), "danger")
        return redirect(url_for(".entry", entry_id=entry_id), 303)
    own = own_party(unit, shown.party_id)
    under = {record.accreditation_id for record in shown.line.records}
    form = entry_form(
        unit, [status for status in own.statuses if status.state.in_force or status.id in under], shown
    )
    if request.method == "POST":
        form.form["entry_id"].data = str(entry_id)
        answer = _save(form, shown.party_id)
        if answer is not None:
            return answer
    code = 422 if _refused() else 200
    return render_template("portal/diary/entry_form.html", own=own, form=form, shown=shown), code


def _refused() -> bool:
    return request.method == "POST" and request.form.get("action") != "more"


def _save(form: EntryForm, party_id: int) -> ResponseReturnValue | None:
    """Record what was sent; None where the form has to be shown again."""
    action = request.form.get("action", "")
    if action == "more":
        return None
    number = form.entry_id
    if number is None:
        abort(400)
    if not form.form.validate():
        return None
    submit = action == "submit"
    try:
        with run("diary.record") as w:
            new_one = entries.record_entry(
                w,
                party_id,
                number,
                form.accreditation_ids,
                form.data(),
                submit=submit,
                photos=sent_photos(),
                store=files(),
            )
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        form.refuse(error)
        return None
    said = TWICE if not new_one else SUBMITTED if submit else DRAFTED
    flash(tr(said), "success" if new_one else "info")
    return redirect(url_for(".entry", entry_id=number, saved=1), 303)


@blueprint.get("/entries/<uuid:entry_id>")
def entry(entry_id: UUID) -> str:
    """One entry; right after it was saved, with how far its duties have come."""
    unit = reading()
    shown = entries.view(unit, entry_id)
    own = own_party(unit, shown.party_id)
    return render_template(
        "portal/diary/entry.html",
        own=own,
        shown=shown,
        saved="saved" in request.args,
        most_photos=MOST_PHOTOS,
        function=_function(unit, own.statuses, shown),
        running=_running(unit, own.statuses, shown) if "saved" in request.args else [],
    )


def _function(unit: Work, statuses: tuple[Accreditation, ...], shown: EntryView) -> T | str:
    known = {choice.key: choice.label for choice in choices_of(unit, statuses)}
    return known.get(shown.line.function, shown.line.function)


def _running(
    unit: Work, statuses: tuple[Accreditation, ...], shown: EntryView
) -> list[tuple[Accreditation, list[DutyProgress]]]:
    """The duties with figures under the accreditations that the entry counts for."""
    under = {record.accreditation_id for record in shown.line.records}
    found = []
    for status in statuses:
        if status.id in under and status.state.in_force:
            found.append((status, [item for item in progress(Status(unit, status)) if item.figures]))
    return [(status, duties) for status, duties in found if duties]


@blueprint.post("/entries/<uuid:entry_id>/submit")
def submit(entry_id: UUID) -> ResponseReturnValue:
    """Report a draft as it is."""
    party_id = entries.party_of(reading(), entry_id)
    attempt("diary.submit", lambda w: records.submit_entry(w, party_id, entry_id), done=SUBMITTED)
    return redirect(url_for(".entry", entry_id=entry_id, saved=1), 303)


@blueprint.post("/entries/<uuid:entry_id>/delete")
def delete(entry_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    party_id = entries.party_of(reading(), entry_id)
    gone = T("草稿已删除", "The draft was deleted")
    done = attempt("diary.delete", lambda w: entries.discard(w, party_id, entry_id), done=gone)
    if done is None:
        return redirect(url_for(".entry", entry_id=entry_id), 303)
    return redirect(url_for(".index", party=party_id), 303)


@blueprint.post("/entries/<uuid:entry_id>/photos")
def photos(entry_id: UUID) -> ResponseReturnValue:
    """More photos of an entry."""
    sent = sent_photos()

    def change(w: Work) -> int:
        entries.party_of(w, entry_id)
        if not sent:
            raise Refused(T("请选择照片", "Choose a photo"))
        return add_photos(w, entry_id, sent, files())

    attempt("diary.photos", change, done=T("照片已保存", "The photos were saved"))
    return redirect(url_for(".entry", entry_id=entry_id, _anchor="photos"), 303)


@blueprint.post("/entries/<uuid:entry_id>/photos/<int:photo_id>/remove")
def remove_photo(entry_id: UUID, photo_id: int) -> ResponseReturnValue:
    """Take a photo away."""

    def change(w: Work) -> None:
        entries.party_of(w, entry_id)
        own = party_files.by_owner(w, AttachmentPurpose.PHOTO, [entry_id]).get(entry_id, ())
        if any(item.id == photo_id for item in own):
            party_files.remove(w, photo_id)

    attempt("diary.photos", change, done=T("照片已删除", "The photo was removed"))
    return redirect(url_for(".entry", entry_id=entry_id, _anchor="photos"), 303)


@blueprint.get("/enterprises")
def enterprises_json() -> ResponseReturnValue:
    """Enterprises for the rows of the form: name, code, and whether it was served before."""
    unit = reading()
    own = own_party(unit)
    if own.party is None:
        abort(404)
    found: list[dict[str, Any]] = [
        {"name": item.name, "uscc": item.uscc, "served": item.served}
        for item in enterprises.look_up(unit, own.party.id, request.args.get("query", ""))
    ]
    return jsonify(found)
