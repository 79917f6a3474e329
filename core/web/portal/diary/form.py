"""The form of a diary entry: its inputs, the repeated rows of enterprises, and what the service refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import request

from core.domain.errors import DomainError, Invalid
from core.domain.quantities import HOURS, MONEY
from core.rules.text import EMPTY, T
from core.services.attachments.photos import MOST_PHOTOS, Photo
from core.services.base.work import Work
from core.services.diary import fields
from core.services.diary.entries import EntryView
from core.services.duties.campaigns import recent_campaigns
from core.services.supervision.status import Status
from core.storage.models import Accreditation, Campaign
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame.language import tr
from core.web.frame.pipeline import complain
from core.web.frame.show import current_day, track_title

BACK = timedelta(days=400)
"""How far back a campaign is offered."""
ROW = "enterprises."
MORE = ("participants", "satisfaction_pct", "fee_cny", "campaign_id", "summary")
FLAGS = ("organized_by_authority", "public_benefit")


@dataclass(slots=True)
class Row:
    """One served enterprise as it was typed."""

    name: str = ""
    uscc: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A service that can be chosen, with the accreditations whose text names it."""

    key: str
    label: T
    accreditations: tuple[int, ...]


@dataclass
class EntryForm:
    """The form with what stands beside its inputs."""

    form: PlainForm
    statuses: Sequence[Accreditation]
    functions: Sequence[Choice]
    campaigns: Sequence[Campaign]
    rows: list[Row] = field(default_factory=list)

    @property
    def entry_id(self) -> UUID | None:
        """The number that the form brought along; None where it is none."""
        try:
            return UUID(str(self.form["entry_id"].data))
        except ValueError:
            return None

    @property
    def accreditation_ids(self) -> list[int]:
        """The accreditations ticked."""
        return [int(key) for key in self.form["accreditation_ids"].data or ()]

    @property
    def more_open(self) -> bool:
        """Whether something stands, or is wrong, among the inputs that are folded away."""
        names = [name for name in (*MORE, *FLAGS) if name in self.form._fields]
        return any(self.form[name].errors or self.form[name].data for name in names)

    def data(self) -> dict[str, object]:
        """The entry as the diary takes it."""
        values = self.form.values()
        names = ("title", "function", "mode", "hours", *MORE, *FLAGS)
        # A nought is a figure: a satisfaction of 0 is no missing one.
        given = {
            name: value
            for name in names
            if (value := values.get(name)) is not None and value != "" and value is not False
        }
        given["service_date"] = values["service_date"].isoformat()
        given["enterprises"] = [
            {"name": row.name, "uscc": row.uscc} for row in self.rows if row.name or row.uscc
        ]
        return given

    def refuse(self, error: DomainError) -> None:
        """Tell at the inputs, and at the rows of enterprises, what was refused."""
        if isinstance(error, Invalid):
            rest: dict[str, T] = {}
            for name, why in error.errors.items():
                number = name.removeprefix(ROW)
                if name.startswith(ROW) and number.isdigit() and int(number) <= len(self.rows):
                    self.rows[int(number) - 1].error = tr(why)
                else:
                    rest[name] = why
            if len(rest) < len(error.errors):
                wrong = T("请更正标出的服务企业", "correct the enterprises that are marked")
                rest.setdefault("enterprises", wrong)
            error = Invalid(rest)
        complain(error, self.form)


def entry_form(unit: Work, statuses: Sequence[Accreditation], shown: EntryView | None = None) -> EntryForm:
    """The form: bound to what was sent, else with the entry that is changed, else empty with a new number."""
    functions = choices_of(unit, statuses)
    campaigns = recent_campaigns(unit, {status.program for status in statuses}, unit.today - BACK)
    form = make_form(_specs(statuses, functions, campaigns), data=_start(statuses, shown))
    made = EntryForm(form, statuses, functions, campaigns)
    if request.method == "POST":
        names, codes = request.form.getlist("enterprise-name"), request.form.getlist("enterprise-uscc")
        pairs = zip(names, codes, strict=False)
        made.rows = [Row(name.strip(), code.strip()) for name, code in pairs if name.strip() or code.strip()]
    elif shown is not None:
        made.rows = [Row(item["name"], item.get("uscc", "")) for item in shown.enterprises]
    return made


def sent_photos() -> list[Photo]:
    """The photos of the request."""
    return [(file.filename, file.read()) for file in request.files.getlist("photos") if file.filename]


def choices_of(unit: Work, statuses: Sequence[Accreditation]) -> list[Choice]:
    """The services that the texts of the accreditations name."""
    found: dict[str, tuple[T, list[int]]] = {}
    for status in statuses:
        for key, label in fields.functions_under(Status(unit, status)).items():
            found.setdefault(key, (label, []))[1].append(status.id)
    return [Choice(key, label, tuple(ids)) for key, (label, ids) in found.items()]


def label_of(status: Accreditation) -> str:
    """An accreditation in a line: its track and number."""
    return f"{track_title(status.program, status.track)} · {status.number}"


def _specs(
    statuses: Sequence[Accreditation], functions: Sequence[Choice], campaigns: Sequence[Campaign]
) -> list[Spec]:
    held = [(str(status.id), label_of(status)) for status in statuses]
    known = [(choice.key, choice.label) for choice in functions]
    ran = [(str(item.id), item.title) for item in campaigns]
    return [
        Spec("entry_id", EMPTY, FieldKind.HIDDEN, default=lambda: str(uuid4())),
        Spec(
            "accreditation_ids",
            T("计入认定", "Counts for"),
            FieldKind.CHECKS,
            required=False,
            options=_of(held),
        ),
        Spec("service_date", T("服务日期", "Service date"), FieldKind.DAY, default=current_day),
        Spec("hours", T("小时数", "Number of hours"), FieldKind.DECIMAL, unit=HOURS),
        Spec(
            "function",
            T("服务类别", "Service category"),
            FieldKind.CHOICE,
            required=False,
            options=_of(known),
        ),
        Spec(
            "mode",
            T("服务方式", "Mode of service"),
            FieldKind.CHOICE,
            options=lambda: fields.MODES,
            default="offline",
        ),
        Spec("title", T("服务名称", "Service title"), longest=fields.LONGEST_TITLE),
        Spec("participants", T("参加人数", "Participants"), FieldKind.INTEGER, required=False, unit="人"),
        Spec("satisfaction_pct", T("满意度（%）", "Satisfaction (%)"), FieldKind.PERCENT, required=False),
        Spec(
            "fee_cny",
            T("收费（元，免费不填）", "Fee (CNY; empty if free)"),
            FieldKind.DECIMAL,
            required=False,
            unit=MONEY,
        ),
        Spec("organized_by_authority", T("主管部门组织", "Organised by the authority"), FieldKind.FLAG),
        Spec("public_benefit", T("公益性服务", "Public-benefit service"), FieldKind.FLAG),
        *(
            [
                Spec(
                    "campaign_id",
                    T("所属活动", "Part of campaign"),
                    FieldKind.CHOICE,
                    required=False,
                    options=_of(ran),
                )
            ]
            if ran
            else []
        ),
        Spec(
            "summary",
            T("服务内容", "Service content"),
            FieldKind.AREA,
            required=False,
            longest=fields.LONGEST_SUMMARY,
        ),
        Spec(
            "photos",
            T("照片", "Photos"),
            FieldKind.FILES,
            required=False,
            hint=T(
                f"至多 {MOST_PHOTOS} 张；保存前会去除拍摄地点和设备信息",
                f"At most {MOST_PHOTOS}; where and with what they were taken is removed",
            ),
        ),
        Spec("enterprises", T("服务企业", "Enterprises served"), FieldKind.HIDDEN, required=False),
    ]


def _of(listed: Sequence[tuple[str, str | T]]) -> Callable[[], Sequence[tuple[str, str | T]]]:
    return lambda: listed


def _start(statuses: Sequence[Accreditation], shown: EntryView | None) -> dict[str, Any]:
    if shown is None:
        return {"accreditation_ids": [str(status.id) for status in statuses if status.state.in_force]}
    return {
        "entry_id": str(shown.line.entry_id),
        "accreditation_ids": [str(record.accreditation_id) for record in shown.line.records],
        "service_date": shown.line.service_date,
        "hours": f"{shown.line.hours.normalize():f}",
        "function": shown.line.function,
        "mode": shown.mode.value,
        "title": shown.line.title,
        "participants": shown.participants or None,
        "satisfaction_pct": shown.satisfaction_pct,
        "fee_cny": shown.fee_cny or None,
        "organized_by_authority": shown.organized_by_authority,
        "public_benefit": shown.public_benefit,
        "campaign_id": str(shown.campaign_id or ""),
        "summary": shown.summary,
    }
