"""The letter in which an applicant is told that it was not recommended: by whom, under what, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.documents.blocks import Block, Facts, Letter, Paragraph
from core.documents.pdf import letter_pdf
from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.domain.roles import division_prefix
from core.rules.clauses import Program, Stage, StageKind
from core.rules.text import T
from core.services.applications.case import Case, find
from core.services.applications.handling import is_member
from core.services.base.access import allowed
from core.services.base.evidence import show
from core.services.base.printable import require_printable
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.calls.calls import open_calls, why_not_recommended
from core.services.granting.starting import why_not_started
from core.services.papers.base import Paper, Words, region_name, title_of, titles, you
from core.services.people.vouched import name_on
from core.services.review.recommendations import left
from core.services.review.recommenders_queue import deadline_of
from core.storage.models import Application, Party, Recommendation, Recommender

TITLE = T("不予推荐告知书", "Notice: application not recommended")
LEVELS = {
    2: T("省级", "Provincial level"),
    4: T("市级", "City level"),
    6: T("县（区）级", "County or district"),
}
"""What a division is, by the digits that tell it from others."""


@dataclass(frozen=True, slots=True)
class _Body:
    """Who declined: of which level and division, and by its own name where the register knows it.

    An association or a department has neither level nor division.
    """

    kind: str
    level: str
    division: str
    name: str


def declining_letter(w: Work, application_id: int, *, language: str) -> Paper:
    """The letter on an application that was not recommended, for the party and staff; else NotFound."""
    return letter_of(find(w, application_id), language=language)


def letter_of(case: Case, *, language: str) -> Paper:
    """The same of a case."""
    say, w, application = Words(language), case.w, case.application
    staff = allowed(w.actor, Act.APPLICATION_VIEW, *application.place)
    if not (staff or is_member(w, application)):
        raise NotFound(NOTHING_THERE)
    word = case.word
    if word is None or word.positive:
        raise NotFound(NOTHING_THERE)
    require_printable(application.party)
    day, program = local_date(word.at), titles(w, application.program, application.track)[0]
    body = _body(w, program, application, word, say)
    addressee = name_on(w, application.party, day)
    letter = Letter(
        title=say.tr(TITLE),
        signed_by=body.name,
        date=say.day(day),
        addressee=addressee,
        number=say(f"申请编号：{application.id}", f"Application No. {application.id}"),
        reference=say(f"告知书编号：{word.id}", f"Notice No. {word.id}"),
        blocks=tuple(_said(case, word, body, _clause(case, day), say)),
    )
    name = say.filename(say.tr(TITLE), addressee, str(application.id))
    return Paper(name, letter_pdf(letter, language=language, on=day))


def _body(w: Work, program: Program, application: Application, word: Recommendation, say: Words) -> _Body:
    """The association or department, else the body of the division that the programme recommends in."""
    if word.recommender_id is not None:
        other = w.session.get_one(Recommender, word.recommender_id)
        return _Body(say.tr(other.kind.label), "", "", other.name)
    digits = division_prefix(application.region)[: program.recommender_level or None]
    division = region_name(w, digits.ljust(6, "0"), say)
    party = w.session.get(Party, word.recommender_party_id) if word.recommender_party_id is not None else None
    if party is not None:
        require_printable(party)
    own = say(f"{division}推荐单位", f"Recommending body of {division}")
    kind, level = say.tr(program.recommenders), say.tr(LEVELS[len(digits)])
    name = name_on(w, party, local_date(word.at)) if party is not None else own
    return _Body(kind, level, division, name)


def _clause(case: Case, day: date) -> str:
    """The clause of the recommendation."""
    stages: tuple[Stage, ...] = case.desk_on(day).rules.procedure.stages
    return next(stage.clause for stage in stages if stage.kind is StageKind.RECOMMENDATION)


def _said(case: Case, word: Recommendation, body: _Body, clause: str, say: Words) -> Iterator[Block]:
    w, application = case.w, case.application
    them, status = you(application.party, say), title_of(w, application, say)
    asked, cited = say.day(_submitted(application)), say.clause(clause)
    ends = (
        say("本单位的办理就此终止。", "Our part in it ends with that.")
        if left(case)
        else say("申请就此办结。", "It ends with that.")
    )
    yield Paragraph(
        say(
            f"{them}于{asked}提交的“{status}”申请，经依据{cited}审查，决定不予推荐，{ends}",
            f"Your application to {status}, submitted on {asked}, was examined under {cited}. It is not "
            f"recommended. {ends}",
        )
    )
    yield Paragraph(say(f"理由：{word.opinion}", f"Reason: {word.opinion}"))
    rows = (
        (say("作出单位", "Declined by"), body.name),
        (say("推荐单位", "Who recommends"), body.kind),
        (say("级别", "Level"), body.level),
        (say("所属地区", "Division"), body.division),
        (say("决定日期", "Decided on"), say.day(local_date(word.at))),
    )
    yield Facts(tuple(row for row in rows if row[1]))
    yield from _another(case, say)
    yield from _again(w, application, say)


def _submitted(application: Application) -> date | None:
    return local_date(application.submitted_at) if application.submitted_at is not None else None


def _another(case: Case, say: Words) -> Iterator[Block]:
    """That the party may turn to another recommender, where there is one and its time is not over."""
    names = [item.name for item in left(case)]
    if not names or why_not_recommended(case.w, case.application) is not None:
        return
    known = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    last = deadline_of(case.application)
    until = show(last, say.language) if last is not None else ""
    yield Paragraph(
        say(
            f"推荐截止{f'（{until}）' if until else ''}前，可以另请其他推荐单位推荐：{known[0]}。",
            f"Until recommendations close{f' ({until})' if until else ''} you may turn to another who "
            f"recommends: {known[1]}.",
        )
    )


def _again(w: Work, application: Application, say: Words) -> Iterator[Block]:
    """That the party may apply again, where nothing in the rules stands against it now."""
    if why_not_started(w, application.program, application.track, application.party) is not None:
        return
    calls = open_calls(w, application.program, application.track)
    if not calls:
        yield Paragraph(
            say(
                "本项目常年受理申请，可以再次提出。",
                "Applications are taken at any time: you may apply again.",
            )
        )
        return
    title, until = calls[0].title, show(calls[0].submit_by, say.language)
    yield Paragraph(
        say(
            f"可以在“{title}”的申报截止时间（{until}）前再次提出申请。",
            f"You may apply again under the call “{title}”, which takes applications until {until}.",
        )
    )
