"""Direct inclusion: an entrusted body's summary table, looked at and then taken in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import Invalid
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.files.formats import KEPT, field_label
from core.services.files.uploads import LARGEST_FILE
from core.services.granting import inclusion
from core.services.granting.tables import Upload
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.looked_at import CHECK, Looked, confirmed, download, keep, seal
from core.web.forms.party import REGION_HINT
from core.web.forms.refused import WHICH, Refused, take_table
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import Done, complain, reading
from core.web.office.counter import blueprint, form_page

R = TypeVar("R")
INCLUSION = "inclusion"
INCLUSION_TITLE = T("受托机构汇总表直接纳入", "Direct inclusion by summary table")
SENT = ("sheet", "scan_pdf", "scan_docx")
"""The inputs with files."""


def tables() -> list[tuple[str, T]]:
    """The tables that this user may include the rows of."""
    roles = [grant for grant in reading().actor.grants if grant.role in ACTS[Act.APPLICATION_INCLUDE]]
    return [
        (
            f"{loaded.program.id}/{table.id}",
            T(
                f"{loaded.program.title.zh} · {table.title.zh}",
                f"{loaded.program.title.en} · {table.title.en}",
            ),
        )
        for loaded in catalogue().programs.values()
        for table in loaded.summary_tables
        if table.imported and any(grant.program in (None, loaded.program.id) for grant in roles)
    ]


def _inclusion() -> tuple[Spec, ...]:
    return (
        Spec("table", T("汇总表", "Summary table"), FieldKind.CHOICE, options=tables),
        Spec(
            "region",
            T("受委托单位所在地区", "The body's region"),
            FieldKind.LOOKUP,
            required=False,
            endpoint="system_forms.regions",
            hint=REGION_HINT,
        ),
        Spec("sheet", field_label(T("填好的汇总表", "The filled summary table"), KEPT), FieldKind.FILE),
        WHICH,
        Spec("scan_pdf", T("盖章扫描件（pdf）", "The sealed scan (pdf)"), FieldKind.FILE),
        Spec("scan_docx", T("盖章件（docx）", "The sealed copy (docx)"), FieldKind.FILE),
    )


@blueprint.route("/inclusion", methods=["GET", "POST"])
def include() -> ResponseReturnValue:
    """Look at an entrusted body's summary table; confirmed, its rows are included directly."""
    form = make_form(_inclusion())
    refused: Refused | None = None
    looked = confirmed(INCLUSION, url_for(".include"))
    if looked is not None:
        done = _with(looked, form, "application.include", inclusion.include_table)
        if isinstance(done, Done):
            return render_template(
                "office/included.html", rows=done.value, heading=tr(T("已纳入", "Included"))
            )
        refused = done
    elif request.method == "POST" and form.validate():
        values = form.values()
        try:
            kept = {name: keep(name, values[name], at_most=LARGEST_FILE) for name in SENT}
        except Invalid as error:
            complain(error, form)
        else:
            looked = Looked(kept, {name: values[name] or "" for name in ("table", "region", "worksheet")})
            found = _with(looked, form, "application.look", inclusion.look_at_table)
            if isinstance(found, Done):
                look = found.value
                return render_template(
                    "parts/look_page.html",
                    heading=INCLUSION_TITLE,
                    look=look,
                    fates=[(T("将直接纳入", "To be included"), len(look.comes_to))],
                    confirm=T("确认纳入", "Include them"),
                    back=url_for(".include"),
                    token_value=seal(INCLUSION, looked),
                    download=download(look.values, kept["sheet"].name) if look.values.more else None,
                )
            refused = found
    hint = T(
        "表中有一处错误即全部不纳入，错误按行、列列出",
        "With one error nothing is included, and every error is named by row and column",
    )
    return form_page(
        form,
        INCLUSION_TITLE,
        url_for("applications.index_view"),
        hint,
        CHECK,
        refused=refused,
    )


def _with(looked: Looked, form: PlainForm, action: str, change: Callable[..., R]) -> Done[R] | Refused | None:
    """Do something with the table and the scans that were looked at."""
    program, _, table = looked.given["table"].partition("/")
    sheet, pdf, docx = (Upload(looked.kept[name].name, looked.kept[name].read()) for name in SENT)
    sheet = replace(sheet, sheet=looked.given["worksheet"])
    region, store = looked.given["region"] or None, files()
    return take_table(
        action,
        lambda w: change(w, program, table, sheet, pdf, docx, store, region=region),
        form,
        filename=sheet.filename,
        data=sheet.data,
    )
