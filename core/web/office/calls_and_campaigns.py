"""Calls, public notices and campaigns: their pages and forms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import Invalid, NotAllowed
from core.domain.facts import service_functions
from core.domain.quantities import PLACES
from core.hooks.catalogue import catalogue
from core.rules.phrases import SAVED
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.services.calls import calls
from core.services.calls.options import LONGEST_REASON
from core.services.calls.score_sheet import BY_DEFAULT, rule_title
from core.services.duties import campaigns
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.forms.score_sheet import TIE_HINT, sheet, sheet_text, tie_break, tie_text
from core.web.forms.steps import Values
from core.web.frame.language import language
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("register_forms", __name__, url_prefix="/admin/register")


def programs_for(act: Act) -> list[tuple[str, T]]:
    """The programmes for which the user may do an act."""
    grants = [grant for grant in reading().actor.grants if grant.role in ACTS[act]]
    return [
        (key, loaded.program.title)
        for key, loaded in catalogue().programs.items()
        if any(grant.program in (None, key) for grant in grants)
    ]


def _tracks() -> list[tuple[str, T]]:
    allowed_programs = {key for key, _ in programs_for(Act.CALL_EDIT)}
    return [
        (
            f"{loaded.program.id}/{track.id}",
            T(
                f"{loaded.program.title.zh} · {track.title.zh}",
                f"{loaded.program.title.en} · {track.title.en}",
            ),
        )
        for loaded, track in catalogue().tracks()
        if loaded.program.id in allowed_programs
    ]


def _editions() -> list[tuple[str, T]]:
    """The editions of the programmes that have several."""
    allowed_programs = {key for key, _ in programs_for(Act.CALL_EDIT)}
    return [
        (
            f"{key}/{edition.id}",
            T(
                f"{loaded.program.title.zh} · {edition.title.zh}",
                f"{loaded.program.title.en} · {edition.title.en}",
            ),
        )
        for key, loaded in catalogue().programs.items()
        if key in allowed_programs
        for edition in loaded.program.editions
    ]


def _functions() -> list[tuple[str, T]]:
    """The service functions of the texts, each once."""
    allowed_programs = {key for key, _ in programs_for(Act.CALL_EDIT)}
    work = reading()
    found = {
        function: service_functions.choice_label(function)
        for loaded, track in catalogue().tracks()
        if loaded.program.id in allowed_programs
        for function in work.rules(loaded.program.id, track.id, work.today).procedure.functions
    }
    return list(found.items())


CALL_SPECS = (
    Spec("title", T("标题", "Title"), longest=200, wide=True),
    Spec(
        "tracks",
        T("项目和类别", "Programme and tracks"),
        FieldKind.CHECKS,
        options=_tracks,
        hint=T("可多选，限同一项目的类别", "One or several, all of one programme"),
    ),
    Spec(
        "opens_at",
        T("开始时间", "Opens at"),
        FieldKind.MOMENT,
        required=False,
        hint=T("留空则按政策文本规定", "Leave empty to follow the text"),
    ),
    Spec("submit_by", T("申报截止", "Submit by"), FieldKind.MOMENT, required=False),
    Spec("recommend_by", T("推荐截止", "Recommend by"), FieldKind.MOMENT, required=False),
    Spec(
        "quota",
        T("名额", "Quota"),
        FieldKind.INTEGER,
        required=False,
        unit=PLACES,
        hint=T("留空为不限", "Leave empty for no limit"),
    ),
    Spec(
        "edition",
        T("政策版本", "Edition of the text"),
        FieldKind.CHOICE,
        required=False,
        options=_editions,
        hint=T("不选则适用开始时有效的版本", "If none is chosen: the one in force when the call opens"),
    ),
    Spec(
        "closed_functions",
        T("本次不受理的服务类别", "Service functions that this call does not take"),
        FieldKind.CHECKS,
        required=False,
        options=_functions,
        hint=T("不选则按政策文本对当年的规定", "If none is chosen: as the text says for the year"),
    ),
    Spec(
        "repeat_reason",
        T("年内再次申报的理由", "Reason for a second call of the year"),
        FieldKind.AREA,
        required=False,
        longest=LONGEST_REASON,
        hint=T(
            "文本规定每年开展一次、本年度已有申报通知的须填写",
            "Asked for where the text has one call a year and the year had one",
        ),
    ),
    Spec(
        "score_sheet",
        T("评分表", "Score sheet"),
        FieldKind.SHEET,
        required=False,
        longest=20_000,
        hint=T(
            "评审专家逐项打分；不填则只打一个综合分",
            "Reviewers score each criterion; left empty, they give one overall score",
        ),
    ),
    Spec(
        "tie_break",
        T("同分时的排序", "Where scores are equal"),
        FieldKind.AREA,
        required=False,
        hint=TIE_HINT,
    ),
)


def _save_call(w: Work, values: Values, call_id: int | None = None) -> int:
    chosen = [item.partition("/") for item in values["tracks"] or ()]
    program = chosen[0][0] if chosen else ""
    tracks = [track for owner, _, track in chosen if owner == program]
    given = {name: values[name] for name in ("opens_at", "submit_by", "recommend_by", "quota")}
    owner, _, edition = (values["edition"] or "").partition("/")
    if edition and owner != program:
        raise Invalid({"edition": T("不属于所选项目", "it belongs to another programme")})
    criteria = sheet(values["score_sheet"] or "")
    closed = values["closed_functions"] or ()
    return calls.save_call(
        w,
        program=program,
        tracks=tracks,
        title=values["title"],
        score_sheet=criteria,
        tie_break=tie_break(values["tie_break"] or "", criteria),
        call_id=call_id,
        edition=edition or None,
        closed_functions=closed if closed or call_id is not None else None,
        repeat_reason=values["repeat_reason"] or "",
        **given,
    )


@blueprint.route("/calls/new", methods=["GET", "POST"])
def new_call() -> ResponseReturnValue:
    """Announce a call."""
    form = make_form(CALL_SPECS)
    if request.method == "POST" and form.validate():
        done = attempt(
            "call.save", lambda w: _save_call(w, form.values()), done=T("已发布", "Announced"), form=form
        )
        if done is not None:
            return redirect(url_for(".call", call_id=done.value), 303)
    return _page(form, T("发布申报通知", "Announce a call"), url_for("calls.index_view"))


def _page(form: Any, title: T, back: str, **more: Any) -> ResponseReturnValue:
    page = render_template("parts/form_page.html", form=form, heading=title, back=back, **more)
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/calls/<int:call_id>")
def call(call_id: int) -> str:
    """A call with its window, quota and score sheet."""
    w = reading()
    item = calls.find(w, call_id)
    return render_template(
        "office/call.html",
        item=item,
        view=calls.view(w, item),
        may_edit=any(key == item.program for key, _ in programs_for(Act.CALL_EDIT)),
        tie_rules=[rule_title(rule, item.score_sheet) for rule in item.tie_break or BY_DEFAULT],
    )


@blueprint.route("/calls/<int:call_id>/edit", methods=["GET", "POST"])
def edit_call(call_id: int) -> ResponseReturnValue:
    """Change a call: what applications or scores rest on already stays, and is said to."""
    item = calls.find(reading(), call_id)
    if not any(key == item.program for key, _ in programs_for(Act.CALL_EDIT)):
        raise NotAllowed(T("您没有修改该申报通知的权限", "You may not change this call"))
    known = {
        "title": item.title,
        "tracks": [f"{item.program}/{track}" for track in item.tracks],
        "opens_at": item.opens_at,
        "submit_by": item.submit_by,
        "recommend_by": item.recommend_by,
        "quota": item.quota,
        "edition": f"{item.program}/{item.edition}",
        "closed_functions": item.closed_functions,
        "repeat_reason": item.repeat_reason,
        "score_sheet": sheet_text(item.score_sheet),
        "tie_break": tie_text(item.tie_break, item.score_sheet, language()),
    }
    form = make_form(CALL_SPECS, data=known)
    if request.method == "POST" and form.validate():
        done = attempt(
            "call.save",
            lambda w: _save_call(w, form.values(), call_id),
            done=SAVED,
            form=form,
        )
        if done is not None:
            return redirect(url_for(".call", call_id=call_id), 303)
    return _page(form, T("修改申报通知", "Change the call"), url_for(".call", call_id=call_id))


@blueprint.post("/calls/<int:call_id>/close")
def close_call(call_id: int) -> ResponseReturnValue:
    """Close a call before its time."""
    calls.find(reading(), call_id)
    attempt("call.close", lambda w: calls.close_call(w, call_id), done=T("已关闭", "Closed"))
    return redirect(url_for(".call", call_id=call_id), 303)


CAMPAIGN_SPECS = (
    Spec("program", T("项目", "Programme"), FieldKind.CHOICE, options=lambda: programs_for(Act.CALL_EDIT)),
    Spec("title", T("活动名称", "Title of the campaign"), longest=200),
    Spec("starts_on", T("开始日期", "Starts on"), FieldKind.DAY),
    Spec("ends_on", T("结束日期", "Ends on"), FieldKind.DAY),
    Spec(
        "organized_by_authority",
        T("主管部门组织", "Organised by the authority"),
        FieldKind.FLAG,
        default=True,
    ),
    Spec(
        "region",
        T("面向的区划代码（留空为全部）", "Code of the division that it is open to (empty for all)"),
        required=False,
        longest=6,
    ),
)


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
def new_campaign() -> ResponseReturnValue:
    """Announce a campaign."""
    form = make_form(CAMPAIGN_SPECS)
    if request.method == "POST" and form.validate():
        values = form.values()
        program = values.pop("program")
        values["region"] = values["region"] or ""
        done = attempt(
            "campaign.save",
            lambda w: campaigns.save_campaign(w, program, **values),
            done=SAVED,
            form=form,
        )
        if done is not None:
            return redirect(url_for("campaigns.index_view"), 303)
    return _page(form, T("新建活动", "New campaign"), url_for("campaigns.index_view"))
