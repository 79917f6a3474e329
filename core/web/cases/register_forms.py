"""Calls, public notices and campaigns: their pages and forms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from core.domain.errors import NotFound
from core.domain.states import ApplicationState
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services import calls, campaigns, notices
from core.services.access import ACTS, allowed, scope
from core.services.work import Work
from core.storage.models import Application, Call, NoticeItem, Objection, PublicNotice
from core.web.cases.fields import PlainForm, Spec, make_form
from core.web.cases.steps import Values
from core.web.pipeline import attempt, reading
from core.web.show import current_day

blueprint = Blueprint("register_forms", __name__, url_prefix="/admin/register")

SHEET_HINT = T(
    "每行一项：名称 权重 满分，例如：服务能力 40 100；留空则为一项综合评分",
    "One criterion a line: title, weight, highest points, as in: Capability 40 100; empty: one overall score",
)


def programs_for(act: str) -> list[tuple[str, T]]:
    """The programmes for which the user may do an act."""
    grants = [grant for grant in reading().actor.grants if grant.role in ACTS[act]]
    return [
        (key, loaded.program.title)
        for key, loaded in catalogue().programs.items()
        if any(grant.program in (None, key) for grant in grants)
    ]


def _tracks() -> list[tuple[str, T]]:
    allowed_programs = {key for key, _ in programs_for("call.edit")}
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


CALL_SPECS = (
    Spec("title", T("标题", "Title"), longest=200),
    Spec(
        "tracks",
        T("项目和类别", "Programme and tracks"),
        "checks",
        options=_tracks,
        hint=T("同一项目可选几类", "Several of one programme"),
    ),
    Spec(
        "opens_at",
        T("开始时间", "Opens at"),
        "moment",
        required=False,
        hint=T("留空则按政策文本", "Left empty: as in the text"),
    ),
    Spec("submit_by", T("申报截止", "Submit by"), "moment", required=False),
    Spec("recommend_by", T("推荐截止", "Recommend by"), "moment", required=False),
    Spec("quota", T("名额", "Quota"), "integer", required=False),
    Spec("score_sheet", T("评分表", "Score sheet"), "area", required=False, hint=SHEET_HINT),
)


def sheet(text: str) -> list[dict[str, Any]]:
    """The criteria of a score sheet, one a line."""
    rows = []
    for number, line in enumerate(filter(None, (part.strip() for part in text.splitlines())), start=1):
        words = line.split()
        figures = [int(word) for word in words[-2:] if word.isascii() and word.isdigit()]
        weight, most = figures if len(figures) == 2 else (1, 100)  # noqa: PLR2004  # weight and points
        title = " ".join(words[: len(words) - len(figures)]) if len(figures) == 2 else line  # noqa: PLR2004
        rows.append({"key": f"c{number}", "title": {"zh": title, "en": title}, "weight": weight, "max": most})
    return rows


def _save_call(w: Work, values: Values, call_id: int | None = None) -> int:
    chosen = [item.partition("/") for item in values["tracks"] or ()]
    program = chosen[0][0] if chosen else ""
    tracks = [track for owner, _, track in chosen if owner == program]
    given = {name: values[name] for name in ("opens_at", "submit_by", "recommend_by", "quota")}
    return calls.save_call(
        w,
        program=program,
        tracks=tracks,
        title=values["title"],
        score_sheet=sheet(values["score_sheet"] or ""),
        call_id=call_id,
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
    page = render_template("case/form.html", form=form, heading=title, back=back, **more)
    return page, 422 if request.method == "POST" else 200


def _call(w: Work, call_id: int) -> Call:
    found = w.session.get(Call, call_id)
    programs = {grant.program for grant in w.actor.grants if grant.role in ACTS["call.view"]}
    if found is None or not programs & {None, found.program}:
        raise NotFound(T("没有这个通知", "There is no such call"))
    return found


@blueprint.get("/calls/<int:call_id>")
def call(call_id: int) -> str:
    """A call with its window, quota and score sheet."""
    w = reading()
    item = _call(w, call_id)
    return render_template(
        "case/call.html",
        item=item,
        view=calls.view(w, item),
        may_edit=any(key == item.program for key, _ in programs_for("call.edit")),
    )


@blueprint.post("/calls/<int:call_id>/close")
def close_call(call_id: int) -> ResponseReturnValue:
    """Close a call before its time."""
    _call(reading(), call_id)
    attempt("call.close", lambda w: calls.close_call(w, call_id), done=T("已关闭", "Closed"))
    return redirect(url_for(".call", call_id=call_id), 303)


@blueprint.route("/notices/new", methods=["GET", "POST"])
def new_notice() -> ResponseReturnValue:
    """Publish the approved applications that are ticked."""
    w = reading()
    wish = request.values.get("program", "")
    known = programs_for("notice.publish")
    program = wish if wish in {key for key, _ in known} else (known[0][0] if known else "")
    waiting = _to_publish(w, program)
    options = [(str(item.id), f"{item.party.name}（{item.id}）") for item in waiting]
    specs = (
        Spec("title", T("公示标题", "Title"), longest=200),
        Spec("applications", T("待公示的申请", "Applications to publish"), "checks", options=lambda: options),
        Spec("program", T("", ""), "hidden", required=False, default=program),
    )
    form = make_form(specs)
    if request.method == "POST" and form.validate():
        chosen = [int(item) for item in form.values()["applications"] or ()]
        done = attempt(
            "notice.publish",
            lambda u: notices.publish(u, program, chosen, form.values()["title"]),
            done=T("公示已发布", "The notice was published"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".notice", notice_id=done.value), 303)
    page = render_template("case/new_notice.html", form=form, programs=known, chosen=program, waiting=waiting)
    return page, 422 if request.method == "POST" else 200


def _to_publish(w: Work, program: str) -> list[Application]:
    listed = exists().where(NoticeItem.application_id == Application.id)
    query = select(Application).where(
        Application.program == program,
        Application.state == ApplicationState.ON_NOTICE,
        ~listed,
        scope(w.actor, "notice.publish", Application.program, Application.region),
    )
    return list(
        w.session.scalars(query.options(joinedload(Application.party)).order_by(Application.id).limit(500))
    )


@blueprint.get("/notices/<int:notice_id>")
def notice(notice_id: int) -> str:
    """A notice with the applications on it, and the objections to those in reach."""
    return _notice_page(notice_id, {})


def _notice_page(notice_id: int, refused: dict[int, PlainForm]) -> str:
    w = reading()
    item = w.session.get(PublicNotice, notice_id)
    programs = {grant.program for grant in w.actor.grants if grant.role in ACTS["notice.view"]}
    if item is None or not programs & {None, item.program}:
        raise NotFound(T("没有这个公示", "There is no such notice"))
    query = select(NoticeItem).where(NoticeItem.notice_id == notice_id).order_by(NoticeItem.id)
    entries = list(
        w.session.scalars(query.options(joinedload(NoticeItem.application).joinedload(Application.party)))
    )
    reach = {
        entry.id
        for entry in entries
        if allowed(w.actor, "application.view", entry.application.program, entry.application.region)
    }
    objections = list(
        w.session.scalars(select(Objection).where(Objection.notice_item_id.in_(reach)).order_by(Objection.id))
    )
    return render_template(
        "case/notice.html",
        item=item,
        entries=entries,
        reach=reach,
        objections=objections,
        running=item.closed_at is None and item.closes_on >= current_day(),
        may_object=bool(programs) and any(key == item.program for key, _ in programs_for("objection.decide")),
        refused=refused,
        form_for=lambda application_id: (
            refused.get(application_id) or _objection_form(application_id, bind=False)
        ),
    )


OBJECTION_SPECS = (
    Spec("objector", T("异议人", "Who objects"), longest=200),
    Spec("contact", T("联系方式", "Contact"), longest=200),
    Spec("content", T("异议内容", "Objection"), "area", longest=4000),
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


CAMPAIGN_SPECS = (
    Spec("program", T("项目", "Programme"), "choice", options=lambda: programs_for("call.edit")),
    Spec("title", T("活动名称", "Title"), longest=200),
    Spec("starts_on", T("开始日期", "Starts on"), "day"),
    Spec("ends_on", T("结束日期", "Ends on"), "day"),
    Spec("organized_by_authority", T("由主管部门组织", "Organised by the authority"), "flag", default=True),
)


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
def new_campaign() -> ResponseReturnValue:
    """Announce a campaign."""
    form = make_form(CAMPAIGN_SPECS)
    if request.method == "POST" and form.validate():
        values = form.values()
        program = values.pop("program")
        done = attempt(
            "campaign.save",
            lambda w: campaigns.save_campaign(w, program, **values),
            done=T("已保存", "Saved"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("campaigns.index_view"), 303)
    return _page(form, T("新建活动", "New campaign"), url_for("campaigns.index_view"))
