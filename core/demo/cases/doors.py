"""The other ways in, and what a lead changes: tables of entrusted bodies, doubles, next year's number."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.demo.cases.plan import Case, Wave
from core.demo.chance import chance
from core.demo.lives.years import Lives
from core.demo.people import papers
from core.demo.people.parties import organization, person, uscc
from core.demo.people.staff import lead
from core.demo.world import World
from core.domain.lifecycle.states import AccreditationState
from core.rules.clauses import PartyKind, SummaryTable
from core.rules.terms import Kind
from core.services.files.sheets import write_sheet
from core.services.granting.inclusion import include_table
from core.services.granting.libraries import import_register
from core.services.granting.tables import Upload
from core.services.mergers import merging
from core.services.settings.values import set_parameter
from core.storage.models import Accreditation, Party

ROWS = 4
TWICE = 2
TYPED_AGAIN = ("name", "region", "address", "mobile", "email")


def include(world: World, lives: Lives, wave: Wave, at: datetime) -> None:
    """Let the entrusted body of the programme's first division include whom its tables list."""
    program = wave.program
    division = next((code for (name, code) in world.recommenders if name == program), None)
    for table in wave.loaded.summary_tables:
        rules = world.rules(program, table.track, at.date())
        if not (table.imported and rules.procedure.direct_inclusion and division):
            continue
        scan = f"{table.id}盖章扫描件"
        with world.unit(world.recommenders[program, division], at, "application.include") as w:
            included = include_table(
                w,
                program,
                table.id,
                Upload(f"{table.id}.xlsx", _filled(world, wave, table, division)),
                Upload(f"{scan}.pdf", papers.pdf(f"{program} {table.id} sealed")),
                Upload(f"{scan}.docx", papers.docx(f"{program} {table.id} sealed")),
                world.store,
                region=division,
                call_id=wave.call_id,
            )
        with world.factory() as session:
            for item in included:
                case = Case(
                    None, program, table.track, party_id=item.party_id, application_id=item.application_id
                )
                lives.begin(case, session.get_one(Accreditation, item.accreditation_id))


def set_for_next_year(world: World, at: datetime) -> None:
    """Let the lead of the first programme with a number raise it from the next year on."""
    for loaded, track in world.catalogue.tracks():
        numbers = loaded.rules[track.id, loaded.edition(at.date()).id].parameters()
        if not numbers:
            continue
        first = numbers[0]
        with world.unit(lead(loaded.program.id), at, "setting.change") as w:
            set_parameter(
                w,
                loaded.program.id,
                track.id,
                first.id,
                str(int(first.default) + 1),
                date(at.year + 1, 1, 1),
                "按年度工作部署，自下一年度起适当提高要求。",
            )
        return


def register_twice(world: World, at: datetime) -> None:
    """Let two bodies be registered a second time, under a code that was typed wrong: one pair is merged."""
    with world.factory() as session:
        held = session.scalars(
            select(Accreditation)
            .join(Accreditation.party)
            .where(Accreditation.state == AccreditationState.ACTIVE, Party.kind == PartyKind.ORGANIZATION)
            # One without a code would be known by its name.
            .where(Party.uscc.is_not(None))
            .order_by(Accreditation.id)
            .options(joinedload(Accreditation.party))
            .limit(TWICE)
        ).all()
    for place, first in enumerate(held):
        known = {
            name: getattr(first.party, name) for name in ("name", "region", "address", "mobile", "email")
        }
        row = {**known, "track": first.track, "uscc": uscc("91", first.party.region, next(world.numbers))}
        with world.unit(lead(first.program), at, "register.import") as w:
            (second,) = import_register(w, first.program, [row])
        if not place:
            with world.unit(lead(first.program), at, "party.merge") as w:
                merging.merge(w, first.party_id, second.party_id, "同一机构两次登记，代码录入有误。")


def _filled(world: World, wave: Wave, table: SummaryTable, division: str) -> bytes:
    rows = [_row(world, wave, table, division, place) for place in range(1, ROWS + 1)]
    above = [[table.title.zh], [f"{line}：{_head(line)}" for line in table.head]]
    return write_sheet(table.title.zh, [column.header for column in table.columns], rows, above=above)


def _row(world: World, wave: Wave, table: SummaryTable, division: str, place: int) -> list[object]:
    number = next(world.numbers)
    rng = chance("table", wave.program, table.id, place)
    make = wave.loaded.program.track(table.track).party.pick(organization=organization, person=person)
    body = make(rng, number, division, world.places[division], world.names)
    known: dict[str, object] = {
        "number": place,
        "name": body.name,
        "address": body.address,
        "contact_name": body.contact,
        "contact_phone": body.mobile,
        "mobile": body.mobile,
        "email": body.email,
        "employer": body.employer,
    }
    areas = wave.loaded.program.service_areas
    if areas is not None and areas.kind is Kind.SET:
        words = [word for word, _ in table.choices] or [label.zh for _, label in areas.choices]
        known[areas.name] = "、".join(rng.sample(words, min(2, len(words))))
    return [known.get(column.fact, "") for column in table.columns]


def _head(line: str) -> str:
    return "13800000000" if "电话" in line else "受托工作部门"
