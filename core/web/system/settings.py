"""Parameters, readings and operational settings, each with its clause, default and the changes made to it."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import Invalid, NotAllowed
from core.domain.quantities import SHARE, written
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import allowed
from core.services.base.words import home
from core.services.base.work import AUTHORITY_NAMES, REPLY_TO, Work
from core.services.settings import authority
from core.services.settings import values as settings
from core.services.settings.effects import Effect, effect_of
from core.services.settings.values import Setting
from core.storage.models.operations import SettingKind
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame.pipeline import attempt, complain, reading
from core.web.frame.show import current_day

blueprint = Blueprint("settings_page", __name__, url_prefix="/admin/parameters")


def _programs(w: Work) -> list[tuple[str, T]]:
    """The programmes whose settings the user may see."""
    return [
        (key, loaded.program.title)
        for key, loaded in catalogue().programs.items()
        if allowed(w.actor, Act.SETTING_VIEW, key, home(w, key))
    ]


def _specs(item: Setting) -> tuple[Spec, ...]:
    # What stands there is a setting already: as it would be typed.
    value = Spec(
        "value",
        T("新的值", "New value"),
        FieldKind.NUMBER_TEXT,
        longest=60,
        default=written(Decimal(item.value)) if item.unit == SHARE else item.value,
        unit=item.unit,
    )
    if item.name == REPLY_TO:
        value = Spec(
            "value",
            T("电子邮箱", "E-mail"),
            required=False,
            hint=T("留空表示不设", "empty for none"),
            longest=200,
            default=item.value,
        )
    if item.name in AUTHORITY_NAMES:
        value = Spec(
            "value",
            item.title,
            required=False,
            hint=T(
                "自生效日起用于文书和页面；此前的文书保留原名称",
                "Letters and pages have it from that day; earlier ones keep the old name",
            ),
            longest=200,
            default=item.value,
        )
    if item.kind is SettingKind.INTERPRETATION:
        value = Spec(
            "value",
            T("选用的理解", "The reading chosen"),
            FieldKind.CHOICE,
            options=lambda: item.choices,
            default=item.value,
        )
    return (
        value,
        Spec("effective_on", T("生效日期", "In force from"), FieldKind.DAY, default=current_day, anew=True),
        reason(),
    )


def _form(item: Setting) -> PlainForm:
    """The form, which began with the value and every change that stand there now."""
    specs = _specs(item)
    changes = [[change.effective_on, change.value, change.reason] for change in item.changes]
    return make_form(specs, data={"value": specs[0].default, "changes": changes})


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The parameters and readings of one programme."""
    w = reading()
    known = _programs(w)
    wish = request.args.get("program", "")
    chosen = wish if wish in dict(known) else (known[0][0] if known else "")
    rows = settings.list_settings(w, chosen) if chosen else []
    return render_template(
        "system/parameters.html",
        programs=known,
        chosen=chosen,
        rows=rows,
        operations=_operations(w),
        own=_own(w, chosen) if chosen else [],
        interpretation=SettingKind.INTERPRETATION,
        may_edit=bool(chosen) and allowed(w.actor, Act.SETTING_EDIT, chosen, home(w, chosen)),
        may_operate=allowed(w.actor, Act.SETTING_EDIT, None, None),
    )


def _operations(w: Work) -> list[Setting]:
    try:
        return settings.list_operations(w)
    except NotAllowed:
        return []


def _own(w: Work, program: str) -> list[Setting]:
    return [*authority.listed(w, program), *settings.list_own_operations(w, program)]


def _find(w: Work, program: str, track: str, name: str) -> Setting:
    if program == "-":
        rows = settings.list_operations(w)
    else:
        rows = [*settings.list_settings(w, program), *_own(w, program)]
    found = next((item for item in rows if item.name == name and item.track == track), None)
    return found or abort(404)


def _others(w: Work, program: str, name: str) -> list[str]:
    """The tracks that have a parameter of that name: one page is about one of them."""
    if program == "-":
        return []
    return [item.track for item in settings.list_settings(w, program) if item.name == name and item.track]


@blueprint.route("/<program>/<name>", methods=["GET", "POST"])
def change(program: str, name: str) -> ResponseReturnValue:
    """Change one from a day on, with a reason. The programme `-` stands for the register as a whole."""
    w = reading()
    if program != "-" and program not in catalogue().programs:
        abort(404)
    track, tracks = request.values.get("track", ""), _others(w, program, name)
    if not track and tracks and request.method == "GET":
        return redirect(url_for(".change", program=program, name=name, track=tracks[0]))
    item = _find(w, program, track, name)
    form = _form(item)
    may_edit = allowed(
        w.actor, Act.SETTING_EDIT, *((program, home(w, program)) if program != "-" else (None, None))
    )
    if request.method == "POST":
        if not may_edit:
            abort(403)
        if form.validate():
            if request.form.get("then") == "preview":
                effect = _effect(program, item, form)
                return _page(
                    item, program, form, tracks, may_edit=may_edit, effect=effect
                ), 200 if effect else 422
            if _save(program, item, form):
                return redirect(_back(program), 303)
    page = _page(item, program, form, tracks, may_edit=may_edit)
    return page, 422 if request.method == "POST" else 200


def _page(
    item: Setting,
    program: str,
    form: PlainForm,
    tracks: list[str],
    *,
    may_edit: bool,
    effect: Effect | None = None,
) -> str:
    return render_template(
        "system/parameter.html",
        form=form,
        item=item,
        program=program,
        may_edit=may_edit,
        back=_back(program),
        tracks=tracks,
        effect=effect,
    )


def _effect(program: str, item: Setting, form: PlainForm) -> Effect | None:
    """What the value would come to; None where it cannot be one, with the field marked."""
    try:
        return effect_of(reading(), program, item.track, item.kind, item.name, form.values()["value"])
    except Invalid as error:
        complain(error, form)
        return None


def _back(program: str) -> str:
    return url_for(".index", program=program if program != "-" else None)


def _save(program: str, item: Setting, form: PlainForm) -> bool:
    values = form.values()
    value, on, why = values["value"], values["effective_on"], values["reason"]

    def set_it(w: Work) -> int:
        match item.kind:
            case SettingKind.PARAMETER:
                return settings.set_parameter(w, program, item.track, item.name, value, on, why)
            case SettingKind.INTERPRETATION:
                return settings.set_interpretation(w, program, item.name, value, on, why)
            case SettingKind.OPERATION if item.name in AUTHORITY_NAMES:
                return authority.set_name(w, program, item.name, value or "", on, why)
            case SettingKind.OPERATION if program != "-":
                return settings.set_reply_to(w, program, value or "", on, why)
            case SettingKind.OPERATION:
                return settings.set_operation(w, item.name, value, on, why)
            case _:
                assert_never(item.kind)

    return (
        attempt(
            "setting.set",
            set_it,
            done=T("已保存，自所选日期起生效", "Saved, from the chosen day on"),
            form=form,
        )
        is not None
    )


@blueprint.post("/cancel/<int:change_id>")
def cancel(change_id: int) -> ResponseReturnValue:
    """Take back a change whose day has not come."""
    attempt("setting.cancel", lambda w: settings.cancel_change(w, change_id), done=T("已撤回", "Withdrawn"))
    return redirect(url_for(".index", program=request.form.get("program") or None), 303)
