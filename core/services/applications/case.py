"""The case: an application with what it is handled by, built where its row is found or locked, and passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.rules.terms import Value
from core.rules.text import T
from core.services.applications.checklist import ChecklistRow, rows_of
from core.services.applications.handling import Desk, desk_of, may_see, standing_word
from core.services.applications.statements import effective, entries_of
from core.services.applications.verdicts import CaseVerdict, Waived, judged, waivers_by
from core.services.base.access import require
from core.services.base.decided import already
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.files.marks import marks
from core.services.people.parties import is_own
from core.storage.models import Application, FactEntry, MaterialFile, Recommendation, Redaction
from core.storage.models.applications import Channel, Provenance

CHANGED = T("他人刚刚修改了这条申请，您的操作没有生效", "Someone else has just changed this application")
_READ = ("values", "entries", "origins", "waivers", "verdict", "checklist")


@dataclass(eq=False)
class Case:
    """An application with its rules, and what its facts, waivers and files come to today.

    Each is read once, when it is first asked for. Who writes to any of them says so by `changed`.
    """

    w: Work
    application: Application

    @property
    def id(self) -> int:
        """Of the application."""
        return self.application.id

    @property
    def direct(self) -> bool:
        """Whether it was included by a table, without the stages of an application."""
        return self.application.channel is Channel.DIRECT

    @cached_property
    def desk(self) -> Desk:
        """The programme, track and rules of today, in the edition of the application."""
        return self.desk_on(self.w.today)

    @cached_property
    def values(self) -> dict[str, Value]:
        """The facts that hold, as values; one that the vocabulary no longer has is unknown."""
        return self.desk.values(self.application.facts)

    @cached_property
    def entries(self) -> list[FactEntry]:
        """Every word on the facts, in the order in which they were made."""
        return entries_of(self.w, self.id)

    @cached_property
    def origins(self) -> dict[str, Provenance]:
        """Where each fact that holds is from."""
        return {name: origin for name, (_, origin) in effective(self.entries).items()}

    @cached_property
    def word(self) -> Recommendation | None:
        """The recommender's last word, unless it was corrected."""
        return standing_word(self.w, self.id)

    @cached_property
    def waivers(self) -> dict[str, Waived]:
        """What was set aside, by the key of the condition."""
        return waivers_by(self.w, [self.id])[self.id]

    @cached_property
    def verdict(self) -> CaseVerdict:
        """What it comes to today, condition by condition."""
        return judged(self.desk, self.values, self.w.today, self.waivers, self.origins)

    @cached_property
    def checklist(self) -> tuple[ChecklistRow, ...]:
        """The materials, in the order of the text; of one included directly, its sealed table."""
        query = select(MaterialFile).where(MaterialFile.application_id == self.id)
        files = self.w.session.scalars(query.order_by(MaterialFile.replaced_at.desc(), MaterialFile.id)).all()
        redacted = marks(self.w.session, Redaction.material_id, [file.id for file in files])
        return rows_of(self.desk, self.values, files, self.w.today, redacted, direct=self.direct)

    def desk_on(self, day: date) -> Desk:
        """The same with the rules as they were, or will be, in force on a day."""
        item = self.application
        return desk_of(self.w, item.program, item.track, edition=item.edition, as_of=day)

    def verdict_on(self, day: date) -> CaseVerdict:
        """What it comes to under the rules of a day."""
        if day == self.w.today:
            return self.verdict
        return judged(self.desk_on(day), self.values, day, self.waivers, self.origins)

    def verdict_with(self, values: Mapping[str, Value]) -> CaseVerdict:
        """What it would come to today with such facts, without where they are from."""
        return judged(self.desk, values, self.w.today, self.waivers, {})

    def through(self, w: Work) -> Case:
        """The same case in the hands of another actor; what was read is not read again."""
        other = copy(self)
        other.w = w
        return other

    def changed(self, *, edition: bool = False) -> None:
        """Facts, waivers or files were written, or the edition: what follows reads them anew."""
        for name in (*_READ, "desk") if edition else _READ:
            vars(self).pop(name, None)


def find(w: Work, application_id: int) -> Case:
    """The case, for whoever may see it; NotFound for all others."""
    found = w.session.get(Application, application_id)
    if found is None or not may_see(w, found):
        raise NotFound(NOTHING_THERE)
    return Case(w, found)


def lock(w: Work, application_id: int, *, version: int | None = None) -> Case:
    """The case as it now stands, locked; Conflict where it is not of the version looked at."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    found = w.session.scalar(query.execution_options(populate_existing=True))
    if found is None or not may_see(w, found):
        raise NotFound(NOTHING_THERE)
    if version is not None and found.version != version:
        raise already(w, found, CHANGED)
    return Case(w, found)


def lock_for(w: Work, application_id: int, act: Act) -> Case:
    """The case, locked, for someone whose role covers the act and who has no part in the party."""
    found = lock(w, application_id)
    require(w, act, *found.application.place)
    if is_own(w, found.application.party_id):
        raise Refused(Guard.NOT_OWN.reason)
    return found


def verdicts_of(w: Work, cases: Sequence[Case]) -> dict[int, CaseVerdict]:
    """The verdicts of several cases as of today, without where their facts are from."""
    waivers = waivers_by(w, [case.id for case in cases])
    return {case.id: judged(case.desk, case.values, w.today, waivers[case.id], {}) for case in cases}
