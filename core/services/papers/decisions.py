"""The letter in which an applicant is told what was decided, on what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from core.documents.blocks import Block, Facts, Heading, Letter, Paragraph, Table
from core.documents.pdf import letter_pdf
from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.domain.lifecycle.states import what_follows
from core.rules.clauses import ConditionKind, clause_name
from core.rules.evaluate import Outcome
from core.rules.report import OUTCOMES, shown
from core.rules.text import T
from core.services.applications.case import Case, find
from core.services.applications.handling import Desk, is_member
from core.services.base.access import allowed
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.granting.decisions import corrected_on
from core.services.papers.base import (
    Paper,
    Words,
    edition_title,
    functions_text,
    outcome_cell,
    title_of,
    titles,
    you,
)
from core.services.people.vouched import name_on
from core.storage.models import Accreditation, Application, Decision
from core.storage.models.decisions import DecisionKind

NO_OBSTACLE = (Outcome.MET.value, Outcome.NOT_APPLICABLE.value)


def decision_letter(w: Work, application_id: int, *, language: str) -> Paper:
    """The letter on the decision, for the party and staff; NotFound before there is one."""
    return letter_of(find(w, application_id), language=language)


def letter_of(case: Case, *, language: str) -> Paper:
    """The same of a case."""
    say, w, application = Words(language), case.w, case.application
    staff = allowed(w.actor, Act.APPLICATION_VIEW, *application.place)
    if not (staff or is_member(w, application)):
        raise NotFound(NOTHING_THERE)
    query = select(Decision).where(
        Decision.application_id == application.id,
        Decision.kind != DecisionKind.WAIVED,
        Decision.id.not_in(corrected_on(application.id)),
    )
    # Of an approval that an objection overturned, the rejection after it.
    decision = w.session.scalar(query.order_by(Decision.id.desc()).limit(1))
    if decision is None:
        raise NotFound(NOTHING_THERE)
    titles(w, application.program, application.track)
    approved = decision.kind is DecisionKind.APPROVED
    title = (
        say("关于准予认定的决定书", "Decision: application approved")
        if approved
        else say("关于不予认定的决定书", "Decision: application rejected")
    )
    day = local_date(decision.at)
    addressee = name_on(w, application.party, day)
    letter = Letter(
        title=title,
        signed_by=say.tr(w.authority(application.program, day)),
        date=say.day(day),
        addressee=addressee,
        number=say(f"申请编号：{application.id}", f"Application No. {application.id}"),
        reference=say(f"决定编号：{decision.id}", f"Decision No. {decision.id}"),
        blocks=tuple(_said(case, decision, say)),
        annex=tuple(_annex(case.desk, decision.verdict, say)),
    )
    name = say.filename(title, addressee, str(application.id))
    return Paper(name, letter_pdf(letter, language=language, on=day))


def _said(case: Case, decision: Decision, say: Words) -> Iterator[Block]:
    w, application = case.w, case.application
    them, status = you(application.party, say), title_of(w, application, say)
    edition, day = edition_title(w, application.program, decision.edition, say), say.day(decision.as_of)
    waived = _waived(w, application)
    if decision.kind is DecisionKind.APPROVED:
        then = what_follows(application.state)
        yield Paragraph(
            say(
                f"{them}提出的“{status}”申请，经依据{edition}审查，以{day}为基准，决定准予认定。{then.zh}",
                f"Your application to {status} was examined under the {edition}, as of {day}. "
                f"It is approved. {then.en}",
            )
        )
        yield from _entered(w, application, say)
    else:
        yield Paragraph(
            say(
                f"{them}提出的“{status}”申请，经依据{edition}审查，以{day}为基准，决定不予认定。",
                f"Your application to {status} was examined under the {edition}, as of {day}. "
                "It is rejected.",
            )
        )
    if decision.reason:
        yield Paragraph(say(f"理由：{decision.reason}", f"Reason: {decision.reason}"))
    unmet = _results(case.desk, _failed(decision.verdict), say)
    if unmet.rows:
        yield Heading(say("未满足或未能查明的条件", "Conditions not met or not established"), 2)
        yield unmet
    if waived:
        yield Heading(say("依规定放宽的条件", "Conditions set aside"), 2)
        yield Table(
            (say("条款", "Clause"), say("放宽理由", "Reason")),
            tuple((say.tr(clause_name(item.clause.partition("#")[0])), item.reason) for item in waived),
            (0, 1),
            centred=(0,),
        )


def _entered(w: Work, application: Application, say: Words) -> Iterator[Block]:
    held = w.session.scalar(
        select(Accreditation)
        .where(Accreditation.application_id == application.id)
        .order_by(Accreditation.id.desc())
    )
    if held is None:
        return
    rows = [
        (say("认定编号", "Number"), held.number),
        (
            say("有效期", "Valid"),
            say(
                f"{say.day(held.started_on)}起，至{say.day(held.valid_through)}止",
                f"{say.day(held.started_on)} to {say.day(held.valid_through)}",
            ),
        ),
    ]
    if held.functions:
        services = functions_text(w, held.program, held.functions, say)
        rows.append((say("服务类别", "Services"), services))
    yield Facts(tuple(rows))


def _waived(w: Work, application: Application) -> list[Decision]:
    query = select(Decision).where(
        Decision.application_id == application.id, Decision.kind == DecisionKind.WAIVED
    )
    return list(w.session.scalars(query.order_by(Decision.id)))


def _failed(verdict: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        row
        for row in verdict["results"]
        if row["kind"] == ConditionKind.REQUIRED.value
        and row["outcome"] not in NO_OBSTACLE
        and not row["waived"]
    ]


def _results(desk: Desk, rows: list[Mapping[str, Any]], say: Words) -> Table:
    """Conditions as the decision keeps them, with figure and bound."""
    return Table(
        (
            say("条款", "Clause"),
            say("条件", "Condition"),
            say("要求", "What is asked"),
            say("查明情况", "What was found"),
            say("结果", "Result"),
        ),
        tuple(
            (
                say.tr(clause_name(row["clause"])),
                say.tr(T(**row["title"])),
                say.tr(T(**row["sentence"])),
                _observed(desk, row["observed"], say),
                outcome_cell(
                    Outcome.UNKNOWN.value if row["waived"] else row["outcome"],
                    say("已放宽", "set aside")
                    if row["waived"]
                    else say.tr(OUTCOMES[Outcome(row["outcome"])]),
                ),
            )
            for row in rows
        ),
        (0, 3, 5, 5, 0),
        centred=(0, 4),
        size=9,
    )


def _observed(desk: Desk, observed: Mapping[str, Any], say: Words) -> str:
    values = desk.values({name: value for name, value in observed.items() if value is not None})
    return "\n".join(
        f"{say.tr(desk.vocabulary[name].label)}{say('：', ': ')}"
        f"{say.tr(shown(desk.vocabulary[name], values.get(name)))}"
        # The database keeps no order of its own.
        for name in desk.vocabulary
        if name in observed
    )


def _annex(desk: Desk, verdict: Mapping[str, Any], say: Words) -> Iterator[Block]:
    rows = list(verdict["results"])
    if rows:
        yield Heading(say("附：逐条审查情况", "Annex: condition by condition"))
        yield _results(desk, rows, say)
