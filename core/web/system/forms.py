"""Users and their roles, holidays, job runs, and the look-up of divisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.phrases import SAVED
from core.rules.text import EMPTY, T
from core.services.base import ledger, regions
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.services.daily_check.run import state_of
from core.services.entry import locks
from core.services.people import departed, factor_resets, keyed, users
from core.services.people.rights import duties
from core.services.recommenders.bodies import all_named
from core.services.settings import holidays
from core.storage.models import User
from core.web.forms.fields import FieldKind, Spec, make_form, reason
from core.web.frame import paging
from core.web.frame.language import language
from core.web.frame.pipeline import attempt, current_actor, reading
from core.web.system.job_words import job_lines

blueprint = Blueprint("system_forms", __name__, url_prefix="/admin/system")

LOOKED_UP = 12


@blueprint.get("/regions", endpoint="regions")
def division_choices() -> Response:
    """Divisions by name or code, for the fields that refer to one; the table is public."""
    text = "".join(filter(str.isprintable, request.args.get("query", "")[:50])).strip()
    english = language() == "en"
    return jsonify(
        [
            [row.code, f"{(row.name_en if english and row.name_en else row.name)} {row.code}"]
            for row in regions.look_up(reading(), text, LOOKED_UP)
        ]
    )


USER_SPECS = (
    Spec("email", T("邮箱（登录名）", "E-mail, with which one logs in"), longest=200),
    Spec("name", T("姓名", "Name"), longest=200),
    Spec("mobile", T("手机号码", "Mobile number"), required=False, longest=20),
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
            ),
            done=T(
                "用户已建立，已通知本人设置密码；请授予角色",
                "The account was made, and its user is asked to set a password; give it a role",
            ),
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


@blueprint.post("/users/find")
def find_user() -> ResponseReturnValue:
    """The account at an address, which comes in a body: what stands in a page's address is logged."""
    sought = request.form.get("find", "")
    done = attempt("user.find", lambda w: users.at_address(w, sought))
    if done is None:
        return redirect(url_for("users.index_view"), 303)
    return redirect(url_for(".user", user_id=done.value), 303)


def _programs() -> list[tuple[str, T]]:
    return [(key, loaded.program.title) for key, loaded in catalogue().programs.items()]


def _recommenders() -> list[tuple[str, str]]:
    """By name, which is the same in every language, and the programme's id."""
    return [(str(item.id), f"{item.name} · {item.program}") for item in all_named(reading())]


GRANT_SPECS = (
    Spec(
        "role",
        T("角色", "Role"),
        FieldKind.CHOICE,
        options=lambda: [(role.value, role.label) for role in Role if role is not Role.APPLICANT],
    ),
    Spec(
        "program",
        T("项目", "Programme"),
        FieldKind.CHOICE,
        required=False,
        options=_programs,
        hint=T("不选即为全部项目", "Leave empty for every programme"),
    ),
    Spec(
        "region",
        T("地区", "Region"),
        FieldKind.LOOKUP,
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
    Spec(
        "recommender",
        T("所代表的协会、商会或业务部门", "Association or department that a recommender acts for"),
        FieldKind.CHOICE,
        required=False,
        options=_recommenders,
        hint=T("不选即为属地推荐单位", "Leave empty for the recommender of a territory"),
    ),
    Spec(
        "starts_on",
        T("自（日期）", "From (day)"),
        FieldKind.DAY,
        required=False,
        hint=T("留空即刻生效", "Leave empty for at once"),
    ),
)
UNLOCK_SPECS = (
    reason(
        T("解除限制的理由", "Why the lock is lifted"),
        hint=T("请写明如何核实了本人身份", "Say how you made sure who asks"),
    ),
)


@blueprint.get("/users/<int:user_id>")
def user(user_id: int) -> str:
    """A user with roles and memberships."""
    return _show_user(users.find(reading(), user_id))


def _show_user(item: User, grant_form: Any = None, factor_form: Any = None, unlock_form: Any = None) -> str:
    return render_template(
        "system/user.html",
        item=item,
        may_edit=current_actor().has(*ACTS[Act.USER_EDIT]),
        form=grant_form or make_form(GRANT_SPECS, bind=False),
        factor_form=factor_form or make_form(FACTOR_SPECS, prefix="factor-", bind=False),
        reset=factor_resets.waiting(reading(), item.id),
        work=departed.work_of(reading(), item.id),
        mixed=duties.is_mixed(reading(), item.id),
        rule=duties.RULE,
        unlock_form=unlock_form or make_form(UNLOCK_SPECS, prefix="unlock-", bind=False),
        guesses=locks.of_account(reading(), item.id),
    )


@blueprint.post("/users/<int:user_id>/unlock")
def unlock(user_id: int) -> ResponseReturnValue:
    """Let the locks that came of wrong guesses end now."""
    item = users.find(reading(), user_id)
    form = make_form(UNLOCK_SPECS, prefix="unlock-")
    done = None
    if form.validate():
        done = attempt(
            "user.unlock",
            lambda w: locks.lift(w, user_id, form.values()["reason"]),
            done=T("登录限制已解除", "The account can be logged in to again"),
            form=form,
        )
    if done is None:
        return _show_user(item, unlock_form=form), 422
    return redirect(url_for(".user", user_id=user_id), 303)


@blueprint.post("/users/<int:user_id>/grant")
def grant(user_id: int) -> ResponseReturnValue:
    """Give a role."""
    item = users.find(reading(), user_id)
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
                party_id=keyed.registered(w, values["uscc"]) if values["uscc"] else None,
                recommender_id=paging.number_of(values["recommender"]),
                starts_on=values["starts_on"],
            ),
            done=T("已授予", "Given"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".user", user_id=user_id), 303)
    return _show_user(item, grant_form=form), 422


FACTOR_SPECS = (
    reason(
        T("理由和核实身份的方式", "Why, and how it was made sure who asks"),
        hint=T("须由另一名系统管理员确认后才停用", "Another administrator has to confirm it first"),
    ),
)


@blueprint.post("/users/<int:user_id>/factor/<any(open, confirm, withdraw):step>")
def factor(user_id: int, step: str) -> ResponseReturnValue:
    """Ask for a lost second factor to be taken away, confirm that, or let it be."""
    item = users.find(reading(), user_id)
    form = make_form(FACTOR_SPECS if step == "open" else (), prefix="factor-")
    done = None
    if form.validate():
        changes: dict[str, tuple[Callable[[Work], object], T]] = {
            "open": (
                lambda w: factor_resets.open_reset(w, user_id, form.values()["reason"]),
                T("已申请，待第二人确认", "Asked for; a second person has to confirm it"),
            ),
            "confirm": (
                lambda w: factor_resets.confirm(w, user_id),
                T("双重验证已停用，已通知本人", "The second factor was taken away, and the user is told"),
            ),
            "withdraw": (
                lambda w: factor_resets.withdraw(w, user_id),
                T("已撤回，双重验证不变", "Withdrawn; the second factor stays"),
            ),
        }
        change, words = changes[step]
        done = attempt(f"user.factor_{step}", change, done=words, form=form)
    if done is None and step == "open":
        return _show_user(item, factor_form=form), 422
    return redirect(url_for(".user", user_id=user_id), 303)


@blueprint.post("/users/<int:user_id>/<any(close, open, reset, revoke):step>")
def change_user(user_id: int, step: str) -> ResponseReturnValue:
    """Close or open an account, have its user set another password, take a role away."""
    item = users.find(reading(), user_id)
    if step == "reset":
        attempt(
            "user.reset",
            lambda w: users.send_reset(w, user_id),
            done=T("已通知本人重设密码", "The user is asked to set another password"),
        )
    elif step == "revoke":
        grant_id = paging.sent("grant")
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


KINDS = (("holiday", T("休息", "Day off")), ("working", T("上班", "Day worked")))


@blueprint.route("/holiday", methods=["GET", "POST"])
def holiday() -> ResponseReturnValue:
    """Correct a day of a year that is loaded."""
    on = _day(request.args.get("on"))
    known = holidays.find(reading(), on) if on else None
    specs = (
        Spec("day", T("日期", "Date"), FieldKind.DAY),
        Spec(
            "kind",
            T("当天", "That day"),
            FieldKind.CHOICE,
            options=lambda: KINDS,
        ),
        Spec("name", T("名称", "Name"), required=False, longest=100),
        Spec("name_en", T("英文名称", "English name"), required=False, longest=100),
    )
    stands = {"day": on, "kind": "working" if known and known.working else "holiday"}
    names = {"name": known.name_zh, "name_en": known.name_en} if known else {}
    form = make_form(specs, data=stands | names)
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
            done=SAVED,
            form=form,
        )
        if done is not None:
            return redirect(url_for("holidays.index_view"), 303)
    page = render_template("system/holiday.html", form=form, known=known, years=holidays.years(reading()))
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/holiday/remove")
def remove_holiday() -> ResponseReturnValue:
    """Take a day out of the table."""
    on = _day(request.form.get("day"))
    if on is None:
        abort(404)
    attempt("holiday.remove", lambda w: holidays.remove_day(w, on), done=T("已删除", "Deleted"))
    return redirect(url_for("holidays.index_view"), 303)


@blueprint.get("/jobs/<int:run_id>")
def job(run_id: int) -> str:
    """A job run with its counts and failures."""
    w = reading()
    item = ledger.find(w, run_id)
    return render_template("system/job.html", item=item, state=state_of(w.session, item), job_lines=job_lines)
