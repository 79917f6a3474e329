"""A score sheet as rows of inputs; what it gives is the same lines that are typed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from wtforms import StringField
from wtforms.validators import ValidationError

from core.domain.errors import MalformedError
from core.domain.quantities import POINTS, SHARE
from core.domain.reading import whole
from core.rules.text import T
from core.services.calls.score_sheet import MOST_POINTS, title_of
from core.web.forms.score_sheet import sheet
from core.web.frame.language import tr

PARTS = ("title", "weight", "max", "hint")
HEADINGS = {
    "title": T("评分项", "Criterion"),
    "weight": T("权重", "Weight"),
    "max": T("满分", "Highest"),
    "hint": T("评分说明", "What to look at"),
}
UNITS = {"weight": SHARE, "max": POINTS}
"""What may be typed behind the numbers."""
LONGEST_NUMBER = 8
EMPTY_ROWS = 4
"""Rows to fill in beside those that are there."""


class SheetField(StringField):
    """Criteria with their weights and points, one a row; an empty row is left out."""

    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed: list[dict[str, str]] | None = None

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Put the rows together as lines."""
        super().process(formdata, *args, **kwargs)
        columns = {part: formdata.getlist(f"{self.name}.{part}") if formdata else [] for part in PARTS}
        if columns["title"]:
            rows = [
                {
                    part: " ".join(values[at].split()) if at < len(values) else ""
                    for part, values in columns.items()
                }
                for at in range(len(columns["title"]))
            ]
            self.typed = [row for row in rows if any(row.values())]
            self.data = "\n".join(_line(row) for row in self.typed)

    def pre_validate(self, _form: Any) -> None:
        """Every row has a title, a weight and points."""
        for number, row in enumerate(self.typed or (), start=1):
            if not row["title"]:
                raise ValidationError(tr(T(f"第 {number} 项没有名称", f"row {number} has no title")))
            for part in UNITS:
                try:
                    _figure(row, part)
                except MalformedError as error:
                    what, why = HEADINGS[part], error.text
                    text = T(
                        f"第 {number} 项的{what.zh}应为 1 至 {MOST_POINTS} 的整数：{why.zh}",
                        f"row {number}, {what.en}: a whole number from 1 to {MOST_POINTS}; {why.en}",
                    )
                    raise ValidationError(tr(text)) from None

    def rows(self) -> list[dict[str, str]]:
        """The rows to show: what was typed, or what is there."""
        if self.typed is not None:
            return self.typed
        return [
            {
                "title": title_of(item).zh,
                "weight": str(item["weight"]),
                "max": str(item["max"]),
                "hint": title_of(item, "hint").zh,
            }
            for item in sheet(self.data or "")
        ]

    def __call__(self, **_kwargs: Any) -> Markup:
        head = Markup("").join(Markup("<th>{}</th>").format(tr(HEADINGS[part])) for part in PARTS)
        shown = [*self.rows(), *({} for _ in range(EMPTY_ROWS))]
        body = Markup("").join(self._row(number, row) for number, row in enumerate(shown, start=1))
        return Markup(
            '<div class="table-wrap"><table class="table table-cards sheet" id="{}">'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
        ).format(self.id, head, body)

    def _row(self, number: int, row: dict[str, str]) -> Markup:
        cells = (
            Markup(
                '<td data-label="{label}" class="sheet-{part}"><input class="form-control" '
                'name="{name}.{part}" value="{value}" aria-label="{aria}"{mode}></td>'
            ).format(
                label=tr(HEADINGS[part]),
                part=part,
                name=self.name,
                value=row.get(part, ""),
                aria=f"{tr(HEADINGS[part])} {number}",
                mode=Markup(' inputmode="numeric" maxlength="{}"').format(LONGEST_NUMBER)
                if part in UNITS
                else Markup(' maxlength="200"'),
            )
            for part in PARTS
        )
        return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _line(row: dict[str, str]) -> str:
    """A row as its line; a bar would begin the hint. A number that cannot be read stays, and is refused."""
    title, hint = (row[part].replace("|", "/").replace("｜", "/") for part in ("title", "hint"))
    figures = []
    for part in UNITS:
        try:
            figures.append(str(_figure(row, part)))
        except MalformedError:
            figures.append(row[part])
    return " ".join([title, *figures]) + (f" | {hint}" if hint else "")


def _figure(row: Mapping[str, str], part: str) -> int:
    return whole(row[part], least=1, most=MOST_POINTS, unit=UNITS[part])
