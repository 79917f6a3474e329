"""Fields of small forms, declared as data with both languages, and the forms made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never, cast

from flask import flash, g, request
from markupsafe import Markup
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Field as WtField
from wtforms import (
    FileField,
    Form,
    MultipleFileField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import BooleanField
from wtforms.fields import choices as wtforms_choices
from wtforms.i18n import DummyTranslations
from wtforms.validators import ValidationError

from core.domain.folding import repaired, repaired_lines
from core.rules.phrases import FILL_IN, NOT_A_CHOICE, NOT_PRINTABLE, at_most_characters
from core.rules.text import EMPTY, T
from core.services.files.uploads import LARGEST_FILE, MEGABYTE
from core.web.forms.began import BEGAN, OVERTAKEN, digest, overtaken
from core.web.forms.inputs import (
    ChecksField,
    DateTextField,
    DayField,
    DayOrNeverField,
    DecimalNumberField,
    Echoed,
    LookupField,
    MomentField,
    NumberField,
    NumberTextField,
    PercentField,
    SentField,
)
from core.web.forms.marks_field import MarksField
from core.web.forms.score_sheet_field import SheetField
from core.web.frame.language import tr
from core.web.frame.paging import number_of
from core.web.frame.pipeline import ask_to_correct

# Newer than its type stubs.
SelectChoice: Any = cast(Any, wtforms_choices).SelectChoice
Options = Callable[[], Sequence[tuple[str, str | T]]]
LONGEST = 2000
REASON = T("理由", "Reason")


class FieldKind(StrEnum):
    """What an input takes; those ending in `_TEXT` leave it as it was typed, for the service to read."""

    TEXT = "text"
    AREA = "area"
    DAY = "day"
    DATE_TEXT = "date-text"
    DAY_OR_NEVER = "day-or-never"
    MOMENT = "moment"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    NUMBER_TEXT = "number-text"
    CHOICE = "choice"
    CHECKS = "checks"
    FLAG = "flag"
    FILE = "file"
    FILES = "files"
    LOOKUP = "lookup"
    PASSWORD = "password"  # noqa: S105  # the name of a kind
    HIDDEN = "hidden"
    SHEET = "sheet"
    MARKS = "marks"

    @property
    def is_long(self) -> bool:
        """Whether the input has a line of its own where others stand side by side."""
        match self:
            case FieldKind.AREA | FieldKind.CHECKS | FieldKind.FLAG | FieldKind.FILE | FieldKind.FILES:
                return True
            case FieldKind.SHEET | FieldKind.MARKS:
                return True
            case FieldKind.TEXT | FieldKind.CHOICE | FieldKind.LOOKUP | FieldKind.PASSWORD | FieldKind.HIDDEN:
                return False
            case FieldKind.DAY | FieldKind.DATE_TEXT | FieldKind.DAY_OR_NEVER | FieldKind.MOMENT:
                return False
            case FieldKind.INTEGER | FieldKind.DECIMAL | FieldKind.PERCENT | FieldKind.NUMBER_TEXT:
                return False
            case _:
                assert_never(self)

    @property
    def is_written(self) -> bool:
        """Whether what it starts with reads as it is stored."""
        return not (self.is_long or self in (FieldKind.CHOICE, FieldKind.LOOKUP, FieldKind.PASSWORD)) or (
            self is FieldKind.AREA
        )

    @property
    def takes_files(self) -> bool:
        """Whether what is sent for it are files."""
        return self in (FieldKind.FILE, FieldKind.FILES)


@dataclass(frozen=True, slots=True)
class Spec:
    """One input: what it is called, what it takes, what it starts with."""

    name: str
    label: T
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    hint: T = EMPTY
    options: Options | None = None
    endpoint: str = ""
    """Of a look-up."""
    default: Any = None
    longest: int = LONGEST
    unit: str = ""
    """Of a number, by its Chinese word: it may be typed behind it."""
    most_mb: int = LARGEST_FILE // MEGABYTE
    """Megabytes of one file."""
    wide: bool = False
    """Has a line of its own where others stand side by side, as what is long by its kind has."""
    anew: bool = False
    """Is said of each change anew: nothing of it stands there from before."""

    @property
    def takes_a_line(self) -> bool:
        """Whether no other input stands beside it."""
        return self.wide or self.kind.is_long


class PlainForm(Form):
    """A form whose texts are ours: the token is checked for all of them before any view."""

    specs: tuple[Spec, ...] = ()
    prefix: str = ""
    start: Mapping[str, Any]
    """What is stored now, where the form changes it."""

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
        elif overtaken(self.prefix, self.start):
            good = False
            flash(tr(OVERTAKEN), "danger")
            self._show_what_stands()
        return good

    def _show_what_stands(self) -> None:
        for spec in self.specs:
            field, stands = self._fields[spec.name], self.start.get(spec.name)
            if not spec.anew and str(field.data or "") != str(stands or ""):
                shown = f"{stands}" if spec.kind.is_written and stands else "—"
                field.errors = [*field.errors, tr(T(f"现有内容：{shown}", f"stands now: {shown}"))]

    def began(self) -> Markup:
        """The hidden field that tells what the page began with."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(
            f"{self.prefix}{BEGAN}", digest(self.start)
        )

    def values(self) -> dict[str, Any]:
        """What was given, by input."""
        return {spec.name: self._fields[spec.name].data for spec in self.specs}


def make_form(
    specs: Iterable[Spec], *, prefix: str = "", data: Mapping[str, Any] | None = None, bind: bool = True
) -> PlainForm:
    """A form of the inputs, with what was sent (`bind`) or what it starts with."""
    listed = tuple(specs)
    fields = {spec.name: _field(spec) for spec in listed}
    made = type("SmallForm", (PlainForm,), {**fields, "specs": listed})
    sent = bind and request.method == "POST"
    form: PlainForm = made(_sent(listed, prefix) if sent else None, prefix=prefix, data=dict(data or {}))
    form.prefix, form.start = prefix, dict(data or {})
    # For a page that shows what was typed and could not be kept.
    g.forms = [*g.get("forms", ()), form]
    for spec in listed:
        field = form._fields[spec.name]
        if isinstance(field, Echoed):
            field.unit = spec.unit or field.unit
        if isinstance(field, LookupField):
            field.endpoint = spec.endpoint
            field.shown = str((data or {}).get(f"{spec.name}_shown", ""))
    return form


def _sent(specs: Iterable[Spec], prefix: str) -> MultiDict[str, Any]:
    """What was sent: files for the inputs that take files, and texts for all others."""
    of_files = {prefix + spec.name for spec in specs if spec.kind.takes_files}
    texts = [item for item in request.form.items(multi=True) if item[0] not in of_files]
    return MultiDict([*texts, *(item for item in request.files.items(multi=True) if item[0] in of_files)])


def _choice(key: str, text: str | T) -> Any:
    """An option; one that is named by data is not to be translated."""
    if isinstance(text, T):
        return SelectChoice(value=key, label=tr(text))
    return SelectChoice(value=key, label=text, render_kw={"translate": "no"})


def _field(spec: Spec) -> WtField:
    options: dict[str, Any] = {
        "label": tr(spec.label),
        "description": _description(spec),
        "validators": [_given(spec)],
        "default": spec.default() if callable(spec.default) else spec.default,
    }
    longest = {"maxlength": spec.longest}
    match spec.kind:
        case FieldKind.TEXT:
            return StringField(**options, render_kw=longest)
        case FieldKind.AREA:
            return TextAreaField(**options, render_kw=longest | {"rows": 3, "translate": "no"})
        case FieldKind.PASSWORD:
            return PasswordField(**options, render_kw=longest | {"autocomplete": "new-password"})
        case FieldKind.DAY:
            return DayField(**options)
        case FieldKind.DATE_TEXT:
            return DateTextField(**options)
        case FieldKind.DAY_OR_NEVER:
            return DayOrNeverField(**options)
        case FieldKind.MOMENT:
            return MomentField(**options)
        case FieldKind.INTEGER:
            return NumberField(**options)
        case FieldKind.DECIMAL:
            return DecimalNumberField(**options)
        case FieldKind.PERCENT:
            return PercentField(**options)
        case FieldKind.NUMBER_TEXT:
            return NumberTextField(**options)
        case FieldKind.CHOICE:
            return SelectField(**options, choices=_choices(spec), validate_choice=False)
        case FieldKind.CHECKS:
            return ChecksField(**options, choices=_choices(spec))
        case FieldKind.FLAG:
            return BooleanField(**options)
        case FieldKind.FILE:
            return FileField(**options, render_kw={"data-most": spec.most_mb})
        case FieldKind.FILES:
            return MultipleFileField(**options, render_kw={"data-most": spec.most_mb})
        case FieldKind.LOOKUP:
            return LookupField(**options)
        case FieldKind.HIDDEN:
            return SentField(**options)
        case FieldKind.SHEET:
            return SheetField(**options)
        case FieldKind.MARKS:
            return MarksField(**options)
        case _:
            assert_never(spec.kind)


def _description(spec: Spec) -> str:
    """What stands below the input: its hint, and how large a file may be."""
    limit = T(f"每个文件不超过 {spec.most_mb} MB", f"each file at most {spec.most_mb} MB")
    return " · ".join(filter(None, (tr(spec.hint), tr(limit) if spec.kind.takes_files else "")))


def _choices(spec: Spec) -> list[Any]:
    chosen = list((spec.options or list)())
    if spec.kind is FieldKind.CHOICE and (not spec.required or len(chosen) != 1):
        chosen.insert(0, ("", T("请选择", "Choose")))
    return [_choice(key, text) for key, text in chosen]


_REPAIRED: dict[FieldKind, Callable[[str], str]] = {
    FieldKind.TEXT: repaired,
    FieldKind.AREA: repaired_lines,
}
"""How what was typed is kept; what is not named here is a number or a secret, and has its own reader."""


def _given(spec: Spec) -> Callable[[Any, Any], None]:
    """A validator for what every input shares: required, length, one of the choices."""

    def check(_form: Any, field: Any) -> None:
        value = field.data
        if value is None and spec.kind in _REPAIRED:
            # Left out of what was sent, as by a page from before there was the input: nothing was written.
            value = field.data = ""
        if isinstance(value, str):
            if "\x00" in value:
                raise ValidationError(tr(NOT_PRINTABLE))
            value = field.data = _REPAIRED.get(spec.kind, str.strip)(value)
            if len(value) > spec.longest:
                raise ValidationError(tr(at_most_characters(spec.longest)))
        missing = value is None or value == "" or value == [] or _empty_file(value)
        if missing and spec.required and spec.kind is not FieldKind.FLAG:
            raise ValidationError(tr(FILL_IN))
        known = {choice.value for choice in field.choices} if spec.kind is FieldKind.CHOICE else None
        if known is not None and not missing and value not in known:
            raise ValidationError(tr(NOT_A_CHOICE))

    # WTForms reads this for the HTML attribute.
    flagged: Any = check
    marked = spec.required and spec.kind not in (FieldKind.FLAG, FieldKind.CHECKS)
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
    return Spec(name, label, FieldKind.AREA, required=required, hint=hint, anew=True)


def version_spec(version: int) -> Spec:
    """The version of the row that a page shows, which is sent back with what was decided on it."""
    return Spec("version", EMPTY, FieldKind.HIDDEN, required=False, default=str(version))


def seen_version(values: Mapping[str, Any]) -> int:
    """The version that the page showed; one that is missing or no number is older than any."""
    return number_of(values["version"]) or 0
