"""A whole case as one: a PDF with contents, forms, letters and materials, or a zip with everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from core.documents.blocks import Block, Facts, Form, Heading
from core.documents.pdf import form_pdf
from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import mask_id_number
from core.rules.text import T
from core.services.applications.case import Case, find
from core.services.applications.handling import is_member
from core.services.base.access import allowed
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.deciding import corrections
from core.services.papers.application import paper_of as application_paper
from core.services.papers.base import Paper, Words, look_at, title_of
from core.services.papers.binder import Download, Front, Item, bound, of_file, of_paper, zipped
from core.services.papers.certificates import certificate
from core.services.papers.decisions import letter_of as decision_letter
from core.services.papers.declining import letter_of as declining_letter
from core.services.papers.recommending import paper_of as recommendation_paper
from core.storage.files import FileStore
from core.storage.models import Accreditation, Application, Decision, DecisionCorrection, User
from core.storage.models.accounts import Look
from core.storage.models.deciding import CorrectedKind

FORMS, MATERIALS, OLD = (
    T("申请与办理文书", "Forms and letters"),
    T("申报材料", "Materials"),
    T("已被替换的材料", "Materials replaced"),
)

CORRECTED = T("决定更正情况", "Decisions and their corrections")
_DECIDED = (CorrectedKind.APPROVAL, CorrectedKind.REFUSAL, CorrectedKind.INCLUSION)
_RECOMMENDED = (CorrectedKind.DECLINE, CorrectedKind.RECOMMENDATION)
_OF_THE_CASE = (*_DECIDED, *_RECOMMENDED, CorrectedKind.RETURN, CorrectedKind.WAIVER)
"""Corrections that the party was told of; those of reviewers' scores are none."""


def dossier_pdf(w: Work, application_id: int, store: FileStore, *, language: str, base_url: str) -> Download:
    """The case as one PDF: contents first, then every part that can be merged; the others are listed."""
    say, case = Words(language), case_of(w, application_id)
    items = [item for item in items_of(case, store, say, base_url) if item.group is not OLD]
    return bound(w, front_of(w, case.application, say), items, say)


def dossier_zip(w: Work, application_id: int, store: FileStore, *, language: str, base_url: str) -> Download:
    """The case as a zip: every file as it is, with an index for people and machines and a list of hashes."""
    say, case = Words(language), case_of(w, application_id)
    return zipped(w, front_of(w, case.application, say), [*items_of(case, store, say, base_url)], say)


def case_of(w: Work, application_id: int) -> Case:
    """The case, for its party and staff who may see its materials."""
    case = find(w, application_id)
    application = case.application
    seen = allowed(w.actor, Act.APPLICATION_VIEW, *application.place)
    if not (seen or is_member(w, application)):
        raise NotFound(NOTHING_THERE)
    look_at(case, Look.DOSSIER)
    return case


def items_of(case: Case, store: FileStore, say: Words, base_url: str) -> Iterator[Item]:
    """Every part of the case, those that were replaced last."""
    for title, paper in _papers(case, say, base_url):
        yield of_paper(FORMS, title, paper)
    rows = case.checklist
    for group, replaced in ((MATERIALS, False), (OLD, True)):
        for row in rows:
            for file in row.files:
                if (file.replaced_at is not None) == replaced:
                    yield of_file(group, row.clause, say.tr(row.title), file, file.sha256, store, say)


def _papers(case: Case, say: Words, base_url: str) -> Iterator[tuple[str, Paper]]:
    """The documents that there are of the case."""
    w, language = case.w, say.language
    yield say("申请书", "Application"), application_paper(case, language=language)
    with suppress(NotFound):
        yield say("推荐表", "Recommendation form"), recommendation_paper(case, language=language)
    with suppress(NotFound, Invalid):
        yield say("不予推荐告知书", "Not recommended"), declining_letter(case, language=language)
    corrected = [item for item in corrections.of_application(w, case.id) if item.kind in _OF_THE_CASE]
    if corrected:
        yield say.tr(CORRECTED), _corrected(case, corrected, say)
    try:
        yield say("决定书", "Decision"), decision_letter(case, language=language)
    except NotFound:
        return
    held = w.session.scalar(
        select(Accreditation.id)
        .where(Accreditation.application_id == case.id)
        .order_by(Accreditation.id.desc())
    )
    if held is None:
        return
    # A name that cannot be printed is no reason to withhold the rest of the case.
    with suppress(Invalid):
        made = certificate(w, held, language=language, base_url=base_url)
        yield say("认定证书", "Certificate"), made


def _corrected(case: Case, items: Sequence[DecisionCorrection], say: Words) -> Paper:
    """What was decided by mistake and how it was corrected, in their order: who, when and why of both."""
    w, application = case.w, case.application
    form = Form(
        title=say.tr(CORRECTED),
        subtitle=title_of(w, application, say),
        number=say(f"申请编号：{application.id}", f"Application No. {application.id}"),
        signed_by=say.tr(w.authority(application.program)),
        blocks=tuple(block for item in reversed(items) for block in _both_acts(case, item, say)),
    )
    name = say.filename(say.tr(CORRECTED), application.party.name, str(application.id))
    return Paper(name, form_pdf(form, language=say.language, on=w.today))


def _both_acts(case: Case, item: DecisionCorrection, say: Words) -> Iterator[Block]:
    w, before = case.w, item.before
    by = w.session.get(User, before["by"]) if before.get("by") is not None else None
    at = datetime.fromisoformat(before["at"]) if before.get("at") else None
    written = item.kind in (*_DECIDED, CorrectedKind.WAIVER)
    decision = w.session.get(Decision, item.subject_id) if written else None
    yield Heading(say.tr(item.kind.label), 2)
    rows = []
    if decision is not None:
        kind = say.tr(decision.kind.label)
        number = say(f"{kind}（决定编号：{decision.id}）", f"{kind} (decision No. {decision.id})")
        rows.append((say("原决定", "What was decided"), number))
    rows += [
        (say("原办理人", "By"), _who(case, item, by, say)),
        (say("原办理日期", "On"), say.day(local_date(at)) if at is not None else ""),
        (say("原理由", "Reason given then"), str(before.get("reason") or "")),
        (say("更正人", "Corrected by"), _who(case, item, item.by, say)),
        (say("更正日期", "Corrected on"), say.day(local_date(item.at))),
        (say("更正理由", "Reason of the correction"), item.reason),
    ]
    yield Facts(tuple(row for row in rows if row[1]))


def _who(case: Case, item: DecisionCorrection, person: User | None, say: Words) -> str:
    """Who acted, by name for staff; the party is told for which body."""
    w, application = case.w, case.application
    if allowed(w.actor, Act.APPLICATION_VIEW, *application.place):
        return str(person) if person is not None else ""
    if item.kind in _RECOMMENDED:
        return say.tr(w.program(application.program).program.recommenders)
    return say.tr(w.authority(application.program, local_date(item.at)))


def front_of(w: Work, application: Application, say: Words) -> Front:
    """What stands in front of it."""
    index = {
        "application": application.id,
        "program": application.program,
        "track": application.track,
        "edition": application.edition,
        "state": application.state.value,
    }
    return Front(
        application.program,
        application.track,
        application.party.name,
        str(application.id),
        T("申报案卷", "Dossier"),
        _about(w, application, say),
        index,
    )


def _about(w: Work, application: Application, say: Words) -> list[tuple[str, str]]:
    party = application.party
    rows = [
        (say("申请人", "Applicant"), party.name),
        (say("统一社会信用代码", "Unified social credit code"), party.uscc or ""),
        (say("居民身份证号", "Identity number"), mask_id_number(party.id_number or "")),
        (say("申报项目", "Programme"), title_of(w, application, say)),
        (say("申请编号", "Application No."), str(application.id)),
        (say("当前状态", "State"), say.tr(application.state.label)),
        (say("整理日期", "Put together on"), say.day(w.today)),
    ]
    return [row for row in rows if row[1]]
