"""Users and their roles, holidays, job runs, and the look-up of divisions."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import sessionmaker

from core.domain.clock import now
from core.domain.errors import NotFound
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.text import EMPTY, T
from core.services.base.access import ACTS, require, scope
from core.services.base.work import Work
from core.services.daily_check import run_checks
from core.services.people import users
from core.services.settings import holidays
from core.storage.models import HolidayDay, JobRun, Party, Region, User
from core.web.forms.fields import Spec, make_form
from core.web.frame.bound import db
from core.web.frame.labels import label_of
from core.web.frame.language import language
from core.web.frame.pipeline import attempt, current_actor, reading, run
from core.web.frame.show import current_day
from core.web.system.job_words import job_lines

blueprint = Blueprint("system_forms", __name__, url_prefix="/admin/system")

LOOKED_UP = 12


@blueprint.get("/regions")
def regions() -> Response:
    """Divisions by name or code, for the fields that refer to one; the table is public."""
    text = "".join(filter(str.isprintable, request.args.get("query", "")[:50])).strip()
    query = select(Region).order_by(Region.code).limit(LOOKED_UP)
    if text:
        query = query.where(
            or_(Region.code.startswith(text, autoescape=True), Region.name.contains(text, autoescape=True))
        )
    english = language() == "en"
    return jsonify(
        [
            [row.code, f"{(row.name_en if english and row.name_en else row.name)} {row.code}"]
            for row in db.session.scalars(query)
        ]
    )


USER_SPECS = (
    Spec("email", T("邮箱（登录名）", "E-mail, with which one logs in"), longest=200),
    Spec("name", T("姓名", "Name"), longest=200),
    Spec("mobile", T("手机号码", "Mobile number"), required=False, longest=20),
    Spec(
        "password",
        T("初始密码", "First password"),
        "password",
        required=False,
        longest=200,
        hint=T(
            "至少 10 个字符；留空则暂不能登录", "At least 10 characters; left empty, nobody can log in yet"
        ),
    ),
)


@blueprint.route("/users/new", methods=["GET", "POST"])
def new_user() -> ResponseReturnValue:
    """Make an account."""
    form = make_form(USER_SPECS)
    if request.method == "POST" and form.validate():
        values = form.values()
        done = attempt(
            "user.create",
            lambda w: users.create_user(
                w,
                email=values["email"],
                name=values["name"],
                mobile=values["mobile"] or "",
                password=values["password"] or None,
            ),
            done=T("用户已建立，请授予角色", "The account was made; give it a role"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".user", user_id=done.value), 303)
    page = render_template(
        "parts/form_page.html",
        form=form,
        heading=T("新建用户", "New user"),
        back=url_for("users.index_view"),
        advice=EMPTY,
    )
    return page, 422 if request.method == "POST" else 200


def _programs() -> list[tuple[str, T]]:
    return [(key, loaded.program.title) for key, loaded in catalogue().programs.items()]


GRANT_SPECS = (
    Spec(
        "role",
        T("角色", "Role"),
        "choice",
        options=lambda: [(role.value, label_of(role)) for role in Role if role is not Role.APPLICANT],
    ),
    Spec(
        "program",
        T("项目", "Programme"),
        "choice",
        required=False,
        options=_programs,
        hint=T("不选即为全部项目", "Leave empty for every programme"),
    ),
    Spec(
        "region",
        T("地区", "Region"),
        "lookup",
        required=False,
        endpoint="system_forms.regions",
        hint=T("留空即为全国", "Leave empty for the whole country"),
    ),
    Spec(
        "uscc",
        T("所代表推荐单位的统一社会信用代码", "USCC of the body a recommender acts for"),
        required=False,
        longest=30,
    ),
)
PASSWORD_SPECS = (Spec("password", T("新密码", "New password"), "password", longest=200),)


def _user(user_id: int) -> User:
    found = db.session.get(User, user_id)
    query = scope(current_actor(), "user.view", None, None)
    reached = (
        found is not None and db.session.scalar(select(User.id).where(User.id == user_id, query)) is not None
    )
    if not reached or found is None:
        raise NotFound(T("没有这个用户", "There is no such user"))
    return found


@blueprint.get("/users/<int:user_id>")
def user(user_id: int) -> str:
    """A user with roles and memberships."""
    return _show_user(_user(user_id))


def _show_user(item: User, grant_form: Any = None, password_form: Any = None) -> str:
    return render_template(
        "system/user.html",
        item=item,
        may_edit=current_actor().has(*ACTS["user.edit"]),
        form=grant_form or make_form(GRANT_SPECS, bind=False),
        password_form=password_form or make_form(PASSWORD_SPECS, bind=False),
        locked=item.locked_until is not None and item.locked_until > now(),
    )


@blueprint.post("/users/<int:user_id>/grant")
def grant(user_id: int) -> ResponseReturnValue:
    """Give a role."""
    item = _user(user_id)
    form = make_form(GRANT_SPECS)
    if form.validate():
        values = form.values()
        done = attempt(
            "user.grant",
            lambda w: users.grant(
                w,
                user_id,
                Role(values["role"]),
                program=values["program"] or None,
                region=values["region"] or None,
                party_id=_party(w, values["uscc"]),
            ),
            done=T("已授予", "Given"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".user", user_id=user_id), 303)
    return _show_user(item, grant_form=form), 422


def _party(w: Work, uscc: str | None) -> int | None:
    if not uscc:
        return None
    found = w.session.scalar(select(Party.id).where(Party.uscc == uscc.upper()))
    if found is None:
        raise NotFound(T("没有登记该单位", "no such body is registered"), field="uscc")
    return found


@blueprint.post("/users/<int:user_id>/<any(close, open, password, revoke):step>")
def change_user(user_id: int, step: str) -> ResponseReturnValue:
    """Close or open an account, give a new password, take a role away."""
    item = _user(user_id)
    if step == "password":
        form = make_form(PASSWORD_SPECS)
        done = None
        if form.validate():
            secret = form.values()["password"]
            done = attempt(
                "user.password",
                lambda w: users.set_password(w, user_id, secret),
                done=T("密码已更换", "Changed"),
                form=form,
            )
        return (
            redirect(url_for(".user", user_id=user_id), 303)
            if done
            else (_show_user(item, password_form=form), 422)
        )
    if step == "revoke":
        grant_id = request.form.get("grant", 0, type=int)
        if grant_id not in {held.id for held in item.grants}:
            abort(404)
        attempt(
            "user.revoke",
            lambda w: users.revoke_grant(w, grant_id),
            done=T("角色已收回", "The role was taken away"),
        )
    elif step == "close":
        attempt(
            "user.close",
            lambda w: users.deactivate(w, user_id),
            done=T("账号已停用", "The account was closed"),
        )
    else:
        attempt(
            "user.open", lambda w: users.activate(w, user_id), done=T("账号已启用", "The account was opened")
        )
    return redirect(url_for(".user", user_id=user_id), 303)


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        abort(404)


KINDS = (("holiday", T("休息", "Holiday")), ("working", T("上班", "Worked")))


@blueprint.route("/holiday", methods=["GET", "POST"])
def holiday() -> ResponseReturnValue:
    """Correct a day, or load a year as the product brings it."""
    on = _day(request.args.get("on"))
    known = db.session.get(HolidayDay, on) if on else None
    specs = (
        Spec("day", T("日期", "Day"), "day", default=on),
        Spec(
            "kind",
            T("当天", "That day"),
            "choice",
            options=lambda: KINDS,
            default="working" if known and known.working else "holiday",
        ),
        Spec("name", T("名称", "Name"), required=False, longest=100, default=known.name_zh if known else ""),
        Spec(
            "name_en",
            T("英文名称", "English name"),
            required=False,
            longest=100,
            default=known.name_en if known else "",
        ),
    )
    form = make_form(specs)
    if request.method == "POST" and form.validate():
        values = form.values()
        done = attempt(
            "holiday.set",
            lambda w: holidays.set_day(
                w,
                values["day"],
                working=values["kind"] == "working",
                name=values["name"] or "",
                name_en=values["name_en"] or "",
            ),
            done=T("已保存", "Saved"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("holidays.index_view"), 303)
    page = render_template("system/holiday.html", form=form, known=known, years=holidays.years(reading()))
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/holiday/<any(remove, load):step>")
def change_holidays(step: str) -> ResponseReturnValue:
    """Take a day out of the table, or load a year."""
    if step == "remove":
        on = _day(request.form.get("day"))
        if on is None:
            abort(404)
        attempt("holiday.remove", lambda w: holidays.remove_day(w, on), done=T("已删除", "Removed"))
    else:
        year = request.form.get("year", 0, type=int)
        attempt(
            "holiday.load",
            lambda w: holidays.load_year(w, year),
            done=T(f"{year} 年已载入", f"{year} was loaded"),
        )
    return redirect(url_for("holidays.index_view"), 303)


@blueprint.get("/jobs/<int:run_id>")
def job(run_id: int) -> str:
    """A job run with its counts and failures."""
    item = db.session.get(JobRun, run_id)
    if item is None:
        abort(404)
    return render_template("system/job.html", item=item, job_lines=job_lines)


@blueprint.post("/jobs/run")
def run_job() -> ResponseReturnValue:
    """Do the daily check of today now; it waits for one that is under way, and does nothing twice."""
    with run("job.run") as w:
        require(w, "job.run", None, None)
    factory = sessionmaker(db.engine, expire_on_commit=False)
    run_checks(factory, current_day(), now=now())
    return redirect(url_for("jobs.index_view"), 303)
