"""The columns of the open data: keys that stay, what they mean, and how each is read from a public entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.hooks.catalogue import Catalogue
from core.rules.text import EMPTY, T
from core.services.public.register import Entry
from core.services.public.state import PublicState

Value = str | list[str] | None


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its key stays as it is within a schema version."""

    key: str
    title: T
    meaning: T
    type: str = "string"
    """string, date, list"""
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Titles and names that rows of the register carry as keys."""

    catalogue: Catalogue
    regions: dict[str, str]
    authorities: dict[str, T]

    def program(self, item: Entry) -> T:
        """The programme's title; its id where the plugin is gone."""
        loaded = self.catalogue.programs.get(item.program)
        return loaded.program.title if loaded is not None else T(item.program, item.program)

    def authority(self, item: Entry) -> T:
        """Who accredits."""
        return self.authorities.get(item.program, EMPTY)

    def track(self, item: Entry) -> T:
        """The track's title; its id where the plugin is gone."""
        loaded = self.catalogue.programs.get(item.program)
        tracks = loaded.program.tracks if loaded is not None else ()
        return next((track.title for track in tracks if track.id == item.track), T(item.track, item.track))

    def functions(self, item: Entry) -> list[T]:
        """The services or fields by name."""
        loaded = self.catalogue.programs.get(item.program)
        areas = loaded.program.service_areas if loaded is not None else None
        named = dict(areas.choices) if areas is not None else {}
        return [named.get(key, T(key, key)) for key in item.functions]


Read = Callable[[Entry, Words], Value]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None


FIELDS: tuple[tuple[Field, Read], ...] = (
    (
        Field("number", T("编号", "Number"), T("认定编号，唯一", "The certificate's number; unique")),
        lambda item, _: item.number,
    ),
    (
        Field(
            "holder_kind",
            T("主体类型", "Kind of holder"),
            T("organization 为机构，person 为个人", "organization or person"),
            choices=("organization", "person"),
        ),
        lambda item, _: item.kind.value,
    ),
    (
        Field(
            "holder",
            T("名称或姓名", "Name of the holder"),
            T("机构名称或专家姓名", "Name of the body or expert"),
        ),
        lambda item, _: item.name,
    ),
    (
        Field(
            "uscc",
            T("统一社会信用代码", "Unified social credit code"),
            T("仅机构有；未登记的为空", "Of bodies only; empty where none is known"),
            optional=True,
        ),
        lambda item, _: item.uscc or None,
    ),
    (
        Field(
            "employer",
            T("所在单位", "Employer"),
            T("仅个人有", "Of persons only"),
            optional=True,
        ),
        lambda item, _: item.employer or None,
    ),
    (
        Field(
            "program",
            T("项目代号", "Programme code"),
            T("项目的代号，不变", "The programme's id; does not change"),
        ),
        lambda item, _: item.program,
    ),
    (
        Field(
            "program_title_zh",
            T("项目名称（中文）", "Programme, Chinese"),
            T("项目名称", "The programme's title"),
        ),
        lambda item, words: words.program(item).zh,
    ),
    (
        Field(
            "program_title_en",
            T("项目名称（英文）", "Programme, English"),
            T("项目名称", "The programme's title"),
        ),
        lambda item, words: words.program(item).en,
    ),
    (
        Field(
            "authority_zh", T("认定机关（中文）", "Authority, Chinese"), T("认定机关名称", "Who accredits")
        ),
        lambda item, words: words.authority(item).zh,
    ),
    (
        Field(
            "authority_en", T("认定机关（英文）", "Authority, English"), T("认定机关名称", "Who accredits")
        ),
        lambda item, words: words.authority(item).en,
    ),
    (
        Field(
            "track",
            T("类别代号", "Track code"),
            T("项目内类别的代号", "Id of the track within its programme"),
        ),
        lambda item, _: item.track,
    ),
    (
        Field("track_title_zh", T("类别名称（中文）", "Track, Chinese"), T("类别名称", "The track's title")),
        lambda item, words: words.track(item).zh,
    ),
    (
        Field("track_title_en", T("类别名称（英文）", "Track, English"), T("类别名称", "The track's title")),
        lambda item, words: words.track(item).en,
    ),
    (
        Field(
            "region", T("行政区划代码", "Division code"), T("六位代码（GB/T 2260）", "Six digits (GB/T 2260)")
        ),
        lambda item, _: item.region,
    ),
    (
        Field("region_name", T("行政区划名称", "Name of the division"), T("中文名称", "In Chinese")),
        lambda item, words: words.regions.get(item.region, ""),
    ),
    (
        Field(
            "functions",
            T("服务功能代号", "Function codes"),
            T(
                "服务功能或领域的代号；表格中以分号隔开",
                "Ids of services or fields; in the table with semicolons",
            ),
            "list",
        ),
        lambda item, _: list(item.functions),
    ),
    (
        Field(
            "functions_zh",
            T("服务功能（中文）", "Functions, Chinese"),
            T("与代号顺序一致", "In the order of the ids"),
            "list",
        ),
        lambda item, words: [name.zh for name in words.functions(item)],
    ),
    (
        Field(
            "functions_en",
            T("服务功能（英文）", "Functions, English"),
            T("与代号顺序一致", "In the order of the ids"),
            "list",
        ),
        lambda item, words: [name.en for name in words.functions(item)],
    ),
    (
        Field(
            "state",
            T("状态", "State"),
            T(
                "in_force 有效，upcoming 尚未生效，expired 已到期，revoked 已撤销，withdrawn 已退出，"
                "annulled 更正后无效",
                "in_force, upcoming, expired, revoked, withdrawn or annulled",
            ),
            choices=tuple(state.value for state in PublicState),
        ),
        lambda item, _: item.state.value,
    ),
    (
        Field(
            "started_on",
            T("首次认定日期", "First accredited on"),
            T("第一个有效期的首日", "First day of the first term"),
            "date",
        ),
        lambda item, _: _day(item.started_on),
    ),
    (
        Field(
            "valid_through",
            T("有效期至", "Valid through"),
            T("有效期的最后一日（含当日）", "Last day of the term, included"),
            "date",
        ),
        lambda item, _: _day(item.valid_through),
    ),
    (
        Field(
            "ended_on",
            T("终止日期", "Ended on"),
            T("不再有效的第一日；有效的为空", "First day on which it is no longer held; empty where it is"),
            "date",
            optional=True,
        ),
        lambda item, _: _day(item.ended_on),
    ),
    (
        Field(
            "ended_clause",
            T("终止条款", "Ended under"),
            T("终止所依据的条款", "Clause under which it ended"),
            optional=True,
        ),
        lambda item, _: item.ended_clause or None,
    ),
)
