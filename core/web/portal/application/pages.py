"""One's own applications: the list, one begun, its page, and what is decided about it by its party."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.text import T
from core.services.applications import own
from core.services.base.access import require_member
from core.services.base.work import Work
from core.services.granting import starting
from core.services.review import recommendations
from core.web.cases.application_steps import recommender_spec
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, seen_version, version_spec
from core.web.frame import paging
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading
from core.web.portal.application.case import OwnCase, blueprint, own_case
from core.web.portal.countdown import left

DECLARED = T(
    "本单位（本人）承诺所填数据和所交材料真实、完整，愿意承担相应责任",
    "The statements and documents are true and complete, and the applicant answers for them",
)
SURE = T(
    "我确认撤回；撤回后不能恢复，只能重新申报",
    "I confirm the withdrawal. It cannot be undone; I would have to start a new application",
)


class NoSteps:
    """The officers' steps, of which a party has none on its own page."""

    def offers(self, *_part: object) -> list[object]:
        """Nothing."""
        return []


@blueprint.get("/")
def index() -> str:
    """The applications of the parties that the user acts for."""
    wish = request.args.get("state", "")
    state = ApplicationState(wish) if wish in set(ApplicationState) else None
    unit = reading()
    found = own.own_applications(unit, paging.wish(), state=state)
    return render_template(
        "portal/application/applications.html",
        page=found.page,
        states=found.states,
        state=state,
        left=lambda until: left(unit.now, until),
        now=unit.now,
    )


@blueprint.post("/start")
def start() -> ResponseReturnValue:
    """Begin one; refused, the list of programmes comes again with the reason."""
    program, _, track = request.form.get("track", "").partition("/")
    party = paging.number_of(request.form.get("party")) or 0
    call = paging.number_of(request.form.get("call"))
    done = attempt(
        "application.start",
        lambda w: _start(w, program, track, party, call),
        done=T("已建立申请草稿，请逐项填写", "A draft was created. Fill it in item by item"),
    )
    if done is None:
        return redirect(url_for("eligibility.index", party=party), 303)
    return redirect(url_for(".fill", application_id=done.value), 303)


def _start(w: Work, program: str, track: str, party: int, call: int | None) -> int:
    require_member(w, party)
    return starting.start(w, program, track, party, call)


@blueprint.post("/<int:application_id>/switch")
def switch(application_id: int) -> ResponseReturnValue:
    """Take a draft to another track of its programme; refused, the list of programmes comes again."""
    case = own_case(application_id)
    track = request.form.get("track", "")
    done = attempt(
        "application.switch",
        lambda w: starting.switch(w, application_id, track),
        done=T(
            "已改报该类别，已填的数据和已交的材料保留，请核对",
            "Switched to that track. What was filled in and handed in is kept; please check it",
        ),
    )
    if done is None:
        return redirect(url_for("eligibility.index", party=case.application.party_id), 303)
    return redirect(url_for(".fill", application_id=application_id), 303)


@blueprint.get("/<int:application_id>")
def page(application_id: int) -> str:
    """One application: where it stands, what to do, what was said."""
    case = own_case(application_id)
    return _show(case)


def _show(
    case: OwnCase,
    withdrawal: PlainForm | None = None,
    choice: PlainForm | None = None,
    turning: PlainForm | None = None,
) -> str:
    return render_template(
        "portal/application/application.html",
        case=case,
        item=case.application,
        steps=NoSteps(),
        since=case.since if not case.writable else None,
        withdrawal=withdrawal or make_form(_withdrawal(), bind=False),
        choice=choice or (make_form(_choice(case), bind=False) if case.may_choose else None),
        turning=turning or (make_form(_turning(case), bind=False) if case.may_turn else None),
    )


def _choice(case: OwnCase) -> list[Spec]:
    chosen = case.application.recommender_id or recommendations.TERRITORY
    return [recommender_spec(case.recommenders, chosen), version_spec(case.application.version)]


def _turning(case: OwnCase) -> list[Spec]:
    return [recommender_spec(recommendations.left(case.case)), version_spec(case.application.version)]


@blueprint.post("/<int:application_id>/recommender")
def recommender(application_id: int) -> ResponseReturnValue:
    """Name through whom a draft goes."""
    case = own_case(application_id)
    if not case.may_choose:
        return redirect(url_for(".page", application_id=case.id), 303)
    form = make_form(_choice(case))
    done = None
    if form.validate():
        values = form.values()
        done = attempt(
            "application.choose_recommender",
            lambda w: recommendations.choose(
                w, application_id, int(values["recommender"]), version=seen_version(values)
            ),
            done=T("已选定推荐单位", "The recommender was chosen"),
            form=form,
        )
    if done is None:
        return _show(own_case(application_id), choice=form), 422
    return redirect(url_for(".page", application_id=case.id), 303)


@blueprint.post("/<int:application_id>/turn")
def turn(application_id: int) -> ResponseReturnValue:
    """Turn to another recommender after a refusal to recommend."""
    case = own_case(application_id)
    if not case.may_turn:
        return redirect(url_for(".page", application_id=case.id), 303)
    form = make_form(_turning(case))
    done = None
    if form.validate():
        values = form.values()
        done = attempt(
            "application.turn",
            lambda w: starting.perform(
                w,
                application_id,
                Action.TURN,
                recommender=values["recommender"],
                version=seen_version(values),
            ),
            done=T("已转请该推荐单位推荐", "The application is with that recommender now"),
            form=form,
        )
    if done is None:
        return _show(own_case(application_id), turning=form), 422
    return redirect(url_for(".page", application_id=case.id), 303)


@blueprint.get("/<int:application_id>/facts/<name>/history")
def history(application_id: int, name: str) -> str:
    """Every word on one fact."""
    case = own_case(application_id)
    return render_template(
        "case/history.html", case=case, item=case.application, name=name, page=case.history(name)
    )


def _declaration(case: OwnCase) -> list[Spec]:
    return [Spec("declared", DECLARED, FieldKind.FLAG), version_spec(case.application.version)]


@blueprint.route("/<int:application_id>/submit", methods=["GET", "POST"])
def submit(application_id: int) -> ResponseReturnValue:
    """The last page before it is handed in: all that stands against it, and the declaration."""
    case = own_case(application_id)
    if not case.writable:
        # A second click, a second tab: it is handed in already, and nothing more happens.
        flash(
            tr(T("该申请已提交，无需再次提交", "It has been submitted; there is no need to do it again")),
            "info",
        )
        return redirect(url_for(".page", application_id=case.id), 303)
    form = make_form(_declaration(case))
    if request.method == "POST" and form.validate():
        move = case.handing_in
        if not form.values()["declared"]:
            _refuse(form, "declared", T("请勾选承诺后提交", "Tick the declaration before you submit"))
        elif move is not None:
            seen = seen_version(form.values())
            done = attempt(
                f"application.{move.move.action.value}",
                lambda w: starting.perform(w, application_id, move.move.action, version=seen),
                done=T(
                    "已提交，进展会在此显示并发送消息",
                    "Submitted; you will be told of every step, and see it here",
                ),
            )
            if done is not None:
                return redirect(url_for(".page", application_id=case.id), 303)
            case = own_case(application_id)
            form = make_form(_declaration(case), bind=False)
    status = 422 if request.method == "POST" else 200
    return render_template(
        "portal/application/submit.html",
        case=case,
        item=case.application,
        form=form,
        since=case.since,
    ), status


def _withdrawal() -> list[Spec]:
    return [Spec("sure", SURE, FieldKind.FLAG)]


@blueprint.post("/<int:application_id>/withdraw")
def withdraw(application_id: int) -> ResponseReturnValue:
    """Take it back, once it was said twice."""
    case = own_case(application_id)
    form = make_form(_withdrawal())
    if case.state is ApplicationState.WITHDRAWN:
        return redirect(url_for(".page", application_id=case.id), 303)
    if not form.values()["sure"]:
        _refuse(form, "sure", T("请先勾选确认", "Tick the box first"))
        return _show(case, form), 422
    done = attempt(
        "application.withdraw",
        lambda w: starting.perform(w, application_id, Action.WITHDRAW),
        done=T("申请已撤回", "The application was withdrawn"),
    )
    if done is None:
        return _show(own_case(application_id), form), 422
    return redirect(url_for(".page", application_id=case.id), 303)


def _refuse(form: Form, name: str, why: T) -> None:
    field = form._fields[name]
    field.errors = [*field.errors, tr(why)]
