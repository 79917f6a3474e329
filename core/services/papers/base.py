"""What the documents share: the file, words for dates, clauses and divisions, and who may read what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.documents.archive import entry_name
from core.documents.blocks import Cell, Form
from core.documents.pdf import form_pdf
from core.documents.sheet import form_xlsx
from core.documents.word import form_docx
from core.domain.errors import Invalid, NotFound
from core.domain.roles import DECIDING
from core.rules.clauses import Program, Track, clause_name
from core.rules.evaluate import Outcome
from core.rules.text import T
from core.services.applications.case import Case
from core.services.base.evidence import long_date
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.entry.record import looked
from core.storage.models import Accreditation, Application, Party, Region
from core.storage.models.accounts import Look

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("pdf", "docx", "xlsx")
LONGEST_NAME = 60
TONES = {
    Outcome.MET.value: "good",
    Outcome.NOT_MET.value: "bad",
    Outcome.UNKNOWN.value: "open",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: the name under which it is saved, and its bytes."""

    filename: str
    content: bytes
    media: str = PDF


@dataclass(frozen=True, slots=True)
class Words:
    """Texts in the language of a document."""

    language: str

    def __call__(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def tr(self, text: T) -> str:
        """A text of the domain."""
        return text.get(self.language)

    def day(self, day: date | None) -> str:
        """A date written out."""
        return long_date(day, self.language) if day is not None else "—"

    def clause(self, clause: str) -> str:
        """A clause as a letter cites it."""
        name = self.tr(clause_name(clause))
        return self(f"第{name}条", f"clause {name}") if numbered(clause) else name

    def filename(self, *parts: str, ending: str = "pdf") -> str:
        """A file's name out of its parts."""
        shortened = [part[:LONGEST_NAME] for part in parts if part]
        return f"{entry_name('-'.join(shortened)[:180])}.{ending}"


def numbered(clause: str) -> bool:
    """Whether the text has a number for it; what ended by the party's wish or an agreement has none."""
    return re.match(r"[0-9A-Z]", clause_name(clause).zh) is not None


def titles(w: Work, program: str, track: str) -> tuple[Program, Track]:
    """The programme and track; NotFound where the plugin is gone."""
    loaded = w.catalogue.programs.get(program)
    for found in loaded.program.tracks if loaded is not None else ():
        if loaded is not None and found.id == track:
            return loaded.program, found
    raise NotFound(NOTHING_THERE)


def title_of(w: Work, status: Accreditation | Application, say: Words) -> str:
    """The title that the track gives: programme and track."""
    program, track = titles(w, status.program, status.track)
    return say(f"{program.title.zh}（{track.title.zh}）", f"{program.title.en} ({track.title.en})")


def functions_text(w: Work, program: str, chosen: Sequence[str], say: Words) -> str:
    """The services that something is about, in words."""
    areas = w.program(program).program.service_areas
    labels = dict(areas.choices) if areas is not None else {}
    return say("、", ", ").join(say.tr(labels[key]) if key in labels else key for key in chosen)


def region_name(w: Work, code: str, say: Words) -> str:
    """A division's name."""
    return region_names(w, [code], say)[code]


def region_names(w: Work, codes: Iterable[str], say: Words) -> dict[str, str]:
    """The names of divisions, by code; a code that is not in the table stands for itself."""
    wanted = set(codes)
    names = {code: code or say("全国", "Whole country") for code in wanted}
    for found in w.session.scalars(select(Region).where(Region.code.in_(wanted))):
        names[found.code] = found.name_en if say.language == "en" and found.name_en else found.name
    return names


def edition_title(w: Work, program: str, edition: str, say: Words) -> str:
    """The issue of the text."""
    for item in w.program(program).program.editions:
        if item.id == edition:
            return say.tr(item.title)
    return edition


def you(party: Party, say: Words) -> str:
    """How a letter speaks of its addressee."""
    return say(party.kind.pick(organization="你单位", person="您"), "you")


def decides_on(w: Work, application: Application) -> bool:
    """Whether it is read by the party itself or by the deciding authority."""
    deciding = w.actor.roles(*application.place) & DECIDING
    return w.actor.system or bool(deciding) or application.party_id in w.actor.parties


def look_at(case: Case, look: Look) -> None:
    """Remember that somebody takes what an application holds of its party."""
    item = case.application
    looked(case.w, look, item.id, party_id=item.party_id, program=item.program, region=item.region)


def outcome_cell(outcome: str, text: str) -> str | Cell:
    """An outcome in its colour."""
    return Cell(text, TONES[outcome]) if outcome in TONES else text


def deliver(
    form: Form, say: Words, on: date, filename: str, format: str
) -> Paper:  # the caller's word for it
    """A form in the format wanted."""
    match format:
        case "pdf":
            return Paper(f"{filename}.pdf", form_pdf(form, language=say.language, on=on))
        case "docx":
            return Paper(f"{filename}.docx", form_docx(form, on=on, language=say.language), DOCX)
        case "xlsx":
            return Paper(f"{filename}.xlsx", form_xlsx(form, on=on, language=say.language), XLSX)
        case _:
            listed = ", ".join(FORMATS)
            raise Invalid({"format": T(f"格式应为 {listed}", f"the format is one of {listed}")})
