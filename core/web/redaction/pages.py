"""The page of one stored document: what was done to it, and the forms of those who may act or ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from core.rules.text import EMPTY, T
from core.services.base.work import Work
from core.services.redaction import acting, requests
from core.services.redaction.copies import Copy
from core.services.redaction.documents import Document, Kind, find
from core.services.redaction.history import history
from core.storage.models.holdings import RedactionKind
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame.bound import files
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("redactions", __name__, url_prefix="/stored")
ADDRESS = "/<any(materials,attachments):kind>/<int:document_id>"
WHY = Spec(
    "kind",
    T("原因", "Why"),
    FieldKind.CHOICE,
    options=lambda: [(item.value, item.label) for item in RedactionKind],
)
SEEN_BY_ALL = T(
    "凡能查看该文件的人（包括当事人）都会看到；不要写出被遮盖的内容",
    "Whoever may open the document reads it, its party too: do not say what is covered",
)
REMOVED = T(
    "须真正删去内容：黑框盖住的文字仍可复制",
    "The content has to be taken out: text under a black box can still be copied",
)
ASK_SPECS = (WHY, reason(T("说明", "Note")))
ON_RECORD = T("查看人、时间和理由将记入操作记录", "Who looked, when and why goes on record")
LIFT_SPECS = (reason(T("解除封存的理由", "Why the seal is lifted")),)
OPEN_SPECS = (reason(T("查看原件的理由", "Why you look at the original"), hint=ON_RECORD),)
DECLINE_SPECS = (
    reason(T("不予遮盖的理由", "Why it stays as it is"), hint=T("告知当事人", "The party is told")),
)
ASK, DECLINE, LIFT, OPEN, REDACT = "ask-", "decline-", "lift-{}-", "open-{}-", "redact-"


def _redact_specs(document: Document) -> tuple[Spec, ...]:
    return (
        Spec("file", T("遮盖副本", "Redacted copy"), FieldKind.FILE, hint=REMOVED),
        WHY,
        reason(T("说明", "Note"), hint=SEEN_BY_ALL),
        Spec(
            "words_stay",
            T("只遮盖图像（签名、印章、照片），文字无须删去", "Only pictures are covered; the text may stay"),
            FieldKind.FLAG,
            required=False,
        ),
        Spec("seen", EMPTY, FieldKind.HIDDEN, required=False, default=document.row.sha256),
    )


@blueprint.get(ADDRESS)
def page(kind: str, document_id: int) -> ResponseReturnValue:
    """The page."""
    return _show(find(reading(), Kind(kind), document_id))


def _show(document: Document, failed: dict[str, PlainForm] | None = None) -> ResponseReturnValue:
    w = reading()
    told = history(w, document)

    def form(name: str, specs: tuple[Spec, ...]) -> PlainForm:
        return (failed or {}).get(name) or make_form(specs, prefix=name, bind=False)

    shown = render_template(
        "case/document.html",
        document=document,
        file=document.row,
        back=_home(w, document),
        address=_address(w, document),
        history=told,
        mark=document.mark(w),
        redact_form=form(REDACT, _redact_specs(document)),
        ask_form=form(ASK, ASK_SPECS),
        decline_form=form(DECLINE, DECLINE_SPECS),
        lift_forms={item.id: form(LIFT.format(item.id), LIFT_SPECS) for item in told.sealings},
        open_forms={item.id: form(OPEN.format(item.id), OPEN_SPECS) for item in told.sealings},
    )
    return shown, 422 if failed else 200


def _home(w: Work, document: Document) -> str:
    """The page on which the document is listed for this user."""
    own = document.party_id in w.actor.parties
    if document.kind is Kind.MATERIAL:
        if own:
            return url_for("my_applications.materials_page", application_id=document.home)
        return url_for("application_case.page", application_id=document.home, _anchor="materials")
    if not document.places:
        return url_for("my_party.page" if own else "filing.party", party_id=document.home)
    if own:
        return url_for("my_accreditations.page", accreditation_id=document.home)
    return url_for("accreditation_case.page", accreditation_id=document.home)


def _address(w: Work, document: Document) -> str:
    """Where this user opens the document; empty for one that was taken back."""
    if document.kind is Kind.ATTACHMENT:
        return url_for("attachments.download", attachment_id=document.id) if document.stands else ""
    page = "my_applications" if document.party_id in w.actor.parties else "application_case"
    return url_for(f"{page}.material", file_id=document.id)


@blueprint.post(f"{ADDRESS}/redact")
def redact(kind: str, document_id: int) -> ResponseReturnValue:
    """Put a redacted copy in the document's place."""
    document = find(reading(), Kind(kind), document_id)
    form = make_form(_redact_specs(document), prefix=REDACT)
    if not form.validate():
        return _show(document, {REDACT: form})
    values = form.values()
    copy = Copy(values["file"].filename or "", values["file"].read(), words_stay=values["words_stay"])

    def change(w: Work) -> int:
        return acting.redact(
            w,
            Kind(kind),
            document_id,
            copy,
            files(),
            why=RedactionKind(values["kind"]),
            reason=values["reason"],
            seen=values["seen"] or "",
        )

    done = attempt(
        "document.redact",
        change,
        done=T("已由遮盖副本替换，原件已封存", "Replaced by the copy; the original is sealed"),
        form=form,
    )
    if done is None:
        return _show(find(reading(), Kind(kind), document_id), {REDACT: form})
    return redirect(url_for(".page", kind=kind, document_id=document_id), 303)


@blueprint.post(f"{ADDRESS}/ask")
def ask(kind: str, document_id: int) -> ResponseReturnValue:
    """Ask, as its party, that the document be redacted."""
    return _answer(
        find(reading(), Kind(kind), document_id),
        ASK,
        ASK_SPECS,
        "redaction.ask",
        lambda w, values: requests.ask(
            w, Kind(kind), document_id, RedactionKind(values["kind"]), values["reason"]
        ),
        T("已提交，经办人员将核对后答复", "Sent; an officer looks at it and answers"),
    )


@blueprint.post("/requests/<int:request_id>/decline")
def decline(request_id: int) -> ResponseReturnValue:
    """Let the document stand as it is."""
    return _answer(
        requests.find_request(reading(), request_id),
        DECLINE,
        DECLINE_SPECS,
        "redaction.decline",
        lambda w, values: requests.decline(w, request_id, values["reason"]),
        T("已答复当事人", "The party was told"),
    )


@blueprint.post("/sealed/<int:redaction_id>/lift")
def lift(redaction_id: int) -> ResponseReturnValue:
    """Put the original back, as a second person."""
    return _answer(
        acting.find_sealed(reading(), redaction_id),
        LIFT.format(redaction_id),
        LIFT_SPECS,
        "seal.lift",
        lambda w, values: acting.lift(w, redaction_id, values["reason"]),
        T("封存已解除，原件已恢复", "The seal was lifted; the original is back"),
    )


def _answer(
    document: Document,
    name: str,
    specs: Iterable[Spec],
    action: str,
    act: Callable[[Work, Mapping[str, Any]], object],
    done: T,
) -> ResponseReturnValue:
    """Do what a form of the page asks for, and come back; the page with the form where that fails."""
    form = make_form(specs, prefix=name)
    if form.validate() and attempt(action, lambda w: act(w, form.values()), done=done, form=form) is not None:
        return redirect(url_for(".page", kind=document.kind.value, document_id=document.id), 303)
    return _show(document, {name: form})


@blueprint.post("/sealed/<int:redaction_id>/open")
def open_sealed(redaction_id: int) -> ResponseReturnValue:
    """The original as a download, once the look at it is on record."""
    document = acting.find_sealed(reading(), redaction_id)
    name = OPEN.format(redaction_id)
    form = make_form(OPEN_SPECS, prefix=name)
    if not form.validate():
        return _show(document, {name: form})
    done = attempt(
        "sealed.open",
        lambda w: acting.open_sealed(w, redaction_id, form.values()["reason"], files()),
        form=form,
    )
    if done is None:
        return _show(document, {name: form})
    filename, stream = done.value
    return send_file(stream, mimetype="application/octet-stream", as_attachment=True, download_name=filename)


@blueprint.get("/requests")
def index() -> str:
    """What parties ask, and waits for an answer."""
    return render_template("case/redaction_requests.html", rows=requests.waiting(reading()))


def any_asked() -> bool:
    """Whether a request waits for this user."""
    return requests.any_waiting(reading())
