"""A programme's page: everything its plugin encodes, as Markdown in Chinese with English beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.domain.lifecycle.finding import accreditation_moves, diagram, moves
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.wording import join
from core.hooks.coverage import coverage_rows
from core.hooks.loaded import LoadedProgram, TrackRules
from core.hooks.programtext import (
    KINDS,
    PARTIES,
    ConditionText,
    Line,
    MaterialText,
    TrackText,
    followers,
    track_text,
)
from core.rules.clauses import Coverage, Track
from core.rules.sentence import plain
from core.rules.text import T
from core.rules.walk import Parameter

COVERAGE = {
    Coverage.ENCODED: T("已编码", "encoded"),
    Coverage.INTERPRETED: T("已解释", "interpreted"),
    Coverage.INFORMATIONAL: T("仅说明", "informational"),
}
OWN = T("登记系统默认", "the register's own")
BANNER = "<!-- Written by `accredit docs programs`; change the plugin, then run it again. -->"


def program_page(loaded: LoadedProgram) -> str:
    """The whole page."""
    return "\n".join(line.rstrip() for line in _page(loaded)).rstrip() + "\n"


def index_page(programs: Iterable[LoadedProgram]) -> str:
    """The list of all pages."""
    lines = [
        "# 项目一览 · Programmes",
        "",
        BANNER,
        "",
        *_table(
            ("项目 Programme", "类别 Tracks", "认定机关 Authority", "编号 Id"),
            (
                (
                    f"[{loaded.program.title.zh}]({loaded.program.id}.md)<br>{loaded.program.title.en}",
                    "<br>".join(_both(track.title) for track in loaded.program.tracks),
                    _both(loaded.program.authority),
                    f"`{loaded.program.id}`",
                )
                for loaded in programs
            ),
        ),
    ]
    return "\n".join(lines) + "\n"


def _page(loaded: LoadedProgram) -> Iterator[str]:
    program = loaded.program
    yield from (f"# {program.title.zh}", "", f"*{program.title.en}*", "", BANNER, "")
    yield from _table(
        ("", ""),
        [
            ("编号 Id", f"`{program.id}`"),
            ("认定机关 Authority", _both(program.authority)),
            ("推荐单位 Recommenders", _both(program.recommenders)),
            ("名录 Register", _both(program.register)),
            ("地域 Territory", program.region or _both(T("全国", "the whole country"))),
            (
                "版本 Editions",
                "<br>".join(f"`{edition.id}` {_both(edition.title)}" for edition in program.editions),
            ),
        ],
    )
    for track in program.tracks:
        for edition in program.editions:
            yield from _track(loaded, track, edition.id, several=len(program.editions) > 1)
    yield from _interpretations(loaded)
    yield from _tables(loaded)
    yield from _coverage(loaded)


def _track(loaded: LoadedProgram, track: Track, edition: str, *, several: bool) -> Iterator[str]:
    rules = loaded.track_rules(track.id, edition)
    said = track_text(rules)
    version = f" · {edition}" if several else ""
    yield from (f"## {_both(track.title)}{version}", "")
    pattern = track.number_pattern.format(year=2024, sequence=1)
    yield f"`{track.id}` · {_both(PARTIES[track.party])} · 证书编号 number `{pattern}`"
    yield from ("", "### 申报条件 · Conditions", "")
    for condition in said.conditions:
        yield from _condition(condition)
    yield from ("", "### 申报材料 · Materials", "")
    yield from _table(
        ("条 Clause", "材料 Document", "要求 Asked"),
        [(item.clause, _document(item), _both(item.asked)) for item in said.materials],
    )
    yield from _procedure(rules, said)
    yield from ("### 义务 · Duties", "")
    yield from _clauses(said.duties)
    yield from ("### 退出 · Exits", "")
    yield from _clauses(said.exits)
    yield from ("### 参数 · Parameters", "")
    yield from _table(
        ("参数 Id", "条 Clause", "文本数值 The text's number"),
        [
            (f"`{parameter.id}`", parameter.clause, _default(parameter))
            for parameter in loaded.rules[track.id, edition].parameters()
        ],
    )


def _default(number: Parameter) -> str:
    shown = plain(number.default, ",")
    return f"{shown}（{_both(OWN)}）" if number.operational else shown


def _condition(condition: ConditionText) -> Iterator[str]:
    yield f"- **{condition.clause}** {_both(condition.title)}（{_both(KINDS[condition.kind])}）"
    yield f"  - {condition.sentence.zh}"
    yield f"  - {condition.sentence.en}"
    if condition.waiver.zh:
        yield f"  - {_both(condition.waiver)}"
    if condition.follows:
        yield f"  - 依解释 Follows {_ids(condition.follows)}"


def _procedure(rules: TrackRules, said: TrackText) -> Iterator[str]:
    yield from ("### 程序 · Procedure", "")
    yield from (f"- {_both(line.title)} ({line.clause})" for line in said.procedure)
    yield ""
    yield from _table(
        ("阶段 Stage", "条 Clause", "内容 What", "由谁 Who"),
        [(_both(stage.kind), stage.clause, _both(stage.title), _both(stage.who)) for stage in said.stages],
    )
    yield from ("```mermaid", diagram(moves(rules.procedure), ApplicationState.DRAFT).rstrip(), "```", "")
    yield from (
        "```mermaid",
        diagram(accreditation_moves(rules.procedure), AccreditationState.ACTIVE).rstrip(),
        "```",
        "",
    )


def _interpretations(loaded: LoadedProgram) -> Iterator[str]:
    yield from ("## 解释 · Interpretations", "")
    used = followers(loaded)
    for item in loaded.interpretations:
        yield f"### `{item.id}` ({item.clause})"
        yield from ("", _both(item.question), "")
        for key, text in item.values:
            mark = "**默认 default** " if key == item.default else ""
            yield f"- {mark}`{key}`: {_both(text)}"
        yield from ("", f"{item.why.zh}<br>{item.why.en}", "")
        if item.id in used:
            yield from (f"影响条款 Changes: {', '.join(used[item.id])}", "")
    if loaded.stated:
        yield from ("## 条文本义 · What the text states", "")
    for fact in loaded.stated:
        yield from (f"### `{fact.id}` ({fact.clause})", "", _both(fact.question), "", _both(fact.answer), "")
        yield from (f"{fact.why.zh}<br>{fact.why.en}", "")


def _tables(loaded: LoadedProgram) -> Iterator[str]:
    if not loaded.summary_tables:
        return
    yield from ("## 汇总表 · Summary tables", "")
    yield from _table(
        ("表 Table", "条 Clause", "类别 Track", "列 Columns", "用途 Use"),
        [
            (
                f"`{table.id}` {_both(table.title)}",
                table.clause,
                table.track,
                "、".join(column.header for column in table.columns),
                _both(T("导入、导出", "import, export") if table.imported else T("导出", "export")),
            )
            for table in loaded.summary_tables
        ],
    )


def _coverage(loaded: LoadedProgram) -> Iterator[str]:
    yield from ("## 逐条对照 · Coverage", "")
    yield from _table(
        ("条 Article", "内容 Content", "处理 How", "体现于 By"),
        [
            (
                row.article,
                _both(row.title),
                _both(COVERAGE[row.coverage]),
                "<br>".join(
                    part
                    for part in (
                        ", ".join(row.encoded_by),
                        _ids((*row.interpretations, *row.stated)),
                        _both(row.why) if row.why.zh else "",
                    )
                    if part
                ),
            )
            for row in coverage_rows(loaded)
        ],
    )


def _clauses(lines: Iterable[Line]) -> list[str]:
    rows = [
        (line.clause, _both(line.title), f"{line.text.zh}<br>{line.text.en}" if line.text.zh else "")
        for line in lines
    ]
    return _table(("条 Clause", "标题 Title", "内容 What"), rows)  # fmt: skip


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A Markdown table and an empty line; without rows, a word that there are none."""
    lines = [_row(cells) for cells in rows]
    if not lines:
        return [_both(T("文本没有规定。", "The text has none.")), ""]
    return [_row(head), _row("---" for _ in head), *lines, ""]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _document(item: MaterialText) -> str:
    note = _both(item.note) if item.note.zh else ""
    return "<br>".join(part for part in (_both(item.title), note, item.template) if part)


def _ids(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _both(text: T) -> str:
    return join([text, T(text.en, "")], " · ").zh
