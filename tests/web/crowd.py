"""Copies the rows of a filled register many times over, so that every list and every case page is long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, insert, select

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

    def copy(self, table_name: str, number: Any, /, **changes: Change | Any) -> list[int]:
        """So many copies of a row; a change that is a function is called with each copy's place."""
        table: Table = Base.metadata.tables[table_name]
        found = self.connection.execute(select(table).where(table.c.id == number)).mappings().first()
        assert found is not None, f"{table_name} {number} is not there to be copied"
        rows = [self._row(found, place, changes) for place in range(self.size)]
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
        self.copy("material_file", ids["handed_in"])
        self.copy("review_assignment", ids["task"], application_id=self.each("application"), finished_at=None)
        self.copy("public_notice", ids["notices"], title=_name("公示"))
        self.copy("campaign", ids["campaigns"], title=_name("活动"))
        self.copy("setting_override", ids["settings"], name=_name("x"))
        self.copy("job_run", ids["job"])
        self.copy("outbox_message", ids["messages"], key=_name("k"))
        self._notice()
        self._supervision()

    def _notice(self) -> None:
        item = Base.metadata.tables["notice_item"]
        one = self.connection.scalar(select(item.c.id).order_by(item.c.id).limit(1))
        self.copy("notice_item", one, application_id=self.each("application"))
        self.copy(
            "objection", self.given["objection"], notice_item_id=self.each("notice_item"), code=_name("c")
        )

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
        self.copy("annual_report", ids["reports"], **theirs)
        self.copy("nomination", ids["nominations"], **theirs)
        self.copy("rectification", ids["rectifications"], **theirs)
        self.copy("extension_request", ids["extensions"], **theirs)


def _after(number: int) -> Change:
    return lambda _: number + next(_running)


def gather(filled: Filled, size: int) -> None:
    """Make so many copies of everything in a filled register."""
    with filled.engine.begin() as connection:
        Crowd(connection, filled, size).gather()
