"""What can be marked on the page of a case when it is returned, as a field of a form."""

from __future__ import annotations

from core.rules.text import T
from core.services.applications.corrections import markable
from core.storage.models.decisions import CorrectionKind
from core.web.cases.application import ApplicationCase
from core.web.forms.fields import FieldKind, Spec
from core.web.forms.marks_field import Group, Row
from core.web.frame.language import tr
from core.web.frame.show import fact_value

TO_MARK = T("标注补正事项（可不选）", "Mark the items to correct (optional)")
MATERIALS = T("申报材料", "Materials")
NOT_GIVEN = T("未填", "not given")
MISSING = T("未交", "missing")


def marks_spec(case: ApplicationCase) -> Spec:
    """The field of the items to correct."""
    return Spec("marks", TO_MARK, FieldKind.MARKS, required=False, default=groups(case))


def groups(case: ApplicationCase) -> list[Group]:
    """The facts under the clauses that ask for them, then the materials."""
    names = markable(case.application, case.asked, case.checklist)
    facts = [
        (
            group,
            tuple(
                Row(
                    CorrectionKind.FACT,
                    item.fact.name,
                    item.fact.label,
                    tr(NOT_GIVEN) if item.value is None else fact_value(item.fact, item.value),
                )
                for item in group.asked
                if (CorrectionKind.FACT, item.fact.name) in names
            ),
        )
        for group in case.fact_groups
    ]
    papers = tuple(
        Row(CorrectionKind.MATERIAL, row.key, row.title, tr(_files(len(row.present))))
        for row in case.checklist
    )
    found = [Group(group.clause, group.title, rows) for group, rows in facts if rows]
    return [*found, Group("", MATERIALS, papers)] if papers else found


def _files(number: int) -> T:
    return T(f"{number} 个文件", "1 file" if number == 1 else f"{number} files") if number else MISSING
