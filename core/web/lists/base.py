"""The one view that every list of the administration is: closed by default, its rows limited everywhere.

List, count, details, actions on several rows, look-ups and exports all start from `limited()`. Nothing is
created or changed by a generated form: those routes are not registered at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from flask import Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm.interfaces import ORMOption

from core.domain.acts import Act
from core.rules.text import EMPTY, T
from core.services.base.access import ACTS, scope
from core.services.base.paging import MOST_COUNTED, SIZE, Page, page_of
from core.services.base.work import Actor
from core.services.entry.record import looked
from core.storage.models.accounts import Look
from core.web.exports import sending
from core.web.frame import paging
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, current_actor, reading, session
from core.web.lists.columns import BulkAction, Column, Filter
from core.web.lists.common import region_filter

LOOKED_UP = 12


class ScopedView(ModelView):
    """A list of one entity. `act_view` names the act of `ACTS` that opens it; without one it stays closed."""

    act_view: ClassVar[Act | None] = None
    title: ClassVar[T] = EMPTY
    empty: ClassVar[T] = T("没有符合条件的记录。", "Nothing matches.")
    hint: ClassVar[T] = EMPTY
    group: ClassVar[str] = ""
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    joins: ClassVar[Sequence[Any]] = ()
    """Relationships on the way to the programme's and region's columns."""
    program_column: ClassVar[Any] = None
    region_column: ClassVar[Any] = None
    spans_regions: ClassVar[bool] = False
    """The entity belongs to no region: a grant's region does not limit it."""
    spans_programs: ClassVar[bool] = False
    """The entity belongs to no programme: a grant's programme does not limit it."""
    load: ClassVar[Sequence[ORMOption]] = ()
    new_endpoint: ClassVar[str] = ""
    """Endpoint of the page that makes a new one, and the act that it takes."""
    new_act: ClassVar[Act | None] = None
    new_label: ClassVar[T] = T("新建", "New")

    shows_contacts: ClassVar[bool] = False
    """Addresses or numbers of people stand in it, unmasked: whoever opens it has looked at them."""

    find_endpoint: ClassVar[str] = ""
    """Endpoint that leads to a row by what must not stand in an address; what it asks for is its label."""
    find_label: ClassVar[T] = EMPTY

    by: ClassVar[Any] = None
    """The column by which the list and its look-up are sorted unless asked otherwise; None: newest first."""

    can_create = can_edit = can_delete = False
    can_view_details = can_export = True
    page_size = SIZE
    export_types: ClassVar[Sequence[str]] = ("xlsx", "csv")
    list_template = "lists/list.html"
    details_template = "lists/details.html"
    # Not exposed: no route leads to them.
    create_view = edit_view = delete_view = ajax_update = None

    # Flask-Admin makes forms and lists out of every column of the model; here only what is declared exists.
    def scaffold_form(self) -> type[BaseForm]:
        """No generated form has a field."""
        return BaseForm

    def scaffold_list_columns(self) -> list[str]:
        """The declared columns."""
        return [column.name for column in self.columns]

    def get_column_names(self, **_: Any) -> list[tuple[str, str]]:
        """The declared columns with their names."""
        return [(column.name, column.label.en) for column in self.columns]

    def scaffold_sortable_columns(self) -> dict[str, str]:
        """Sorting is done here."""
        return {}

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the view once: the library calls it again on any TypeError, and hides where that came from."""
        return fn(self, *args, **kwargs)

    # Who may come in, and how far.
    def is_accessible(self) -> bool:
        """Whether a grant of the user opens this list at all."""
        return self.act_view is not None and self.may(self.act_view)

    def note(self) -> T:
        """What stands above the list."""
        return self.hint

    def may(self, act: Act) -> bool:
        """Whether the user may do the act somewhere."""
        return current_actor().has(*ACTS[act])

    def condition(self, actor: Actor) -> ColumnElement[bool]:
        """The rows that the actor may reach."""
        if self.act_view is None:
            return false()
        grants = tuple(
            replace(
                grant,
                region=None if self.spans_regions else grant.region,
                program=None if self.spans_programs else grant.program,
            )
            for grant in actor.grants
        )
        # Through the class: on an instance a mapped column would look for a row of its entity.
        view = type(self)
        return scope(replace(actor, grants=grants), self.act_view, view.program_column, view.region_column)

    def joined(self, query: Select[Any]) -> Select[Any]:
        """The query with the joins to the scope's columns."""
        for path in self.joins:
            query = query.join(path, isouter=True)
        return query

    def limited(self, *wanted: Any) -> Select[Any]:
        """A query that starts from the rows of the user's scope."""
        query = select(*(wanted or (self.model,))).select_from(self.model)
        return self.joined(query).where(self.condition(current_actor()))

    @property
    def key(self) -> Any:
        """The primary key's column."""
        return self.model.__mapper__.primary_key[0]

    def read_id(self, given: str | None) -> Any:
        """The primary key from a URL or form; 404 for anything else."""
        if self.key.type.python_type is date:
            try:
                return date.fromisoformat(given or "")
            except ValueError:
                abort(404)
        number = paging.number_of(given)
        return abort(404) if number is None else number

    # The seams of Flask-Admin, all of them within the scope.
    def get_query(self) -> Any:
        """Flask-Admin's own starting point."""
        return session().query(self.model).filter(self.key.in_(self.limited(self.key)))

    def get_count_query(self) -> Any:
        """Flask-Admin's own count."""
        return (
            session().query(func.count()).select_from(self.limited(self.key).limit(MOST_COUNTED).subquery())
        )

    def get_one(self, id: Any) -> Any:  # the library's name
        """The row of that key within the scope, or None."""
        query = self.limited().where(self.key == self.read_id(str(id))).options(*self.load)
        return session().scalar(query)

    # Reading.
    def search_condition(self, text: str) -> ColumnElement[bool] | None:
        """What a text is looked for in; None where the list cannot be searched."""
        del text
        return None

    @property
    def searchable(self) -> bool:
        """Whether the list has a search."""
        return type(self).search_condition is not ScopedView.search_condition

    search_hint: ClassVar[T] = T("名称", "name")

    def narrowings(self) -> list[Filter]:
        """The declared filters, and the one by region where rows have one, after programme and track."""
        view, found = type(self), list(self.filters)
        if self.act_view is not None and view.region_column is not None and not self.spans_regions:
            place = sum(item.name in ("program", "track") for item in found)
            found.insert(place, region_filter(view.region_column, self.act_view))
        return found

    def not_understood(self) -> list[Filter]:
        """The filters of the request that narrow nothing, for what was given cannot be read."""
        asked = ((item, request.args.get(item.name, "")) for item in self.narrowings())
        return [item for item, given in asked if given and item.apply(given) is None]

    def narrowed(self, *wanted: Any) -> Select[Any]:
        """The scope's rows under the search and filters of the request."""
        query = self.limited(*wanted)
        text = paging.typed("search")
        if text:
            found = self.search_condition(text)
            query = query.where(found) if found is not None else query
        for item in self.narrowings():
            given = request.args.get(item.name, "")
            found = item.apply(given) if given else None
            query = query.where(found) if found is not None else query
        return query

    def ordered(self, query: Select[Any]) -> Select[Any]:
        """The query in the order that the request asks for; newest first otherwise."""
        wish = request.args.get("sort", "")
        column = next((item for item in self.columns if item.name == wish and item.sort is not None), None)
        if column is not None:
            down = request.args.get("desc") == "1"
            query = query.order_by(column.sort.desc() if down else column.sort.asc())
        return self.unasked(query)

    def unasked(self, query: Select[Any]) -> Select[Any]:
        """The query in the list's own order."""
        by = type(self).by
        return query.order_by(*([by] if by is not None else []), self.key.desc())

    def page_of_rows(self) -> Page[Any]:
        """The page that the request asks for: its keys first, then its rows."""
        keys = page_of(reading(), self.ordered(self.narrowed(self.key)), paging.wish(self.page_size))
        found = session().scalars(select(self.model).where(self.key.in_(keys.rows)).options(*self.load))
        by_key = {getattr(row, self.key_name): row for row in found}
        return keys.told(by_key[key] for key in keys.rows if key in by_key)

    @property
    def key_name(self) -> str:
        """The attribute of the primary key."""
        name: str = self.model.__mapper__.get_property_by_column(self.key).key
        return name

    @expose("/")
    def index_view(self) -> str:
        """The list."""
        self.note_look()
        return self.render(self.list_template, view=self, page=self.page_of_rows())

    @expose("/details/")
    def details_view(self) -> str:
        """One row with all its columns."""
        row = self.get_one(request.args.get("id"))
        if row is None:
            abort(404)
        self.note_look(row)
        return self.render(self.details_template, view=self, row=row)

    def note_look(self, row: Any = None) -> None:
        """Have it entered who is shown the list, or a row of it."""
        if self.shows_contacts:
            number = getattr(row, self.key_name) if row is not None else None
            party_id = getattr(row, "party_id", None)
            looked(reading(), Look.LIST, number, party_id=party_id, detail=request.endpoint or "")

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """Every row under the search and filters of the request, as a file."""
        if export_type not in self.export_types:
            abort(404)
        query = self.ordered(self.narrowed()).options(*self.load)
        columns = [column for column in self.columns if column.exported]
        return sending.send(export_type, tr(self.title), columns, query)

    def look_up_label(self, row: Any) -> str:
        """How a row is named in a look-up."""
        return str(row)

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Response:
        """Rows of the scope whose name matches, for a field that refers to one."""
        text = paging.typed("query")
        query = self.limited()
        found = self.search_condition(text) if text else None
        if text and found is None:
            return jsonify([])
        query = self.unasked(query.where(found) if found is not None else query).limit(LOOKED_UP)
        rows = session().scalars(query).all()
        if rows:
            self.note_look()
        return jsonify([[getattr(row, self.key_name), self.look_up_label(row)] for row in rows])

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """An action on the ticked rows, all in one transaction; a row outside the scope is not found."""
        wish = next((item for item in self.bulk_actions if item.name == request.form.get("action")), None)
        if wish is None:
            abort(404)
        keys = {self.read_id(given) for given in request.form.getlist("rowid")}
        reached = set(session().scalars(self.limited(self.key).where(self.key.in_(keys))))
        if keys - reached:
            abort(404)
        attempt(
            f"{self.endpoint}.{wish.name}",
            lambda w: [wish.change(w, key) for key in sorted(keys)],
            done=T(f"{wish.done.zh}（{len(keys)} 项）", f"{wish.done.en} ({len(keys)})"),
        )
        return redirect(url_for(".index_view"))

    # Addresses for the template.
    def link(self, **changes: Any) -> str:
        """This list with some arguments changed; None takes one away."""
        return paging.link(url_for(".index_view"), **changes)

    def export_link(self, kind: str) -> str:
        """The export of what the list shows."""
        return paging.link(url_for(".export", export_type=kind), page=None, page_size=None)

    def row_link(self, row: Any) -> str | None:
        """The page of a row: its details, or the case page in views that have one."""
        return url_for(".details_view", id=getattr(row, self.key_name))

    def listed_columns(self) -> list[Column]:
        """The columns of the list; without the programme for those who work in one only."""
        programs = {grant.program for grant in current_actor().grants}
        one = len(programs) == 1 and None not in programs
        return [column for column in self.columns if column.listed and not (one and column.name == "program")]

    @property
    def heading(self) -> str:
        """The column that heads a row's card on a telephone: whose it is, else what leads to the row."""
        names = [column.name for column in self.columns if column.listed]
        return "party" if "party" in names else names[0]

    def allowed_actions(self) -> list[BulkAction]:
        """The actions on several rows that the user may take somewhere."""
        return [item for item in self.bulk_actions if self.may(item.act)]
