"""Inputs of forms that read a date, a number or a reference as it is typed, and draw it for the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from flask import request, url_for
from markupsafe import Markup
from wtforms import HiddenField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from core.domain import reading
from core.domain.clock import SHANGHAI
from core.domain.errors import MalformedError
from core.domain.folding import as_seen
from core.domain.quantities import SHARE, written
from core.rules.phrases import NEVER_SO_FAR, NOT_A_CHOICE
from core.web.forms.echo import beside
from core.web.frame.language import tr


def _read(read: Callable[[str], Any], given: str) -> Any:
    """What was typed as its reader takes it, None for nothing; a refusal is told at the input."""
    try:
        return read(given) if as_seen(given) else None
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


class Echoed(StringField):
    """A number, with what it is taken for beside it."""

    unit = ""

    def __call__(self, **kwargs: Any) -> Markup:
        return super().__call__(**kwargs) + beside(self.id, self._value(), self.unit)

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class NumberTextField(Echoed):
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
            label=tr(NEVER_SO_FAR),
        )

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = [value for value in valuelist if value]
        self.data = "never" if "never" in given else given[0] if given else None


class NumberField(Echoed):
    """A whole number, written with its unit or without."""

    data: Any

    def read(self, typed: str) -> Any:
        """The number that was typed."""
        return reading.whole(typed, unit=self.unit)

    def pre_validate(self, _form: Any) -> None:
        if isinstance(self.data, str):
            self.data = _read(self.read, self.data)


class DecimalNumberField(NumberField):
    """A decimal number, written with its unit or without."""

    def read(self, typed: str) -> Any:
        return reading.number(typed, unit=self.unit)


class PercentField(NumberField):
    """A percentage from 0 to 100."""

    unit = SHARE

    def read(self, typed: str) -> Any:
        return reading.percent(typed)

    def _value(self) -> str:
        return written(self.data) if isinstance(self.data, int | Decimal) else super()._value()


class ChecksField(SelectMultipleField):
    """Any number of several choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, _form: Any) -> None:
        known = {cast(Any, choice).value for choice in self.iter_choices()}
        if set(self.data or ()) - known:
            raise ValidationError(tr(NOT_A_CHOICE))


class SentField(HiddenField):
    """What the page showed: where it is not sent back, it is missing, and never what would be shown now."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist else None


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
