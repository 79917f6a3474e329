"""Public notices: planned, published, followed, and the objections to them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import DomainError, NotAllowed, NotFound
from core.rules.text import T
from core.services.base.work import Work
from core.services.granting import notice_desk, notices
from core.services.granting.notices import NoticePlan
from core.storage.models import Application
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame import paging
from core.web.frame.pipeline import attempt, complain, reading
from core.web.frame.show import current_day
from core.web.office.calls_and_campaigns import blueprint as blueprint
from core.web.office.calls_and_campaigns import programs_for

PAGE = 50
"""Applications of a notice on one page."""


@blueprint.route("/notices/new", methods=["GET", "POST"])
def new_notice() -> ResponseReturnValue:
    """Plan a notice of the approved applications that are ticked, look at it, and publish it."""
    w = reading()
    wish = request.values.get("program", "")
    known = programs_for(Act.NOTICE_PUBLISH)
    program = wish if wish in {key for key, _ in known} else _first(w, [key for key, _ in known])
    waiting = notice_desk.waiting(w, program)
    form = _form(program, waiting)
    plan: NoticePlan | None = None
    if request.method == "POST" and form.validate():
        values = form.values()
        chosen = [int(item) for item in values["applications"] or ()]
        if request.form.get("then") == "preview":
            plan = _plan(w, program, chosen, form)
        else:
            done = attempt(
                "notice.publish",
                lambda u: notices.publish(
                    u,
                    program,
                    chosen,
                    values["title"],
                    values["on"],
                    introduction=values["introduction"] or "",
                ),
                done=T("公示已发布", "The notice was published"),
                form=form,
            )
            if done is not None:
                return redirect(url_for(".notice", notice_id=done.value), 303)
    page = render_template(
        "office/new_notice.html", form=form, programs=known, chosen=program, waiting=waiting, plan=plan
    )
    return page, 422 if request.method == "POST" and plan is None else 200


def _first(w: Work, programs: list[str]) -> str:
    """The programme to begin with: the first in which something waits, else the first."""
    there = notice_desk.programs_waiting(w)
    return next((key for key in programs if key in there), programs[0] if programs else "")


def _form(program: str, waiting: Sequence[Application]) -> PlainForm:
    options = [(str(item.id), item.party.name) for item in waiting]
    everyone = [key for key, _ in options]
    specs = (
        Spec("title", T("公示标题", "Title of the notice"), longest=200),
        Spec(
            "introduction",
            T("公示说明", "Introduction"),
            FieldKind.AREA,
            required=False,
            longest=notices.LONGEST_INTRODUCTION,
            hint=T(
                "列在名单之前，可写依据、异议受理方式等；分段写",
                "Stands above the list: what it rests on, how to object; in paragraphs",
            ),
        ),
        Spec("on", T("公示日期", "Published on"), FieldKind.DAY, required=False, default=current_day),
        Spec(
            "applications",
            T("待公示的申请", "Applications to publish"),
            FieldKind.CHECKS,
            options=lambda: options,
            default=lambda: everyone,
        ),
        Spec("program", T("", ""), FieldKind.HIDDEN, required=False, default=program),
    )
    return make_form(specs)


def _plan(w: Work, program: str, chosen: list[int], form: PlainForm) -> NoticePlan | None:
    """The plan; None where the notice would be refused, with the reason told."""
    try:
        return notices.plan(w, program, chosen, form.values()["on"])
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        complain(error, form)
        return None


@blueprint.get("/notices/<int:notice_id>")
def notice(notice_id: int) -> str:
    """A notice with the applications on it, and the objections to those in reach."""
    return _notice_page(notice_id, {})


def _notice_page(notice_id: int, refused: dict[int, PlainForm]) -> str:
    w = reading()
    opened = notice_desk.opened(w, notice_id, paging.wish(PAGE), paging.wish(name="objections"))
    item = opened.notice
    return render_template(
        "office/notice.html",
        item=item,
        opened=opened,
        running=item.closed_at is None and item.closes_on >= current_day(),
        may_object=any(key == item.program for key, _ in programs_for(Act.OBJECTION_DECIDE)),
        refused=refused,
        form_for=lambda application_id: (
            refused.get(application_id) or _objection_form(application_id, bind=False)
        ),
    )


OBJECTION_SPECS = (
    Spec("objector", T("异议人", "Who objects"), longest=200),
    Spec("contact", T("联系方式", "Contact details"), longest=200),
    Spec("content", T("异议内容", "Text of the objection"), FieldKind.AREA, longest=4000),
)


def _objection_form(application_id: int, *, bind: bool = True) -> PlainForm:
    return make_form(OBJECTION_SPECS, prefix=f"object-{application_id}-", bind=bind)


@blueprint.post("/notices/<int:notice_id>/object/<int:application_id>")
def object_to(notice_id: int, application_id: int) -> ResponseReturnValue:
    """Record an objection that came by letter or telephone; refused, the page keeps what was typed."""
    form = _objection_form(application_id)
    done = None
    if form.validate():
        done = attempt(
            "notice.object",
            lambda w: notices.object_to(w, notice_id, application_id, **form.values()),
            done=T("异议已登记", "The objection was recorded"),
            form=form,
        )
    if done is None:
        return _notice_page(notice_id, {application_id: form}), 422
    return redirect(url_for(".notice", notice_id=notice_id), 303)
