"""What of a kind has been kept for long enough, by the one day from which its time runs."""

from __future__ import annotations

from typing import Any, assert_never

from sqlalchemy import BigInteger, ColumnElement, Date, Select, cast, exists, func, null, or_, select
from sqlalchemy.orm import aliased

from core.domain.lifecycle.keeping import Kept
from core.domain.lifecycle.states import ApplicationState
from core.services.base.work import Work
from core.storage.models import (
    Accreditation,
    Application,
    Base,
    Complaint,
    Decision,
    DestructionItem,
    DestructionList,
    ExitCase,
    FactEntry,
    Finding,
    LegalHold,
    MaterialFile,
    OutboxMessage,
    Party,
    ServiceRecord,
)
from core.storage.models.decisions import DecisionKind
from core.storage.models.exits import OPEN_EXIT_STATES
from core.storage.models.operations import MessageState
from core.storage.one_party import left_id

CHINA = "Asia/Shanghai"


def table_of(kind: Kept) -> type[Base]:
    """Of which table a list of the kind names rows."""
    match kind:
        case Kept.RECORDS:
            return ServiceRecord
        case Kept.REFUSED_FILES | Kept.ABANDONED_FILES:
            return MaterialFile
        case Kept.MESSAGES:
            return OutboxMessage
        case Kept.CASE:
            raise ValueError("a case is handed over to the archive, and not destroyed by a list")
        case _:
            assert_never(kind)


def months(w: Work, kind: Kept) -> int:
    """For how many months the kind is kept today."""
    return int(w.operation(kind.setting))


def due(w: Work, program: str, kind: Kept) -> Select[*tuple[Any, ...]]:
    """Number, party and first day of each row whose time is over; nothing that is held, or listed already."""
    rows = _rows(program, kind).subquery()
    over = cast(rows.c.since + func.make_interval(0, months(w, kind)), Date) < w.today
    query: Select[*tuple[Any, ...]] = select(rows.c.id, rows.c.party_id, rows.c.since)
    free = ~_held(rows.c.party_id, rows.c.application_id)
    return query.where(over, free).order_by(rows.c.since, rows.c.id)


def unlisted(query: Select[*tuple[Any, ...]], kind: Kept) -> Select[*tuple[Any, ...]]:
    """Those that stand on no open list of the kind."""
    number = query.selected_columns[0]
    listed = (
        select(DestructionItem.id)
        .join(DestructionList, DestructionList.id == DestructionItem.list_id)
        .where(
            DestructionList.kind == kind,
            DestructionList.carried_out_at.is_(None),
            DestructionList.declined_at.is_(None),
            DestructionItem.subject_id == number,
        )
    )
    return query.where(~listed.exists())


def _rows(program: str, kind: Kept) -> Select[*tuple[Any, ...]]:
    """The rows of a kind with whose and of which case they are, and since when."""
    match kind:
        case Kept.RECORDS:
            # What something was found on, or is still argued about, is proof.
            found = exists().where(Finding.service_record_id == ServiceRecord.id)
            records: Select[*tuple[Any, ...]] = select(
                ServiceRecord.id,
                Accreditation.party_id,
                Accreditation.application_id,
                Accreditation.ended_on.label("since"),
            )
            return records.join(Accreditation, Accreditation.id == ServiceRecord.accreditation_id).where(
                Accreditation.program == program,
                Accreditation.ended_on.is_not(None),
                ~found,
                ~_argued(Accreditation.id),
            )
        case Kept.REFUSED_FILES:
            refused = Decision.application_id == Application.id, Decision.kind == DecisionKind.REJECTED
            decided = select(func.max(Decision.at)).where(*refused).scalar_subquery()
            return _files(program, _day(decided), Application.state == ApplicationState.REJECTED)
        case Kept.ABANDONED_FILES:
            told = select(func.max(FactEntry.at)).where(FactEntry.application_id == Application.id)
            other = aliased(MaterialFile)
            sent = select(func.max(other.uploaded_at)).where(other.application_id == Application.id)
            last = func.greatest(
                Application.created_at,
                Application.submitted_at,
                told.scalar_subquery(),
                sent.scalar_subquery(),
            )
            left = Application.state.in_((ApplicationState.DRAFT, ApplicationState.WITHDRAWN))
            return _files(program, _day(last), left)
        case Kept.MESSAGES:
            over = OutboxMessage.state.in_((MessageState.SENT, MessageState.DISCARDED))
            running = exists().where(
                ExitCase.id == OutboxMessage.exit_case_id, ExitCase.state.in_(OPEN_EXIT_STATES)
            )
            return select(
                OutboxMessage.id,
                OutboxMessage.party_id,
                cast(null(), BigInteger).label("application_id"),
                _day(OutboxMessage.created_at).label("since"),
            ).where(OutboxMessage.program == program, over, ~running)
        case Kept.CASE:
            raise ValueError("a case is handed over to the archive, and not destroyed by a list")
        case _:
            assert_never(kind)


def _files(program: str, since: ColumnElement[Any], such: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            MaterialFile.id,
            Application.party_id,
            MaterialFile.application_id,
            since.label("since"),
        )
        .join(Application, Application.id == MaterialFile.application_id)
        .where(Application.program == program, such)
    )


def _day(moment: Any) -> ColumnElement[Any]:
    return cast(func.timezone(CHINA, moment), Date)


def _argued(accreditation: Any) -> ColumnElement[bool]:
    """Whether a complaint or an exit of the status is still open."""
    complaint = exists().where(Complaint.accreditation_id == accreditation, Complaint.decided_on.is_(None))
    leaving = exists().where(ExitCase.accreditation_id == accreditation, ExitCase.state.in_(OPEN_EXIT_STATES))
    return or_(complaint, leaving)


def _held(party: Any, application: Any) -> ColumnElement[bool]:
    """Whether the party, under whichever registration, or the case is held."""
    named, own = aliased(Party), aliased(Party)
    of_party = (
        select(LegalHold.id)
        .join(named, named.id == LegalHold.party_id)
        .join(own, left_id(own) == left_id(named))
        .where(
            own.id == party,
            LegalHold.lifted_at.is_(None),
            or_(LegalHold.application_id.is_(None), LegalHold.application_id == application),
        )
    )
    return of_party.exists()
