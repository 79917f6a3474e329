"""The dossier of a status that was granted before this register: where it came from, on which proof."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import mask_id_number
from core.rules.text import T
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.entry.record import looked
from core.services.papers.base import Words, title_of
from core.services.papers.binder import Download, Front, Item, bound, of_file, of_paper, zipped
from core.services.papers.certificates import certificate
from core.services.supervision.status import find
from core.services.takein import documents
from core.storage.files import FileStore
from core.storage.models import Accreditation, TakenIn
from core.storage.models.accounts import Look

FORMS, FORMER = T("本系统出具的文书", "Made by this register"), documents.FORMER.label


def status_dossier(
    w: Work,
    accreditation_id: int,
    store: FileStore,
    *,
    language: str,
    base_url: str,
    format: str,  # as in the address
) -> Download:
    """The dossier as one PDF or as a zip, for the party and staff; NotFound where nothing was taken in."""
    say, held = Words(language), find(w, accreditation_id).accreditation
    origin = documents.origin_of(w, held.id)
    if origin is None:
        raise NotFound(NOTHING_THERE)
    looked(w, Look.DOSSIER, held.id, party_id=held.party_id, program=held.program, region=held.region)
    items = [*_items(w, held, origin, store, say, base_url)]
    make = bound if format == "pdf" else zipped
    return make(w, _front(w, held, origin, say), items, say)


def _items(
    w: Work, held: Accreditation, origin: TakenIn, store: FileStore, say: Words, base_url: str
) -> Iterator[Item]:
    # A name that cannot be printed is no reason to withhold the rest.
    with suppress(Invalid):
        made = certificate(w, held.id, language=say.language, base_url=base_url)
        yield of_paper(FORMS, say("认定证书", "Certificate"), made)
    for file in documents.files_of(w, origin.id):
        yield of_file(FORMER, "", say.tr(FORMER), file, file.sha256, store, say)


def _front(w: Work, held: Accreditation, origin: TakenIn, say: Words) -> Front:
    party = held.party
    came = say(
        f"{say.day(origin.taken_on)}自“{origin.filename}”第 {origin.source_row} 行导入",
        f"{say.day(origin.taken_on)}, from {origin.filename}, row {origin.source_row}",
    )
    rows = [
        (say("名称", "Name"), party.name),
        (say("统一社会信用代码", "Unified social credit code"), party.uscc or ""),
        (say("居民身份证号", "Identity number"), mask_id_number(party.id_number or "")),
        (say("认定项目", "Programme"), title_of(w, held, say)),
        (say("认定编号", "Accreditation No."), held.number),
        (
            say("有效期", "Valid"),
            say(
                f"{say.day(held.valid_from)}至{say.day(held.valid_through)}",
                f"{say.day(held.valid_from)} to {say.day(held.valid_through)}",
            ),
        ),
        (say("当前状态", "State"), say.tr(held.state.label)),
        (say("既有认定来源", "Taken in"), came),
        (say("整理日期", "Put together on"), say.day(w.today)),
    ]
    index = {
        "accreditation": held.id,
        "number": held.number,
        "program": held.program,
        "track": held.track,
        "edition": held.edition,
        "state": held.state.value,
        "taken_in": {
            "on": origin.taken_on.isoformat(),
            "file": origin.filename,
            "sha256": origin.sha256,
            "years_sha256": origin.years_sha256,
            "row": origin.source_row,
        },
    }
    return Front(
        held.program,
        held.track,
        party.name,
        held.number,
        T("既有认定案卷", "Dossier of a former status"),
        [row for row in rows if row[1]],
        index,
    )
