"""Boxes to tick beside facts and materials, each with a note: what a returned application is to correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from markupsafe import Markup
from wtforms import Field
from wtforms.validators import ValidationError

from core.rules.phrases import NOT_A_CHOICE
from core.rules.text import T
from core.services.applications.corrections import LONGEST_NOTE, Mark
from core.storage.models.decisions import CorrectionKind
from core.web.frame.language import tr


@dataclass(frozen=True, slots=True)
class Row:
    """One box: what it marks, what that is called, and what is there now."""

    kind: CorrectionKind
    key: str
    name: T
    there: str | Markup

    @property
    def value(self) -> str:
        """What the box sends."""
        return f"{self.kind.value}.{self.key}"


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes under one heading, as on the form."""

    clause: str
    title: T
    rows: tuple[Row, ...]


class MarksField(Field):
    """What was ticked, with its notes, as marks; it starts with the groups of what there is to tick."""

    longest = LONGEST_NOTE
    groups: tuple[Group, ...] = ()
    ticked: tuple[str, ...] = ()
    notes: Mapping[str, str] = MappingProxyType({})
    """What was typed beside each box."""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take what was ticked; a note belongs to its box, and stays while that is not ticked."""
        super().process(formdata, *args, **kwargs)
        if formdata:
            rows = {row.value: row for group in self.groups for row in group.rows}
            self.notes = {value: str(formdata.get(f"{self.name}.{value}", "")) for value in rows}
            self.ticked = tuple(dict.fromkeys(formdata.getlist(self.name)))
            self.data = [
                Mark(rows[value].kind, rows[value].key, self.notes[value])
                for value in self.ticked
                if value in rows
            ]

    def process_data(self, value: Sequence[Group] | None) -> None:
        """Begin with nothing ticked."""
        self.groups, self.data = tuple(value or ()), []

    def process_formdata(self, _valuelist: list[Any]) -> None:
        """Boxes are taken with their notes, in `process`."""

    def pre_validate(self, _form: Any) -> None:
        """Only what is offered can be ticked."""
        if len(self.ticked) != len(self.data):
            raise ValidationError(tr(NOT_A_CHOICE))
