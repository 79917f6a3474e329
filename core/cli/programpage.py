"""A programme's page: everything its plugin encodes, as Markdown in Chinese with English beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.domain.lifecycle import AccreditationState, ApplicationState, accreditation_moves, diagram, moves
from core.domain.wording import (
    INTAKES,
    STAGES,
    duty_text,
    exit_text,
    join,
    material_text,
    stage_text,
    term_text,
    waiver_text,
    window_text,
)
from core.hooks.catalogue import LoadedProgram, TrackRules
from core.hooks.coverage import coverage_rows
from core.rules.clauses import Condition, ConditionKind, Coverage, Material, PartyKind, Track, Waiver
from core.rules.report import condition_sentence
from core.rules.sentence import plain
from core.rules.text import T
from core.rules.walk import readings

REQUIRED = {ConditionKind.REQUIRED: T("必备", "required"), ConditionKind.PREFERRED: T("优先", "preferred")}
PARTIES = {PartyKind.ORGANIZATION: T("机构", "organisations"), PartyKind.PERSON: T("个人", "persons")}
COVERAGE = {
    Coverage.ENCODED: T("已编码", "encoded"),
    Coverage.INTERPRETED: T("已解释", "interpreted"),
    Coverage.INFORMATIONAL: T("仅说明", "informational"),
}
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
    version = f" · {edition}" if several else ""
    yield from (f"## {_both(track.title)}{version}", "")
    pattern = track.number_pattern.format(year=2024, sequence=1)
    yield f"`{track.id}` · {_both(PARTIES[track.party])} · 证书编号 number `{pattern}`"
    yield from ("", "### 申报条件 · Conditions", "")
    for condition in rules.conditions:
        yield from _condition(condition)
    yield from ("", "### 申报材料 · Materials", "")
    yield from _table(
        ("条 Clause", "材料 Document", "要求 Asked"),
        [(item.clause, _document(item), _both(material_text(item))) for item in rules.materials],
    )
    yield from _procedure(rules)
    yield from ("### 义务 · Duties", "")
    yield from _clauses((duty.clause, duty.title, duty_text(duty)) for duty in rules.duties)
    yield from ("### 退出 · Exits", "")
    yield from _clauses((rule.clause, rule.title, exit_text(rule)) for rule in rules.exits)
    yield from ("### 参数 · Parameters", "")
    yield from _table(
        ("参数 Id", "条 Clause", "文本数值 The text's number"),
        [
            (f"`{parameter.id}`", parameter.clause, plain(parameter.default, ","))
            for parameter in loaded.rules[track.id, edition].parameters()
        ],
    )


def _condition(condition: Condition) -> Iterator[str]:
    text = condition_sentence(condition)
    yield f"- **{condition.clause}** {_both(condition.title)}（{_both(REQUIRED[condition.kind])}）"
    yield f"  - {text.zh}"
    yield f"  - {text.en}"
    if isinstance(condition.waiver, Waiver):
        yield f"  - {_both(waiver_text(condition.waiver))}"
    if condition.follows:
        yield f"  - 依解释 Follows {_ids(condition.follows)}"


def _procedure(rules: TrackRules) -> Iterator[str]:
    procedure = rules.procedure
    yield from ("### 程序 · Procedure", "")
    yield f"- {_both(INTAKES[procedure.intake])} ({procedure.clause})"
    if procedure.window is not None:
        yield f"- {_both(window_text(procedure.window))} ({procedure.window.clause})"
    yield f"- {_both(term_text(procedure.term))} ({procedure.term.clause})"
    named = (
        (procedure.direct_inclusion, T("受托机构汇总表直接纳入", "direct inclusion by a summary table")),
        (procedure.mobile_required, T("提交时须有有效手机号码", "a mobile number is needed to submit")),
        (procedure.self_recommendation_refused, T("不得推荐本单位", "no body recommends itself")),
        (procedure.exit_proposal, T("推荐单位可提出退出", "the recommender may propose an exit")),
        *((clause, title) for clause, _, title in procedure.nomination),
    )
    yield from (f"- {_both(title)} ({clause})" for clause, title in named if clause)
    yield ""
    yield from _table(
        ("阶段 Stage", "条 Clause", "内容 What", "由谁 Who"),
        [
            (_both(STAGES[stage.kind]), stage.clause, _both(stage.title), _both(stage_text(stage)))
            for stage in procedure.stages
        ],
    )
    yield from ("```mermaid", diagram(moves(procedure), ApplicationState.DRAFT).rstrip(), "```", "")
    yield from (
        "```mermaid",
        diagram(accreditation_moves(procedure), AccreditationState.ACTIVE).rstrip(),
        "```",
        "",
    )


def _interpretations(loaded: LoadedProgram) -> Iterator[str]:
    yield from ("## 解释 · Interpretations", "")
    used: dict[str, list[str]] = {}
    for rules in loaded.rules.values():
        for clause in rules.clauses:
            for choice in readings(clause):
                used.setdefault(choice.interpretation, []).append(clause.clause)
    for item in loaded.interpretations:
        yield f"### `{item.id}` ({item.clause})"
        yield from ("", _both(item.question), "")
        for key, text in item.values:
            mark = "**默认 default** " if key == item.default else ""
            yield f"- {mark}`{key}`: {_both(text)}"
        yield from ("", f"{item.why.zh}<br>{item.why.en}", "")
        if item.id in used:
            yield from (f"影响条款 Changes: {', '.join(dict.fromkeys(used[item.id]))}", "")


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
                        _ids(row.interpretations),
                        _both(row.why) if row.why.zh else "",
                    )
                    if part
                ),
            )
            for row in coverage_rows(loaded)
        ],
    )


def _clauses(items: Iterable[tuple[str, T, T]]) -> list[str]:
    rows = [
        (clause, _both(title), f"{text.zh}<br>{text.en}" if text.zh else "") for clause, title, text in items
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


def _document(item: Material) -> str:
    note = _both(item.note) if item.note.zh else ""
    return "<br>".join(part for part in (_both(item.title), note, item.template) if part)


def _ids(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _both(text: T) -> str:
    return join([text, T(text.en, "")], " · ").zh
