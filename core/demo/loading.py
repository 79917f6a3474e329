"""The whole story, from an empty register to today: played once, and told as it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from core.demo.cases import doors
from core.demo.cases.desk import Desk
from core.demo.cases.fates import GOOD
from core.demo.cases.plan import FIRST_YEAR, waves
from core.demo.cases.wave import Intaking
from core.demo.lives import changes, recent
from core.demo.lives.diaries import write_week
from core.demo.lives.years import Lives
from core.demo.people import associations
from core.demo.people.staff import hire, let_in
from core.demo.world import Agenda, World
from core.domain.clock import SHANGHAI
from core.domain.lifecycle.states import ApplicationState
from core.services.daily_check.run import run_checks
from core.services.delivery.gateways import LOG_NAME, LogGateway
from core.services.delivery.outbox import PROPOSAL, send_due
from core.services.messaging.writing import EMAIL, SMS
from core.storage.models import Accreditation, JobRun, OutboxMessage, Party, User
from core.storage.models.operations import JobState, MessageState
from core.storage.processes.forward import DEMO_JOB
from core.storage.trail.sealing import seal

SIZE = 4
"""Bodies of each track that do well, beside those that the rules catch."""
BEGINNING = date(FIRST_YEAR, 1, 2)
"""A Monday."""
WEEK = timedelta(days=7)
SENT_FOR_REAL = (PROPOSAL, "warning")
"""Messages whose sending the register acts on; the others count as sent on their day."""


class ForeignDataError(RuntimeError):
    """The register has data that are not the demo's."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far the story has come."""

    day: date
    done: int
    of: int


def loaded(factory: sessionmaker[Session]) -> bool | None:
    """Whether the story was played to its end; None where it was never begun, False where it broke off."""
    with factory() as session:
        run = session.scalar(select(JobRun).where(JobRun.job == DEMO_JOB).order_by(JobRun.id.desc()).limit(1))
        if run is not None:
            return run.state is JobState.DONE
        foreign = session.scalar(select(func.count()).select_from(User))
        foreign = foreign or session.scalar(select(func.count()).select_from(Party))
    if foreign:
        raise ForeignDataError(
            "this register has data of its own; give the demo an instance folder of its own"
        )
    return None


def load(
    factory: sessionmaker[Session],
    instance: Path,
    today: date,
    *,
    size: int = SIZE,
    told: Callable[[Told], None] = lambda _told: None,
) -> None:
    """Play the story into an empty, migrated register, up to today."""
    started = datetime.combine(today, time(), SHANGHAI)
    with factory() as session, session.begin():
        run = JobRun(job=DEMO_JOB, as_of=today, started_at=started, counts={"size": size})
        session.add(run)
        session.flush()
        run_id = run.id
    world = World(factory, instance, today, size)
    hire(world)
    associations.enter(world)
    story = Story(world)
    story.schedule()
    story.play(told)
    let_in(world, story.applicants())
    with factory() as session, session.begin():
        ended = {"state": JobState.DONE, "finished_at": func.clock_timestamp()}
        session.execute(update(JobRun).where(JobRun.id == run_id).values(**ended))
    seal(factory)


class Story:
    """The waves, the lives that come of them, and the weeks in which the authority works."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.agenda = Agenda()
        self.lives = Lives(world, self.agenda)
        self.waves = waves(world)
        self.desks = [Desk(world, self.agenda, self.lives, program) for program in world.catalogue.programs]

    def schedule(self) -> None:
        """Put the waves, the tables and the weeks on the agenda."""
        for wave in self.waves:
            Intaking(self.world, self.agenda, wave, self.lives).schedule()
            if wave.first:
                day = wave.schedule.on(wave.schedule.returned)
                self.agenda.at(day, partial(doors.include, self.world, self.lives, wave), hour=14)
        monday = BEGINNING
        while monday < self.world.today:
            self.agenda.at(monday, self.week, hour=8)
            monday += WEEK
        self.agenda.at(
            self.world.today - timedelta(days=2), partial(doors.set_for_next_year, self.world), hour=16
        )
        self.agenda.at(
            self.world.today - timedelta(days=2), partial(doors.register_twice, self.world), hour=15
        )
        lately = self.world.today - timedelta(days=recent.DAYS_AGO)
        self.agenda.at(lately, partial(recent.come_up, self.world, self.lives), hour=17)
        self.agenda.at(lately, partial(changes.ask_and_answer, self.world, self.lives), hour=18)
        self.agenda.at(self.world.today, self.check, hour=0.5)

    def play(self, told: Callable[[Told], None]) -> None:
        """Play every scene up to today."""
        days = (self.world.today - BEGINNING).days
        self.agenda.play(
            self.world.today, lambda day: told(Told(day, min(days, max(0, (day - BEGINNING).days)), days))
        )

    def applicants(self) -> list[str]:
        """Of each track someone whose status is in force, and someone with a draft."""
        found: dict[tuple[str, str, object], str] = {}
        with self.world.factory() as session:
            active = set(session.scalars(select(Accreditation.id).where(Accreditation.ended_on.is_(None))))
        for case in (case for wave in self.waves for case in wave.cases):
            if case.body is None or not case.party_id:
                continue
            drafted = case.stop is ApplicationState.DRAFT
            if drafted or (case.fate is GOOD and case.accreditation_id in active):
                found.setdefault((case.program, case.track, drafted), case.body.email)
        return list(dict.fromkeys(found.values()))

    def week(self, at: datetime) -> None:
        """The week's diaries, the check, the messages, and what lies on the desks."""
        self.begin_lives()
        write_week(self.world, self.lives.cases, at.date(), at)
        self.check(at)
        for desk in self.desks:
            desk.work(at)
            desk.answers(at)

    def check(self, at: datetime) -> None:
        """The daily check of all days since the last one; who was accredited begins a new life."""
        report = run_checks(self.world.factory, at.date(), now=at)
        if report.tally.failures:
            raise RuntimeError(f"the daily check of {at.date()} failed: {report.tally.failures}")
        self.send(at)
        self.begin_lives()

    def begin_lives(self) -> None:
        """Find who has been accredited since."""
        waiting = {
            case.application_id: case
            for wave in self.waves
            for case in wave.cases
            if case.application_id and not case.accreditation_id
        }
        with self.world.factory() as session:
            query = select(Accreditation).where(Accreditation.application_id.in_(list(waiting)))
            found = session.scalars(query.order_by(Accreditation.id)).all()
        for accreditation in found:
            self.lives.begin(waiting[accreditation.application_id or 0], accreditation)

    def send(self, at: datetime) -> None:
        """Send into a file what the register acts on, as without gateways; the rest counts as sent."""
        with self.world.factory() as session, session.begin():
            session.execute(
                update(OutboxMessage)
                .where(
                    OutboxMessage.state == MessageState.PENDING,
                    OutboxMessage.event.not_in(SENT_FOR_REAL),
                    OutboxMessage.created_at <= at,
                )
                .values(state=MessageState.SENT, sent_at=OutboxMessage.created_at, attempts=1)
                .execution_options(synchronize_session=False)
            )
        letters = self.world.instance / LOG_NAME
        gateways = {channel: LogGateway(letters, channel) for channel in (EMAIL, SMS)}
        send_due(self.world.factory, at, gateways)
