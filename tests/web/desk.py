"""Applications put straight into a register at the stage that a screen is about, with a call of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.storage.models import Application, Call, FactEntry, Party, ReviewAssignment, Score, User
from core.storage.models.applications import Provenance
from tests.services.factory import id_number, uscc
from tests.services.journey import BASES, COUNTY, claims, judgements
from tests.web.conftest import MakeUser

DAY = timedelta(days=1)
SHEET = [
    {"key": "ability", "title": {"zh": "服务能力", "en": "Capability"}, "weight": 60, "max": 100},
    {"key": "results", "title": {"zh": "服务业绩", "en": "Results"}, "weight": 40, "max": 50},
]


def make_call(session: Session, key: str, **more: Any) -> Call:
    """A call that closed for submissions yesterday and takes recommendations for five more days."""
    program, track = key.split("/")
    given = {
        "title": f"申报通知 {now():%H%M%S%f}",
        "opens_at": now() - 30 * DAY,
        "submit_by": now() - DAY,
        "recommend_by": now() + 5 * DAY,
        "edition": catalogue()[program].program.editions[-1].id,
        **more,
    }
    call = Call(program=program, tracks=[track], **given)
    session.add(call)
    session.commit()
    return call


def make_application(
    session: Session,
    key: str,
    state: ApplicationState = ApplicationState.SUBMITTED,
    *,
    call: Call | None = None,
    region: str | None = None,
    name: str = "",
    **facts: Any,
) -> Application:
    """An application with the base profile claimed; what a person judges too once it is under review."""
    program, track = key.split("/")
    organisation = catalogue()[program].program.track(track).party is PartyKind.ORGANIZATION
    code = {"uscc": uscc()} if organisation else {"id_number": id_number()}
    own = code[next(iter(code))]
    party = Party(
        kind=PartyKind.ORGANIZATION if organisation else PartyKind.PERSON,
        name=name or f"机构{own[-8:]}",
        region=region or COUNTY[program],
        mobile="13800138000",
        email=f"{own.lower()}@example.cn",
        verified_at=now(),
        **code,
    )
    session.add(party)
    session.flush()
    stated = claims(key) | facts
    judged = judgements(key) if state is ApplicationState.UNDER_REVIEW else {}
    made = Application(
        program=program,
        track=track,
        edition=call.edition if call else catalogue()[program].program.editions[-1].id,
        party_id=party.id,
        call_id=call.id if call else None,
        region=party.region,
        state=state,
        facts=stated | judged,
        submitted_at=now() - 2 * DAY,
    )
    session.add(made)
    session.flush()
    for provenance, words in ((Provenance.CLAIMED, stated), (Provenance.ATTESTED, judged)):
        session.add_all(
            FactEntry(application_id=made.id, name=fact, value=value, provenance=provenance, at=now())
            for fact, value in words.items()
        )
    session.commit()
    return made


def give_scores(
    session: Session, application: Application, reviewers: Sequence[User], points: Sequence[tuple[Any, Any]]
) -> None:
    """Finished tasks of reviewers with their points on the two criteria of `SHEET`."""
    for reviewer, (ability, results) in zip(reviewers, points, strict=True):
        task = ReviewAssignment(
            application_id=application.id,
            reviewer_id=reviewer.id,
            assigned_at=now() - DAY,
            conflict=False,
            finished_at=now(),
        )
        task.scores = [
            Score(criterion="ability", points=Decimal(str(ability))),
            Score(criterion="results", points=Decimal(str(results))),
        ]
        session.add(task)
    session.commit()


def reviewers(make_user: MakeUser, program: str, number: int) -> list[User]:
    """Reviewers of a programme."""
    return [make_user(Role.REVIEWER, program) for _ in range(number)]


def measured(key: str) -> dict[str, Any]:
    """What the base profile says of the facts that are measured."""
    names = ("smes_served_last_year", "avg_annual_small_micro_served", "satisfaction_pct")
    return {name: BASES[key]["facts"][name] for name in names if name in BASES[key]["facts"]}
