"""The figures of each topic, made of what the services count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import url_for

from core.domain.lifecycle.states import AccreditationState
from core.rules.text import EMPTY, T
from core.services.base.work import Work
from core.services.statistics import activity, duties, funnel, register
from core.services.statistics.narrow import Narrow
from core.web.figures.figure import DAYS, Figure, Series, days, percent
from core.web.frame.language import tr
from core.web.frame.paging import link
from core.web.frame.show import data, program_title, region_name, track_title
from core.web.lists.columns import Column

PROGRAM, TRACK = T("项目", "Programme"), T("类别", "Track")
MONTH, REGION = T("月份", "Month"), T("地区", "Region")
IN_FORCE, ENDED = T("有效", "In force"), T("已结束", "Over")
PIECES = T("个", "")
HELD_BY_TRACK = T("各项目、类别有效认定", "Accreditations in force by programme and track")
MOST_LISTED = 200
"""How many accreditations at risk stand in the table; the export has all that are measured."""


def month_name(month: date) -> str:
    """A month as it stands in charts and tables."""
    return f"{month:%Y-%m}"


def track_names(rows: Sequence[Any]) -> list[str]:
    """Programme and track of each row; the track alone where all are of one programme."""
    several = len({row.program for row in rows}) > 1
    before = {row.program: f"{program_title(row.program)}\n" if several else "" for row in rows}
    return [before[row.program] + track_title(row.program, row.track) for row in rows]


def _in_state(state: AccreditationState) -> Callable[[register.TrackFigure], int]:
    return lambda row: row.states.get(state, 0)


def by_track(w: Work, narrow: Narrow) -> Figure:
    """Accreditations by programme, track and state."""
    rows = register.by_track(w, narrow)
    states = list(AccreditationState)
    return Figure(
        "tracks",
        T("各项目、类别的认定及其状态", "Accreditations by programme, track and state"),
        [
            Column("program", PROGRAM, lambda row: program_title(row.program)),
            Column("track", TRACK, lambda row: track_title(row.program, row.track)),
            *(Column(state.value, state.label, _in_state(state)) for state in states),
        ],
        rows,
        kind="across",
        categories=track_names(rows),
        series=[Series(state.label, [row.states.get(state, 0) for row in rows]) for state in states],
        unit=PIECES,
    )


def by_region(w: Work, narrow: Narrow, page: str = "") -> Figure:
    """Accreditations in force by division; where there is a `page`, each leads one level down on it."""
    rows = [row for row in register.by_region(w, narrow) if row.in_force or not narrow.everyone]

    def deeper(row: register.RegionFigure) -> str | None:
        return link(page, region=row.region) if page and row.deeper else None

    ended = [] if narrow.everyone else [Column("ended", ENDED)]
    return Figure(
        "regions",
        T("各地区有效认定", "Accreditations in force by region"),
        [
            Column("region", REGION, lambda row: region_name(row.region), link=deeper),
            Column("in_force", IN_FORCE),
            *ended,
        ],
        rows,
        about=T("点表中的地名可看下一级", "A name in the table leads one level down") if page else EMPTY,
        kind="across",
        categories=[region_name(row.region) for row in rows if row.in_force],
        series=[Series(IN_FORCE, [row.in_force for row in rows if row.in_force])],
        unit=PIECES,
    )


def by_function(w: Work, narrow: Narrow) -> Figure:
    """Accreditations in force by service function."""
    rows = register.by_function(w, narrow)
    counted: Counter[str] = Counter()
    for row in rows:
        counted[tr(row.title)] += row.in_force
    listed = counted.most_common()
    return Figure(
        "functions",
        T("有效认定的服务功能", "Accreditations in force by service function"),
        [
            Column("function", T("服务功能", "Function"), "title"),
            Column("program", PROGRAM, lambda row: program_title(row.program)),
            Column("in_force", IN_FORCE),
        ],
        rows,
        about=T("有多项功能的，每项各计一次", "One with several functions counts once for each"),
        kind="across",
        categories=[title for title, _ in listed],
        series=[Series(IN_FORCE, [number for _, number in listed])],
        unit=PIECES,
    )


def by_month(w: Work, narrow: Narrow) -> Figure:
    """What was granted and what ended, month by month."""
    rows = register.by_month(w, narrow)
    granted = T("新认定", "Newly accredited")
    endings = [(state.value, state.label) for state in register.ENDINGS]
    public = [] if not narrow.everyone else [Column("ended", ENDED)]
    return Figure(
        "months",
        T("每月新认定与结束", "Granted and ended by month"),
        [
            Column("month", MONTH, lambda row: month_name(row.month)),
            Column("granted", granted),
            *(public or [Column(key, label) for key, label in endings]),
            Column("in_force", T("月末有效", "In force at its end")),
        ],
        rows,
        categories=[month_name(row.month) for row in rows],
        series=[
            Series(granted, [row.granted for row in rows]),
            *(
                [Series(ENDED, [row.ended for row in rows])]
                if narrow.everyone
                else [Series(label, [getattr(row, key) for row in rows]) for key, label in endings]
            ),
        ],
        unit=PIECES,
    )


def at_risk(w: Work, narrow: Narrow) -> list[Figure]:
    """Duties at risk by track, and whose they are."""
    found = duties.at_risk(w, narrow)
    reminded = [row for row in found.tracks if row.reminded]
    short, met = T("尚未达标", "Not reached yet"), T("提醒后已达标", "Met since the reminder")
    return [
        Figure(
            "risk_tracks",
            T("90 天内年度期满、服务量尚不足的认定", "Short of the yearly duty with 90 days or less to go"),
            [
                Column("program", PROGRAM, lambda row: program_title(row.program)),
                Column("track", TRACK, lambda row: track_title(row.program, row.track)),
                Column("in_force", IN_FORCE),
                Column("reminded", T("已提醒", "Reminded")),
                Column("short", short),
            ],
            found.tracks,
            about=T(
                "年度期满前 90 天由每日检查提醒；此处按今日的服务记录重新计算",
                "The daily check reminds 90 days before a year ends; here measured again by today's records",
            ),
            kind="across",
            categories=track_names(reminded),
            series=[
                Series(short, [row.short for row in reminded]),
                Series(met, [row.reminded - row.short for row in reminded]),
            ],
            unit=PIECES,
            empty=T("目前没有临近期满而服务量不足的认定。", "No year ends soon with its duty short."),
        ),
        Figure(
            "risk_rows",
            T("名单", "Who they are"),
            [
                Column(
                    "party",
                    T("名称", "Name"),
                    lambda row: data(row.party),
                    link=lambda row: url_for(
                        "accreditation_case.page", accreditation_id=row.accreditation_id
                    ),
                ),
                Column("number", T("认定编号", "Accreditation number"), lambda row: data(row.number)),
                Column("program", PROGRAM, lambda row: program_title(row.program)),
                Column("region", REGION, lambda row: region_name(row.region)),
                Column("clause", T("条款", "Clause"), lambda row: data(row.clause)),
                Column("progress", T("进度", "Progress"), "progress"),
                Column("last", T("期满日", "Year ends on")),
                Column("days_left", T("剩余天数", "Days left")),
            ],
            found.rows,
            about=EMPTY
            if found.complete
            else T("人数较多，只计算最先期满的一部分", "There are many; those that end first are measured"),
        ),
    ]


def stages(w: Work, narrow: Narrow, call_id: int | None) -> list[Figure]:
    """How far the applications of a call came, and how long each stage took."""
    rows = [row for row in funnel.funnel(w, narrow, call_id) if row.reached]
    timed = [row for row in rows if row.left]
    state = Column("state", T("状态", "State"), lambda row: row.state.label)
    return [
        Figure(
            "stages",
            T("申请到过各状态的数量", "Applications that came to each state"),
            [
                state,
                Column("reached", T("到过", "Came to it")),
                Column("now", T("现处", "Stand in it now")),
            ],
            rows,
            about=T("一件申请到过几次只计一次", "An application counts once, however often it came back"),
            kind="across",
            categories=[row.state.label for row in rows],
            series=[Series(T("到过", "Came to it"), [row.reached for row in rows])],
            unit=T("件", ""),
        ),
        Figure(
            "waiting",
            T("在各状态停留的天数", "Days spent in each state"),
            [
                state,
                Column("left", T("离开次数", "Departures")),
                Column("median", T("中位数（天）", "Median (days)"), lambda row: days(row.median_days)),
                Column("most", T("九成不超过（天）", "90% within (days)"), lambda row: days(row.most_days)),
            ],
            timed,
            about=T(
                "自进入至离开该状态，按审计记录的时刻计算；尚未离开的不计",
                "From coming into a state to leaving it, by the audit trail; what stands there is left out",
            ),
            kind="across",
            categories=[row.state.label for row in timed],
            series=[
                Series(T("中位数", "Median"), [days(row.median_days) for row in timed]),
                Series(T("九成不超过", "90% within"), [days(row.most_days) for row in timed]),
            ],
            unit=DAYS,
        ),
    ]


def volume(w: Work, narrow: Narrow) -> list[Figure]:
    """Hours, services and enterprises by month."""
    rows = activity.volume(w, narrow)
    hours, served = (
        T("服务时长（小时）", "Hours of service"),
        T("服务企业（家）", "Enterprises served (number)"),
    )
    columns = [
        Column("month", MONTH, lambda row: month_name(row.month)),
        Column("services", T("服务次数", "Number of services")),
        Column("hours", hours),
        Column("participants", T("参加人次", "Participations")),
        Column("enterprises", served),
    ]
    return [
        Figure(
            "volume",
            T("每月服务时长与服务企业数", "Hours and enterprises by month"),
            columns,
            rows,
            about=T(
                "同一服务记入几项认定只计一次；同一企业每月只计一次",
                "A service under several accreditations counts once; an enterprise once a month",
            ),
            kind="lines",
            categories=[month_name(row.month) for row in rows],
            series=[
                Series(hours, [row.hours for row in rows]),
                Series(served, [row.enterprises for row in rows]),
            ],
        )
    ]


def satisfaction(w: Work, narrow: Narrow) -> list[Figure]:
    """The mean by programme and month, and the share below the programme's own bar."""
    rows = activity.satisfaction(w, narrow)
    shown = sorted({row.month for row in rows})
    programs = list(dict.fromkeys(row.program for row in rows))
    at = {(row.program, row.month): row for row in rows}
    barred = [key for key in programs if any(row.low is not None for row in rows if row.program == key)]
    columns = [
        Column("month", MONTH, lambda row: month_name(row.month)),
        Column("program", PROGRAM, lambda row: program_title(row.program)),
        Column("rated", T("有评价的服务", "Rated services")),
        Column("mean", T("平均满意度（%）", "Mean (%)"), lambda row: percent(row.mean)),
        Column("low", T("低于标准", "Below the bar")),
        Column("low_share", T("低于标准占比（%）", "Share below (%)"), lambda row: percent(row.low_share)),
    ]
    return [
        Figure(
            "satisfaction",
            T("每月平均满意度", "Mean satisfaction by month"),
            columns[:4],
            rows,
            kind="lines",
            categories=[month_name(month) for month in shown],
            series=[
                Series(
                    program_title(key),
                    [at[key, month].mean if (key, month) in at else None for month in shown],
                )
                for key in programs
            ],
            unit=T("%", "%"),
        ),
        Figure(
            "low",
            T("满意度低于项目标准的服务占比", "Share of services below the programme's own bar"),
            columns,
            [row for row in rows if row.program in barred],
            about=T(
                "只有规定了满意度标准的项目才有此项",
                "Only programmes that set a bar for satisfaction have this figure",
            ),
            kind="lines",
            categories=[month_name(month) for month in shown],
            series=[
                Series(
                    program_title(key),
                    [at[key, month].low_share if (key, month) in at else None for month in shown],
                )
                for key in barred
            ],
            unit=T("%", "%"),
            empty=T("没有低于标准的服务。", "No service fell below the bar."),
        ),
    ]
