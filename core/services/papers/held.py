"""What the letters on an accreditation share: whom they are to, what they name, and who signs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.documents.blocks import Block, Letter
from core.documents.pdf import letter_pdf
from core.rules.text import T
from core.services.base.work import Work
from core.services.papers.base import Paper, Words, title_of, you
from core.services.people.vouched import name_on
from core.services.supervision.status import find
from core.storage.models import Accreditation


@dataclass(frozen=True, slots=True)
class About:
    """What every letter on an accreditation says of it."""

    w: Work
    held: Accreditation
    say: Words
    status: str

    @property
    def them(self) -> str:
        """How the letter speaks of its addressee."""
        return you(self.held.party, self.say)

    def paper(self, title: T, day: date, number: str, blocks: Iterator[Block]) -> Paper:
        """The letter as a file: to the name that its addressee had on its day."""
        say, name = self.say, name_on(self.w, self.held.party, day)
        letter = Letter(
            title=say.tr(title),
            signed_by=say.tr(self.w.authority(self.held.program, day)),
            date=say.day(day),
            addressee=name,
            number=number,
            reference=say(f"认定编号：{self.held.number}", f"Accreditation No. {self.held.number}"),
            blocks=tuple(blocks),
        )
        filename = say.filename(say.tr(title), name, self.held.number)
        return Paper(filename, letter_pdf(letter, language=say.language, on=day))


def about_held(w: Work, accreditation_id: int, language: str) -> About:
    """The accreditation as letters speak of it, for its party and staff within reach; else NotFound."""
    say, held = Words(language), find(w, accreditation_id).accreditation
    return About(w, held, say, title_of(w, held, say))
