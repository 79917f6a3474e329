"""An application as a document: the party, condition by condition, the materials, the statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.documents.blocks import Block, Facts, Form, Heading, Paragraph, Signatures, Table
from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.identifiers import mask_id_number
from core.domain.profile import stored
from core.rules.clauses import ConditionKind, PartyKind, StageKind, clause_name
from core.rules.evaluate import Outcome
from core.rules.report import OUTCOMES, VERDICTS, shown
from core.rules.terms import Fact
from core.rules.text import T
from core.services.applications.case import Case, find
from core.services.applications.checklist import ChecklistRow, Needed
from core.services.applications.facts import PROVENANCES
from core.services.applications.handling import is_reviewer, present_word
from core.services.applications.verdicts import CaseVerdict
from core.services.base.access import allowed
from core.services.base.work import Work
from core.services.papers.base import (
    Paper,
    Words,
    decides_on,
    deliver,
    edition_title,
    functions_text,
    look_at,
    outcome_cell,
    region_name,
    titles,
)
from core.services.people.party_file import numbers_for
from core.storage.models import Application, Decision
from core.storage.models.accounts import Look
from core.storage.models.applications import Provenance
from core.storage.models.decisions import DecisionKind

NEEDED = {
    Needed.REQUIRED: T("必交", "mandatory"),
    Needed.OPTIONAL: T("选交", "optional"),
    Needed.NOT_NEEDED: T("不需要", "not needed"),
    Needed.UNKNOWN: T("视事实而定", "depends on the facts"),
}
TITLE = T("申请书", "Application form")


def application_paper(w: Work, application_id: int, *, language: str, format: str = "pdf") -> Paper:
    """The application, for whoever may see it."""
    case = find(w, application_id)
    look_at(case, Look.FORM)
    return paper_of(case, language=language, format=format)


def paper_of(case: Case, *, language: str, format: str = "pdf") -> Paper:
    """The same of a case."""
    say, application = Words(language), case.application
    form = application_form(case, say)
    name = say.filename(say.tr(TITLE), application.party.name, str(application.id)).removesuffix(".pdf")
    return deliver(form, say, _day_of(case), name, format)


def application_form(case: Case, say: Words) -> Form:
    """The same as what it is made of."""
    w, application = case.w, case.application
    program, track = titles(w, application.program, application.track)
    numbers = (
        say("一、", "1. "),
        say("二、", "2. "),
        say("三、", "3. "),
        say("四、", "4. "),
        say("五、", "5. "),
    )
    blocks: list[Block] = [
        Heading(numbers[0] + say("基本信息", "The applicant")),
        Facts(tuple(_party(w, application, say))),
        Heading(numbers[1] + say("申报情况与认定条件", "What is stated, and the conditions")),
        *_conditions(case, say),
        Heading(numbers[2] + say("申报材料清单", "Materials")),
        _materials(case.checklist, say),
        Heading(numbers[3] + say("申报声明", "Statement")),
        _statement(track.party, say),
    ]
    if any(stage.kind is StageKind.RECOMMENDATION for stage in case.desk.rules.procedure.stages):
        blocks += [
            Heading(numbers[4] + say("推荐意见", "Recommendation")),
            _recommended(w, application, say),
        ]
    submitted = application.submitted_at
    when = say.day(local_date(submitted)) if submitted is not None else say("尚未提交", "not submitted yet")
    return Form(
        title=say.tr(TITLE),
        above=say.tr(program.title),
        subtitle=say.tr(track.title),
        number=say(f"申请编号：{application.id}", f"Application No. {application.id}"),
        date=say(f"提交日期：{when}", f"Submitted: {when}"),
        footer=say(
            f"{application.party.name}　申请书 {application.id}",
            f"{application.party.name} · {application.id}",
        ),
        signed_by=application.party.name,
        blocks=tuple(blocks),
    )


def _day_of(case: Case) -> date:
    """The day on which the application is looked at: of its decision, of its submission, else today."""
    query = select(Decision.as_of).where(
        Decision.application_id == case.id, Decision.kind != DecisionKind.WAIVED
    )
    decided = case.w.session.scalar(query.order_by(Decision.id.desc()).limit(1))
    if decided is not None:
        return decided
    submitted = case.application.submitted_at
    return local_date(submitted) if submitted is not None else case.w.today


def _party(w: Work, application: Application, say: Words) -> Iterator[tuple[str, str]]:
    party = application.party
    # A reviewer judges the case and calls nobody.
    reached = decides_on(w, application) or not is_reviewer(w, application.id)
    yield say(party.kind.pick(organization="名称", person="姓名"), "Name"), party.name
    if party.uscc:
        yield say("统一社会信用代码", "Unified social credit code"), party.uscc
    if party.id_number:
        # Papers are passed on: none carries the number whole, for anyone.
        yield say("居民身份证号", "Identity number"), mask_id_number(party.id_number)
    yield say("所在地区", "Region"), region_name(w, application.region, say)
    for label, value in (
        (say("所在单位", "Employer"), party.employer),
        (say("地址", "Address"), party.address),
        (say("联系人", "Contact"), party.contact_name),
        (say("联系电话", "Telephone"), numbers_for(w, party, party.telephone)),
        (say("电子邮箱", "E-mail"), party.email if reached else ""),
    ):
        if value:
            yield label, value
    areas = w.program(application.program).program.service_areas
    chosen = application.facts.get(areas.name) if areas is not None else None
    if areas is not None and chosen:
        keys = [chosen] if isinstance(chosen, str) else list(chosen)
        yield say.tr(areas.label), functions_text(w, application.program, keys, say)
    yield say("适用文件", "Text"), edition_title(w, application.program, application.edition, say)
    call = application.call
    yield (
        say("申报通知", "Call"),
        call.title if call is not None else say("常年受理", "applications at any time"),
    )


def _conditions(case: Case, say: Words) -> Iterator[Block]:
    desk, facts, day = case.desk, case.application.facts, _day_of(case)
    verdict = None if case.direct else case.verdict_on(day)
    if verdict is None:
        yield Paragraph(
            say(
                "由受委托单位以盖章汇总表推荐、直接纳入，不逐项审查条件。",
                "Included directly by an entrusted body's sealed table; no condition is examined.",
            )
        )
    else:
        outcome = VERDICTS[verdict.outcome]
        yield Paragraph(
            say(
                f"以下按{say.day(day)}有效的规定逐条对照，结论：{outcome.zh}。",
                f"Held against the rules in force on {say.day(day)}: {outcome.en}.",
            )
        )
        yield conditions_table(verdict, say)
    rows = verdict.rows if verdict is not None else ()
    read = {item.name for row in rows for part in row.parts for item in part.observed}
    rest = [
        (say.tr(fact.label), _value(fact, facts[name], say))
        for name, fact in desk.vocabulary.items()
        if name in facts and name not in read
    ]
    areas = desk.loaded.program.service_areas
    rest = [row for row in rest if areas is None or row[0] != say.tr(areas.label)]
    if rest:
        yield Heading(say("其他填报事项", "Further statements"), 2)
        yield Facts(tuple(rest))


def _value(fact: Fact, value: Any, say: Words) -> str:
    return say.tr(shown(fact, stored(fact, value)))


def conditions_table(verdict: CaseVerdict, say: Words) -> Table:
    """Condition by condition: what is asked, what is known and from where, and what it comes to."""
    rows = []
    for row in verdict.rows:
        seen = {item.name: item for part in row.parts for item in part.observed}
        stated = "\n".join(
            f"{say.tr(item.label)}{say('：', ': ')}{say.tr(item.shown)}{_from(item.provenance, say)}"
            for item in seen.values()
        )
        outcome = say.tr(OUTCOMES[row.outcome])
        if row.waived is not None:
            outcome = say("已放宽", "set aside")
        preferred = say("（优先条件）", " (preferred)") if row.kind is ConditionKind.PREFERRED else ""
        asked = f"{say.tr(row.title)}{preferred}\n{say.tr(row.sentence)}"
        shade = Outcome.UNKNOWN if row.waived is not None else row.outcome
        clause = say.tr(clause_name(row.clause))
        rows.append((clause, asked, stated, outcome_cell(shade.value, outcome)))
    return Table(
        (
            say("条款", "Clause"),
            say("条件", "Condition"),
            say("申报情况", "Statement"),
            say("对照", "Result"),
        ),
        tuple(rows),
        (0, 6, 6, 0),
        centred=(0, 3),
        led=(1,),
        size=9,
    )


def _from(provenance: Provenance | None, say: Words) -> str:
    if provenance is None or provenance is Provenance.CLAIMED:
        return ""
    return say(f"（{PROVENANCES[provenance].zh}）", f" ({PROVENANCES[provenance].en})")


def _materials(rows: Sequence[ChecklistRow], say: Words) -> Table:
    return Table(
        (say("条款", "Clause"), say("材料", "Material"), say("要求", "Needed"), say("已提交文件", "Files")),
        tuple(
            (
                say.tr(clause_name(row.clause)),
                say.tr(row.title),
                say.tr(NEEDED[row.needed]),
                "\n".join(file.filename for file in row.present) or "—",
            )
            for row in rows
        ),
        (0, 6, 0, 6),
        centred=(0, 2),
        size=9,
    )


def _statement(kind: PartyKind, say: Words) -> Signatures:
    zh, en, own = kind.pick(organization=("本单位", "We", "our"), person=("本人", "I", "my"))
    text = say(
        f"{zh}自愿申报，承诺申请书及所附材料内容真实、准确、完整，复印件与原件一致；如有不实，愿承担相应责任。",
        f"{en} apply of {own} own will, and declare that what is stated here and in the materials is true "
        "and complete, and that copies agree with their originals.",
    )
    lines = kind.pick(
        organization=(
            say("申报单位（盖章）", "Applicant (seal)"),
            say("法定代表人（签字）", "Legal representative"),
        ),
        person=(say("申请人（签字）", "Applicant (signature)"), say("所在单位（盖章）", "Employer (seal)")),
    )
    return Signatures(lines, text)


def _recommended(w: Work, application: Application, say: Words) -> Signatures:
    word = present_word(w, application)
    # What the recommender wrote is for those who decide, and for the panel.
    told = allowed(w.actor, Act.APPLICATION_VIEW, *application.place)
    text = ""
    if word is not None and (told or is_reviewer(w, application.id)):
        verdict = say("推荐", "Recommended") if word.positive else say("不予推荐", "Not recommended")
        text = f"{verdict}{say('：', ': ')}{word.opinion}\n{say.day(local_date(word.at))}"
    lines = (say("推荐单位（盖章）", "Recommending body (seal)"), say("经办人（签字）", "Handled by"))
    return Signatures(lines, text)
