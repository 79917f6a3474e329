"""What a recommender sends on: the recommendation form of one application, and the texts' summary tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.documents.blocks import Block, Facts, Form, Heading, Note, Paragraph, Signatures, Table
from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.domain.profile import stored
from core.rules.clauses import PartyKind, StageKind
from core.rules.report import shown
from core.rules.terms import Kind
from core.rules.text import T
from core.services.applications.case import Case, find
from core.services.applications.checklist import ChecklistRow
from core.services.applications.handling import Desk, present_word
from core.services.base.access import allowed
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.granting.tables import summary_rows, summary_table_xlsx, table_of
from core.services.papers.base import (
    Paper,
    Words,
    deliver,
    functions_text,
    look_at,
    region_name,
    titles,
)
from core.services.people.party_file import numbers_for
from core.services.people.vouched import name_on
from core.services.review.recommendations import form as to_measure
from core.storage.models import Recommendation, Recommender
from core.storage.models.accounts import Look
from core.storage.models.applications import Provenance

NARROW = ("number", "uscc", "mobile", "contact_phone", "contact_name")
"""Columns as wide as what stands in them: it cannot be broken."""
WIDE = ("name", "address", "employer", "email", "service_functions")
TITLE = T("推荐表", "Recommendation form")


def recommendation_paper(w: Work, application_id: int, *, language: str, format: str = "pdf") -> Paper:
    """The recommendation form of an application, for staff: filled in, or to be filled in by hand."""
    case = find(w, application_id)
    look_at(case, Look.FORM)
    return paper_of(case, language=language, format=format)


def paper_of(case: Case, *, language: str, format: str = "pdf") -> Paper:
    """The same of a case."""
    say, w, application = Words(language), case.w, case.application
    if not allowed(w.actor, Act.APPLICATION_VIEW, *application.place):
        raise NotFound(NOTHING_THERE)
    program, track = titles(w, application.program, application.track)
    word = present_word(w, application)
    if word is None and not is_recommended(case.desk):
        raise NotFound(NOTHING_THERE)
    form = Form(
        title=say(f"{program.title.zh}{TITLE.zh}", TITLE.en),
        above="" if language != "en" else program.title.en,
        subtitle=say.tr(track.title),
        number=say(f"申请编号：{application.id}", f"Application No. {application.id}"),
        date=say.day(local_date(word.at)) if word is not None else "",
        signed_by=say.tr(_signer(case, word)),
        blocks=tuple(_form(case, word, track.party, say)),
    )
    day = local_date(word.at) if word is not None else w.today
    name = say.filename(say.tr(TITLE), application.party.name, str(application.id)).removesuffix(".pdf")
    return deliver(form, say, day, name, format)


def _signer(case: Case, word: Recommendation | None) -> T:
    """The association or department by its name; of the divisions, what the text calls them."""
    through = word.recommender_id if word is not None else case.application.recommender_id
    if through is None:
        return case.desk.loaded.program.recommenders
    name = case.w.session.get_one(Recommender, through).name
    return T(name, name)


def is_recommended(desk: Desk) -> bool:
    """Whether the text knows a recommendation."""
    return any(stage.kind is StageKind.RECOMMENDATION for stage in desk.rules.procedure.stages)


def _form(case: Case, word: Recommendation | None, kind: PartyKind, say: Words) -> Iterator[Block]:
    w, application, party = case.w, case.application, case.application.party
    areas = case.desk.loaded.program.service_areas
    chosen = application.facts.get(areas.name) if areas is not None else None
    keys = [chosen] if isinstance(chosen, str) else list(chosen or ())
    whom, called = kind.pick(organization=("单位", "名称"), person=("人", "姓名"))
    yield Heading(say(f"一、被推荐{whom}基本情况", "1. Who is recommended"))
    reached = f"{party.contact_name} {numbers_for(w, party, party.telephone)}"
    rows = [
        (say(called, "Name"), name_on(w, party, local_date(word.at)) if word is not None else party.name),
        (say("统一社会信用代码", "Unified social credit code"), party.uscc or ""),
        (say("所在单位", "Employer"), party.employer),
        (say("所在地区", "Region"), region_name(w, application.region, say)),
        (say("地址", "Address"), party.address),
        (say("联系人及电话", "Contact and telephone"), reached.strip()),
        (say("服务类别", "Services"), functions_text(w, application.program, keys, say)),
    ]
    yield Facts(tuple(row for row in rows if row[1]))
    if case.desk.rules.procedure.compliance:
        yield Heading(say("二、资料合规性审核", "2. Check of the papers"))
        yield _checked(case, say)
    else:
        yield Heading(say("二、测评情况", "2. What was measured"))
        yield from _measured(case, word, say)
    yield Heading(say("三、推荐意见", "3. Opinion"))
    if word is not None:
        verdict = (
            say("同意推荐。", "Recommended.") if word.positive else say("不予推荐。", "Not recommended.")
        )
        yield Paragraph(f"{verdict}\n{word.opinion}")
    else:
        yield Note(say("（由推荐单位填写）", "(to be written by the recommending body)"))
    yield Signatures(
        (say("推荐单位（盖章）", "Recommending body (seal)"), say("负责人（签字）", "Person in charge"))
    )


def _checked(case: Case, say: Words) -> Table:
    """The papers, with what the recommender found of each."""
    return Table(
        (say("材料", "Document"), say("结论", "Conclusion"), say("说明", "Note")),
        tuple((say.tr(row.title), say.tr(_found(row)), _remarks(row)) for row in case.checklist),
        (5, 2, 4),
        centred=(1,),
        size=10,
    )


def _found(row: ChecklistRow) -> T:
    words = {file.accepted for file in row.present}
    if not words:
        return T("未提交", "not submitted")
    if False in words:
        return T("退回", "turned down")
    return T("待审核", "to be checked") if None in words else T("合格", "in order")


def _remarks(row: ChecklistRow) -> str:
    return "；".join(file.remark for file in row.present if file.remark)


def _measured(case: Case, word: Recommendation | None, say: Words) -> Iterator[Block]:
    """The figures with how each was measured, and what was found in words."""
    desk = case.desk
    names = [item.name for item in to_measure(case)]
    names += [name for name in (word.measured if word is not None else {}) if name not in names]
    names = [name for name in names if name in desk.vocabulary]
    claimed, notes = _claimed(case), _notes(case)
    measured: Mapping[str, object] = word.measured if word is not None else {}
    spoken = [name for name in names if desk.vocabulary[name].kind is Kind.TEXT]
    for name in spoken:
        label, said = say.tr(desk.vocabulary[name].label), measured.get(name) or "—"
        basis = say(f"\n依据：{notes[name]}", f"\nRests on: {notes[name]}") if name in notes else ""
        yield Paragraph(say(f"{label}：{said}{basis}", f"{label}: {said}{basis}"))
    yield Table(
        (
            say("项目", "What"),
            say("申报数", "Claimed"),
            say("测评数", "Measured"),
            say("测评依据", "Rests on"),
        ),
        tuple(
            (
                say.tr(desk.vocabulary[name].label),
                _shown(desk, name, claimed.get(name), say),
                _shown(desk, name, measured.get(name), say),
                notes.get(name, "—"),
            )
            for name in names
            if name not in spoken
        ),
        (4, 2, 2, 4),
        centred=(1, 2),
        size=10,
    )


def _notes(case: Case) -> dict[str, str]:
    """How each fact was measured, by the last word on it."""
    entries = (entry for entry in case.entries if entry.provenance is Provenance.VERIFIED)
    last = {entry.name: entry for entry in entries}
    return {name: entry.note for name, entry in last.items() if entry.note and entry.value is not None}


def _claimed(case: Case) -> dict[str, object]:
    return {entry.name: entry.value for entry in case.entries if entry.provenance is Provenance.CLAIMED}


def _shown(desk: Desk, name: str, value: object, say: Words) -> str:
    if value is None:
        return "—"
    fact = desk.vocabulary[name]
    return say.tr(shown(fact, stored(fact, value)))


def summary_paper(
    w: Work,
    program: str,
    table_id: str,
    application_ids: Sequence[int],
    *,
    format: str,
    head: Mapping[str, str] | None = None,
) -> Paper:
    """A summary table as the text attaches it, column for column, in Chinese as the text is."""
    table, say = table_of(w, program, table_id), Words("zh")
    name = say.filename(table.title.zh).removesuffix(".pdf")
    if format == "xlsx":
        content = summary_table_xlsx(w, program, table_id, application_ids, head)
        return Paper(
            f"{name}.xlsx", content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
    rows = summary_rows(w, program, table, application_ids)
    given = head or {}
    lines = "　　　　".join(f"{line}：{given.get(line, '')}" for line in table.head)
    form = Form(
        title=table.title.zh,
        number=lines,
        signed_by=w.program(program).program.recommenders.zh,
        landscape=True,
        blocks=(
            Table(
                tuple(column.header for column in table.columns),
                tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows),
                tuple(_width(column.fact) for column in table.columns),
                centred=(0,),
                size=9,
                note=_note(table.choices),
            ),
        ),
    )
    return deliver(form, say, w.today, name, format)


def _width(fact: str) -> int:
    if fact in NARROW:
        return 0
    return 5 if fact in WIDE else 3


def _note(choices: Sequence[tuple[str, str]]) -> str:
    """The words of the table, as the note under it lists them."""
    return f"注：可选项包括：{'、'.join(word for word, _ in choices)}等。" if choices else ""
