"""Copies the rows of a filled register many times over, so that every list and every case page is long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, insert, select

from core.services.applications.materials import MOST_FILES
from core.storage.models import Base
from tests.web.filled import Filled

Change = Callable[[int], Any]
_running = count(1)


def _name(prefix: str) -> Change:
    return lambda _: f"{prefix}{next(_running):06d}"


class Crowd:
    """Copies rows with what has to be unique changed; `ids` are those of the copies, by table."""

    def __init__(self, connection: Connection, filled: Filled, size: int) -> None:
        self.connection, self.given, self.size = connection, filled.ids, size
        self.made: dict[str, list[int]] = {}

    def copy(
        self, table_name: str, number: Any, /, at_most: int | None = None, **changes: Change | Any
    ) -> list[int]:
        """So many copies of a row; a change that is a function is called with each copy's place."""
        table: Table = Base.metadata.tables[table_name]
        found = self.connection.execute(select(table).where(table.c.id == number)).mappings().first()
        assert found is not None, f"{table_name} {number} is not there to be copied"
        rows = [self._row(found, place, changes) for place in range(min(self.size, at_most or self.size))]
        statement = insert(table).returning(table.c.id)
        made = list(self.connection.scalars(statement, rows))
        self.made[table_name] = made
        return made

    @staticmethod
    def _row(found: Mapping[Any, Any], place: int, changes: Mapping[str, Any]) -> dict[str, Any]:
        row = {key: value for key, value in found.items() if key not in ("id", "version")}
        return row | {key: change(place) if callable(change) else change for key, change in changes.items()}

    def each(self, name: str) -> Change:
        """The copy of another table's row at the same place."""
        return lambda place: self.made[name][place]

    def gather(self) -> None:
        """Copy everything: a row of its own for each party, and many rows for what has a page already."""
        ids = self.given
        self.copy(
            "party",
            ids["party"],
            name=_name("另一机构"),
            uscc=lambda _: f"9{next(_running):017d}",
            email=_name("mail"),
        )
        self.copy("app_user", ids["user"], email=_name("user"), fs_uniquifier=lambda _: uuid4().hex)
        self.copy("role_grant", ids["row_grants"], user_id=self.each("app_user"))
        self.copy("call", ids["open_call"], title=_name("通知"))
        mine: dict[str, Any] = {"party_id": self.each("party")}
        self.copy("application", ids["applications"], **mine)
        self.copy(
            "accreditation", ids["accreditations"], **mine, number=_name("N-"), sequence=_after(1_000_000)
        )
        self.copy("ban", ids["bans"], **mine)
        self.copy("not_same", ids["mark"], one_id=ids["party"], other_id=self.each("party"))
        self.copy("material_file", ids["handed_in"], at_most=MOST_FILES // 4)
        self.copy("review_assignment", ids["task"], application_id=self.each("application"), finished_at=None)
        self.copy("public_notice", ids["notices"], title=_name("公示"))
        self.copy("campaign", ids["campaigns"], title=_name("活动"))
        self.copy("setting_override", ids["settings"], name=_name("x"))
        self.copy("job_run", ids["job"])
        self.copy("outbox_message", ids["messages"], key=_name("k"))
        self._notice()
        self._supervision()
        self._own()

    def _notice(self) -> None:
        self.copy("notice_item", self.first("notice_item"), application_id=self.each("application"))
        for mine in ({}, {"notice_item_id": self.each("notice_item")}):
            self.copy("objection", self.given["objection"], **mine, code=_name("c"))

    def _supervision(self) -> None:
        ids = self.given
        theirs = {"accreditation_id": self.each("accreditation")}
        for mine in ({}, theirs):
            self.copy("service_record", ids["records"], **mine, entry_id=lambda _: uuid4())
            self.copy("complaint", ids["complaints"], **mine, code=_name("c"))
            self.copy("register_event", ids["warnings"], **mine, period=_name("p"))
            self.copy("exit_case", ids["exits"], **mine, period=_name("p"), clause=_name("c"))
            self.copy("finding", ids["findings"], **mine)
            self.copy("inspection", ids["inspections"], **mine)
            self.copy("rectification", ids["rectifications"], **mine, clause=_name("c"))
        self.copy("annual_report", ids["reports"], **theirs)
        self.copy("nomination", ids["nominations"], **theirs)
        self.copy("extension_request", ids["extensions"], **theirs)
        self.copy("extension_request", ids["answered"])

    def _own(self) -> None:
        """What the applicant's own party, and its account, have many of."""
        ids = self.given
        self.copy("application", ids["applications"], state="withdrawn")
        self.copy(
            "accreditation",
            ids["accreditations"],
            number=_name("O-"),
            sequence=_after(5000),
            state="withdrawn",
            ended_on=date(2024, 6, 3),
            application_id=None,
        )
        self.copy(
            "membership", self.first("membership", main=True), user_id=self.each("app_user"), main=False
        )
        self.copy("invitation", self.first("invitation"), token_hash=_name("t"))
        self.copy("staff_member", self.first("staff_member"), id_key=_name("i"))
        self.copy("fact_entry", self.first("fact_entry", application_id=ids["case"], name=ids["fact"]))
        self.copy("fact_entry", self.first("fact_entry", application_id=ids["draft"], name="education"))
        for about in (None, ids["accreditations"]):
            self.copy(
                "outbox_message",
                ids["own_message"],
                key=_name("o"),
                accreditation_id=about,
                created_at=_at,
            )

    def first(self, table_name: str, **known: Any) -> int:
        """The first row of a table of which that is known."""
        table: Table = Base.metadata.tables[table_name]
        query = select(table.c.id).order_by(table.c.id).limit(1)
        found = self.connection.scalar(query.filter_by(**known))
        assert found is not None, f"{table_name} has no row with {known}"
        return int(found)


def _at(_place: int) -> datetime:
    return datetime(2024, 6, 3, tzinfo=UTC) + timedelta(minutes=next(_running))


def _after(number: int) -> Change:
    return lambda _: number + next(_running)


def gather(filled: Filled, size: int) -> None:
    """Make so many copies of everything in a filled register."""
    with filled.engine.begin() as connection:
        Crowd(connection, filled, size).gather()
