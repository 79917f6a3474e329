"""A whole case as one: a PDF with contents, forms, letters and materials, or a zip with everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import mask_id_number
from core.rules.text import T
from core.services.applications.case import Case, find
from core.services.applications.handling import is_member
from core.services.base.access import allowed
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.papers.application import paper_of as application_paper
from core.services.papers.base import Paper, Words, sees_all, title_of
from core.services.papers.binder import Download, Front, Item, bound, of_file, of_paper, zipped
from core.services.papers.certificates import certificate
from core.services.papers.decisions import letter_of as decision_letter
from core.services.papers.declining import letter_of as declining_letter
from core.services.papers.recommending import paper_of as recommendation_paper
from core.storage.files import FileStore
from core.storage.models import Accreditation, Application

FORMS, MATERIALS, OLD = (
    T("申请与办理文书", "Forms and letters"),
    T("申报材料", "Materials"),
    T("已被替换的材料", "Materials replaced"),
)


def dossier_pdf(w: Work, application_id: int, store: FileStore, *, language: str, base_url: str) -> Download:
    """The case as one PDF: contents first, then every part that can be merged; the others are listed."""
    say, case = Words(language), _case(w, application_id)
    items = [item for item in _items(case, store, say, base_url) if item.group is not OLD]
    return bound(w, _front(w, case.application, say), items, say)


def dossier_zip(w: Work, application_id: int, store: FileStore, *, language: str, base_url: str) -> Download:
    """The case as a zip: every file as it is, with an index for people and machines and a list of hashes."""
    say, case = Words(language), _case(w, application_id)
    return zipped(w, _front(w, case.application, say), [*_items(case, store, say, base_url)], say)


def _case(w: Work, application_id: int) -> Case:
    """The case, for its party and staff who may see its materials."""
    case = find(w, application_id)
    application = case.application
    seen = allowed(w.actor, Act.APPLICATION_VIEW, application.program, application.region)
    if not (seen or is_member(w, application)):
        raise NotFound(NOTHING_THERE)
    return case


def _items(case: Case, store: FileStore, say: Words, base_url: str) -> Iterator[Item]:
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


def _front(w: Work, application: Application, say: Words) -> Front:
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
    number = party.id_number or ""
    if number and not sees_all(w, application):
        number = mask_id_number(number)
    rows = [
        (say("申请人", "Applicant"), party.name),
        (say("统一社会信用代码", "Unified social credit code"), party.uscc or ""),
        (say("居民身份证号", "Identity number"), number),
        (say("申报项目", "Programme"), title_of(w, application, say)),
        (say("申请编号", "Application No."), str(application.id)),
        (say("当前状态", "State"), say.tr(application.state.label)),
        (say("整理日期", "Put together on"), say.day(w.today)),
    ]
    return [row for row in rows if row[1]]
