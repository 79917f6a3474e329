"""The letter on a request to extend a term: granted with the new term, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from core.documents.blocks import Block, Facts, Heading, Paragraph, Table
from core.domain.errors import NotFound
from core.rules.clauses import clause_name
from core.rules.text import T
from core.services.base.evidence import evidence_text
from core.services.base.printable import require_printable
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.endings.extensions import answer_to
from core.services.papers.base import Paper, Words
from core.services.papers.held import About, about_held
from core.storage.models import ExitCase, ExtensionRequest, RegisterEvent
from core.storage.models.supervision import ExtensionState

GRANTED = T("关于同意延续认定的决定书", "Decision: extension granted")
REFUSED = T("关于不予延续认定的决定书", "Decision: extension refused")


def extension_letter(w: Work, request_id: int, *, language: str) -> Paper:
    """The letter on a request, for the party and staff; NotFound before it is decided."""
    request = w.session.get(ExtensionRequest, request_id)
    if request is None:
        raise NotFound(NOTHING_THERE)
    about, answer = about_held(w, request.accreditation_id, language), answer_to(w, request)
    if answer is None:
        raise NotFound(NOTHING_THERE)
    require_printable(about.held.party)
    match request.state:
        case ExtensionState.GRANTED:
            title, said = GRANTED, _granted(w, about, request, answer)
        case ExtensionState.REFUSED:
            title, said = REFUSED, _refused(w, about, request, answer)
        case ExtensionState.OPEN:
            raise NotFound(NOTHING_THERE)
        case _:
            assert_never(request.state)
    number = about.say(f"延续申请编号：{request.id}", f"Request No. {request.id}")
    return about.paper(title, answer.happened_on, number, said)


def _granted(w: Work, about: About, request: ExtensionRequest, answer: RegisterEvent) -> Iterator[Block]:
    say = about.say
    asked, clause = say.day(request.requested_on), say.clause(answer.clause)
    first, last = say.day(request.old_valid_through), say.day(request.new_valid_through)
    yield Paragraph(
        say(
            f"{about.them}于{asked}提出延续“{about.status}”认定的申请。经审查，依据{clause}，决定同意延续，"
            f"新的有效期自{first}起，至{last}（含当日）止。",
            f"On {asked} you asked for an extension of your accreditation ({about.status}). It is granted "
            f"under {clause}: the new term runs from {first} to {last}, that day included.",
        )
    )
    yield from _reason(about, request)
    yield Facts(
        (
            (say("原有效期至", "Former end of the term"), first),
            (say("新的有效期", "New term"), say(f"{first}起，至{last}止", f"{first} to {last}")),
        )
    )
    yield from _in_spite_of(w, about, answer)


def _refused(_w: Work, about: About, request: ExtensionRequest, answer: RegisterEvent) -> Iterator[Block]:
    say = about.say
    asked, clause = say.day(request.requested_on), say.clause(answer.clause)
    last, over = say.day(request.old_valid_through), answer.happened_on > request.old_valid_through
    yield Paragraph(
        say(
            f"{about.them}于{asked}提出延续“{about.status}”认定的申请。经审查，依据{clause}，决定不予延续。",
            f"On {asked} you asked for an extension of your accreditation ({about.status}). It is refused "
            f"under {clause}.",
        )
    )
    yield from _reason(about, request)
    yield Paragraph(
        say(f"该认定的有效期已于{last}届满。", f"The term ended on {last}.")
        if over
        else say(f"该认定的有效期至{last}（含当日）止。", f"The term ends on {last}, that day included.")
    )


def _reason(about: About, request: ExtensionRequest) -> Iterator[Block]:
    if request.reason:
        yield Paragraph(about.say(f"理由：{request.reason}", f"Reason: {request.reason}"))


def _in_spite_of(w: Work, about: About, answer: RegisterEvent) -> Iterator[Block]:
    """What stood against the extension and was set aside."""
    say = about.say
    shortfalls = [w.session.get_one(RegisterEvent, key) for key in answer.evidence.get("shortfalls", ())]
    exits = [w.session.get_one(ExitCase, key) for key in answer.evidence.get("exits", ())]
    against: list[RegisterEvent | ExitCase] = [*shortfalls, *exits]
    if not against:
        return
    yield Heading(say("不影响本次延续的情形", "What was set aside for this extension"), 2)
    yield Table(
        (say("条款", "Clause"), say("情形", "What"), say("查明情况", "What was found")),
        tuple(_row(item, say) for item in against),
        (0, 2, 3),
        centred=(0,),
    )
    if exits:
        yield Paragraph(
            say(
                "尚未办结的退出事项不因延续而终止，另行决定。",
                "An exit case that is open is not ended by the extension; it is decided on its own.",
            )
        )


def _row(item: RegisterEvent | ExitCase, say: Words) -> tuple[str, str, str]:
    """Its clause, what it is, and what it rests on: figures, or what the proposal says."""
    found = say.tr(evidence_text(item.evidence))
    written = item.reason if isinstance(item, ExitCase) else ""
    return say.tr(clause_name(item.clause)), say(item.title_zh, item.title_en), found or written or "—"
