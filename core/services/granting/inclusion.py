"""Direct inclusion: an entrusted body's sealed summary table, each row of it accredited, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.domain.folding import repaired
from core.domain.identifiers.telephones import first_mobile
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.roles import within
from core.rules.clauses import PartyKind, SummaryTable
from core.rules.text import T
from core.services.applications.case import Case
from core.services.applications.facts import record
from core.services.applications.guards import Inputs
from core.services.applications.materials import add_file
from core.services.applications.moving import advance
from core.services.base.work import Work
from core.services.duties.progress import progress_of
from core.services.files.columns import Tell, unsaid
from core.services.granting.accreditations import accredit
from core.services.granting.decisions import record_decision
from core.services.granting.inclusion_table import Found, Ready, read, telephone
from core.services.granting.tables import CONTACT_PHONE, Upload
from core.services.people.parties import lock_party
from core.services.people.rights.unproven import suspend
from core.services.previews.trial import Effects, Look, effects, first_day, tried
from core.storage.files import FileStore
from core.storage.models import Application, Call, MaterialFile, Party
from core.storage.models.applications import Channel, Provenance
from core.storage.models.decisions import DecisionKind

FACTS_OF_PARTY = ("name", "address", "contact_name", CONTACT_PHONE, "mobile", "email", "employer")


@dataclass(frozen=True, slots=True)
class Included:
    """A row that was included: the party, and its accreditation's number."""

    row: int
    party_id: int
    application_id: int
    accreditation_id: int
    number: str


def include_table(
    w: Work,
    program: str,
    table_id: str,
    table: Upload,
    scan_pdf: Upload | None,
    scan_docx: Upload | None,
    store: FileStore,
    *,
    region: str | None = None,
    call_id: int | None = None,
    tell: Tell = unsaid,
) -> list[Included]:
    """Accredit every row of a filled table, under the seal of its scan as pdf and as docx.

    `region` is the entrusted body's territory, that of the actor's grant if left out. With one error in any
    row nothing is included, and Invalid names every error by row and column.
    """
    ready = read(w, program, table_id, (table, scan_pdf, scan_docx), region, call_id, tell)
    return _include_all(w, ready, store)


def look_at_table(
    w: Work,
    program: str,
    table_id: str,
    table: Upload,
    scan_pdf: Upload | None,
    scan_docx: Upload | None,
    store: FileStore,
    *,
    region: str | None = None,
    call_id: int | None = None,
) -> Look[list[Included]]:
    """What an inclusion would come to; the same errors, and nobody is included."""
    remarks: list[T] = []
    ready = read(w, program, table_id, (table, scan_pdf, scan_docx), region, call_id, remarks.append)

    def include() -> tuple[list[Included], Effects]:
        done = _include_all(w, ready, store)
        new = [row.accreditation_id for row in done]
        return done, effects(w, progress_of, new, lambda: first_day(w, new), new=True)

    done, found = tried(w, include)
    return Look(done, ready.values, found, remarks)


def _include_all(w: Work, ready: Ready, store: FileStore) -> list[Included]:
    included: list[Included] = []
    for item in ready.found:
        party = _party(w, ready.kind, item, ready.where)
        application = _application(w, ready.program, ready.form, party, ready.where, ready.call)
        if included:
            _share_files(w, included[0].application_id, application.id)
        else:
            for key, upload in ready.uploads.items():
                add_file(w, application.id, key, upload.filename, upload.data, store)
            w.session.flush()
        included.append(_include(w, application, item, ready.form))
    return included


def _party(w: Work, kind: PartyKind, item: Found, where: str) -> Party:
    """The party of a row, entered where the register does not know it; known data are not overwritten."""
    values = item.row.values
    given = {name: repaired(values.get(name, "")) for name in ("address", "contact_name", "employer")}
    numbers = telephone(item.row)
    mobile = first_mobile(numbers)
    given |= {
        "mobile": mobile,
        "phone": "" if numbers == mobile else numbers,
        "email": values.get("email", ""),
    }
    if item.party_id is not None:
        party = lock_party(w, item.party_id)
        suspend(w, party)
        for field, value in given.items():
            if value and not getattr(party, field):
                setattr(party, field, value)
        return party
    party = Party(
        kind=kind,
        name=repaired(values["name"]),
        region=where,
        directly_included=True,
        created_at=w.now,
        **given,
    )
    w.session.add(party)
    w.session.flush()
    return party


def _application(
    w: Work, program: str, form: SummaryTable, party: Party, where: str, call: Call | None
) -> Application:
    edition = call.edition if call is not None else w.program(program).edition(w.today).id
    application = Application(
        program=program,
        track=form.track,
        edition=edition,
        party_id=party.id,
        call_id=call.id if call is not None else None,
        region=party.region if within(party.region, where) else where,
        channel=Channel.DIRECT,
        state=ApplicationState.DRAFT,
        facts={},
        created_at=w.now,
        submitted_at=w.now,
    )
    w.session.add(application)
    w.session.flush()
    return application


def _share_files(w: Work, first_id: int, application_id: int) -> None:
    """The same three files for a further row: their bytes are stored once."""
    for item in w.session.scalars(select(MaterialFile).where(MaterialFile.application_id == first_id)):
        w.session.add(
            MaterialFile(
                application_id=application_id,
                key=item.key,
                filename=item.filename,
                content_type=item.content_type,
                size=item.size,
                sha256=item.sha256,
                uploaded_by_id=item.uploaded_by_id,
                uploaded_at=item.uploaded_at,
            )
        )


def _include(w: Work, application: Application, item: Found, form: SummaryTable) -> Included:
    case = Case(w, application)
    facts: Mapping[str, Any] = {
        name: value for name, value in item.row.values.items() if name not in FACTS_OF_PARTY
    }
    if facts:
        record(case, facts, Provenance.VERIFIED, form.title.zh)
    move = advance(case, Action.INCLUDE, Inputs(sealed=True))
    reason = f"{case.desk.rules.procedure.direct_inclusion} {form.title.zh}"
    record_decision(case, DecisionKind.APPROVED, reason)
    accreditation = accredit(case, move, w.today)
    return Included(
        item.row.number, application.party_id, application.id, accreditation.id, accreditation.number
    )
