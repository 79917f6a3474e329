"""Fields of small forms, declared as data with both languages, and the forms made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from flask import request, url_for
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import Field as WtField
from wtforms import (
    FileField,
    Form,
    HiddenField,
    MultipleFileField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import BooleanField
from wtforms.fields import choices as wtforms_choices
from wtforms.i18n import DummyTranslations
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from core.domain import reading
from core.domain.clock import SHANGHAI
from core.domain.errors import MalformedError
from core.rules.text import EMPTY, T
from core.web.forms.marks_field import MarksField
from core.web.forms.score_sheet_field import SheetField
from core.web.frame.language import tr
from core.web.frame.pipeline import ask_to_correct

# Newer than its type stubs.
SelectChoice: Any = cast(Any, wtforms_choices).SelectChoice
Options = Callable[[], Sequence[tuple[str, str | T]]]
LONGEST = 2000
WIDE_KINDS = frozenset({"area", "checks", "flag", "file", "files", "sheet", "marks"})
REASON = T("理由", "Reason")


@dataclass(frozen=True, slots=True)
class Spec:
    """One input: what it is called, what it takes, what it starts with."""

    name: str
    label: T
    kind: str = "text"
    """text, area, day, moment, integer, decimal, choice, checks, flag, file, files, lookup, password, hidden;
    marks; for facts: date-text, number-text, day-or-never"""
    required: bool = True
    hint: T = EMPTY
    options: Options | None = None
    endpoint: str = ""
    """Of a look-up."""
    default: Any = None
    longest: int = LONGEST
    wide: bool = False
    """Has a line of its own where others stand side by side, as what is long by its kind has."""

    @property
    def takes_a_line(self) -> bool:
        """Whether no other input stands beside it."""
        return self.wide or self.kind in WIDE_KINDS


class PlainForm(Form):
    """A form whose texts are ours: the token is checked for all of them before any view."""

    specs: tuple[Spec, ...] = ()

    class Meta:
        """WTForms' own texts are not used."""

        def get_translations(self, _form: Form) -> DummyTranslations:
            """None of its own."""
            return DummyTranslations()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every input can be read; if not, the person is told above the page too."""
        good: bool = super().validate(extra_validators)
        if not good:
            ask_to_correct()
        return good

    def values(self) -> dict[str, Any]:
        """What was given, by input."""
        return {spec.name: self._fields[spec.name].data for spec in self.specs}


def _read(read: Callable[[str], Any], given: str) -> Any:
    """What was typed as its reader takes it, None for nothing; a refusal is told at the input."""
    try:
        return read(given) if given.strip() else None
    except MalformedError as error:
        raise ValidationError(tr(error.text)) from None


class DayField(StringField):
    """A date; the browser brings its own calendar."""

    data: Any

    def __call__(self, **kwargs: Any) -> Markup:
        return super().__call__(type="date", **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = value.isoformat() if isinstance(value, date) else value

    def pre_validate(self, _form: Any) -> None:
        if isinstance(self.data, str):
            self.data = _read(reading.day, self.data)

    def _value(self) -> str:
        return self.data.isoformat() if isinstance(self.data, date) else self.data or ""


class MomentField(StringField):
    """A date and time in Asia/Shanghai."""

    data: Any

    def __call__(self, **kwargs: Any) -> Markup:
        return super().__call__(type="datetime-local", **kwargs)

    def pre_validate(self, _form: Any) -> None:
        if isinstance(self.data, str):
            self.data = _read(reading.moment, self.data)

    def _value(self) -> str:
        if isinstance(self.data, datetime):
            return self.data.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
        return self.data or ""


class DateTextField(StringField):
    """A date that stays as it was typed: the service reads it and says what is wrong."""

    def __call__(self, **kwargs: Any) -> Markup:
        return super().__call__(type="date", **kwargs)


class NumberTextField(StringField):
    """A number that stays as it was typed."""

    def __call__(self, **kwargs: Any) -> Markup:
        return super().__call__(inputmode="decimal", **kwargs)


class DayOrNeverField(StringField):
    """A date, or the word that there was none: a calendar with a box to tick."""

    def __call__(self, **_kwargs: Any) -> Markup:
        never = self.data == "never"
        return Markup(
            '<div class="inline-form"><input type="date" id="{id}" name="{name}" class="form-control" '
            'value="{value}"><label class="form-check m-0"><input type="checkbox" class="form-check-input" '
            'name="{name}" value="never"'
            "{checked}> {label}</label></div>"
        ).format(
            id=self.id,
            name=self.name,
            value="" if never else self.data or "",
            checked=Markup(" checked") if never else "",
            label=tr(T("从未有过", "never")),
        )

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = [value for value in valuelist if value]
        self.data = "never" if "never" in given else given[0] if given else None


class NumberField(StringField):
    """A number, whole or decimal."""

    data: Any

    whole = True

    def __call__(self, **kwargs: Any) -> Markup:
        mode = "numeric" if self.whole else "decimal"
        return super().__call__(inputmode=mode, **kwargs)

    def pre_validate(self, _form: Any) -> None:
        if isinstance(self.data, str):
            self.data = _read(reading.whole if self.whole else reading.number, self.data)

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class DecimalNumberField(NumberField):
    """A decimal number."""

    whole = False


class ChecksField(SelectMultipleField):
    """Any number of several choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, _form: Any) -> None:
        known = {cast(Any, choice).value for choice in self.iter_choices()}
        if set(self.data or ()) - known:
            raise ValidationError(tr(T("不在可选项中", "is not one of the choices")))


class LookupField(StringField):
    """A reference to a row that is searched for; the key travels in a hidden field."""

    endpoint = ""
    shown = ""

    def __call__(self, **_kwargs: Any) -> Markup:
        return Markup(
            '<div class="lookup" data-lookup="{url}"><input type="search" id="{id}" class="form-control" '
            'autocomplete="off" role="combobox" aria-expanded="false" aria-controls="{id}-list" '
            'value="{shown}" name="{name}-text"><input type="hidden" name="{name}" value="{key}">'
            '<ul role="listbox" id="{id}-list" translate="no" hidden></ul></div>'
        ).format(
            url=url_for(self.endpoint),
            id=self.id,
            name=self.name,
            key=self.data or "",
            shown=request.form.get(f"{self.name}-text", self.shown),
        )


_KINDS: dict[str, type[WtField]] = {
    "text": StringField,
    "area": TextAreaField,
    "day": DayField,
    "date-text": DateTextField,
    "number-text": NumberTextField,
    "day-or-never": DayOrNeverField,
    "moment": MomentField,
    "integer": NumberField,
    "decimal": DecimalNumberField,
    "choice": SelectField,
    "checks": ChecksField,
    "flag": BooleanField,
    "file": FileField,
    "files": MultipleFileField,
    "lookup": LookupField,
    "password": PasswordField,
    "hidden": HiddenField,
    "sheet": SheetField,
    "marks": MarksField,
}


def make_form(
    specs: Iterable[Spec], *, prefix: str = "", data: Mapping[str, Any] | None = None, bind: bool = True
) -> PlainForm:
    """A form of the inputs, with what was sent (`bind`) or what it starts with."""
    listed = tuple(specs)
    fields = {spec.name: _field(spec) for spec in listed}
    made = type("SmallForm", (PlainForm,), {**fields, "specs": listed})
    sent = bind and request.method == "POST"
    formdata: Any = CombinedMultiDict([request.form, request.files]) if sent else None
    form: PlainForm = made(formdata, prefix=prefix, data=dict(data or {}))
    for spec in listed:
        field = form._fields[spec.name]
        if isinstance(field, LookupField):
            field.endpoint = spec.endpoint
            field.shown = str((data or {}).get(f"{spec.name}_shown", ""))
    return form


def _choice(key: str, text: str | T) -> Any:
    """An option; one that is named by data is not to be translated."""
    if isinstance(text, T):
        return SelectChoice(value=key, label=tr(text))
    return SelectChoice(value=key, label=text, render_kw={"translate": "no"})


def _field(spec: Spec) -> WtField:
    options: dict[str, Any] = {
        "label": tr(spec.label),
        "description": tr(spec.hint),
        "validators": [_given(spec)],
        "default": spec.default() if callable(spec.default) else spec.default,
    }
    if spec.kind in ("choice", "checks"):
        chosen = list((spec.options or list)())
        if spec.kind == "choice" and (not spec.required or len(chosen) != 1):
            chosen.insert(0, ("", T("请选择", "Choose")))
        options["choices"] = [_choice(key, text) for key, text in chosen]
        if spec.kind == "choice":
            options["validate_choice"] = False
    if spec.kind in ("text", "area", "day", "moment", "integer", "decimal", "password"):
        options["render_kw"] = (
            {"maxlength": spec.longest} if spec.kind in ("text", "area", "password") else {}
        )
        if spec.kind == "area":
            options["render_kw"]["rows"] = 3
    if spec.kind == "password":
        options["render_kw"]["autocomplete"] = "new-password"
    return _KINDS[spec.kind](**options)


def _given(spec: Spec) -> Callable[[Any, Any], None]:
    """A validator for what every input shares: required, length, one of the choices."""

    def check(_form: Any, field: Any) -> None:
        value = field.data
        if isinstance(value, str):
            value = field.data = value.strip()
            if "\x00" in value:
                raise ValidationError(tr(T("含有不可打印的字符", "has characters that cannot be printed")))
            if len(value) > spec.longest:
                raise ValidationError(tr(T(f"至多 {spec.longest} 字", f"at most {spec.longest} characters")))
        missing = value is None or value == "" or value == [] or _empty_file(value)
        if missing and spec.required and spec.kind != "flag":
            raise ValidationError(tr(T("请填写", "Please fill this in")))
        if spec.kind == "choice" and not missing and value not in {choice.value for choice in field.choices}:
            raise ValidationError(tr(T("不在可选项中", "is not one of the choices")))

    # WTForms reads this for the HTML attribute.
    flagged: Any = check
    marked = spec.required and spec.kind not in ("flag", "checks")
    flagged.field_flags = {"required": True} if marked else {}
    return check


def _empty_file(value: Any) -> bool:
    if isinstance(value, FileStorage):
        return not value.filename
    return isinstance(value, list) and all(
        isinstance(item, FileStorage) and not item.filename for item in value
    )


def reason(label: T = REASON, *, required: bool = True, name: str = "reason", hint: T = EMPTY) -> Spec:
    """A written reason."""
    return Spec(name, label, "area", required=required, hint=hint)
