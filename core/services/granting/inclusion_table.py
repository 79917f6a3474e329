"""A summary table whose rows are to be included: read whole, with the party of each, and all against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Invalid, MalformedError, NotFound, Refused
from core.domain.folding import folded
from core.domain.identifiers.telephones import all_numbers, first_mobile
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role, division_prefix
from core.rules.clauses import Intake, PartyKind, SummaryTable
from core.rules.text import T
from core.services.applications.checklist import OF_INCLUSION
from core.services.applications.guards import in_force
from core.services.base.access import require
from core.services.base.printable import PARTY_FIELDS, why_unprintable
from core.services.base.regions import read_code
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.calls.bans import why_banned
from core.services.calls.calls import why_call_over
from core.services.files.columns import Tell, WrongTable, in_row
from core.services.files.types import DOCX, PDF, FileType, identify_bytes
from core.services.granting.tables import CONTACT_PHONE, TableRow, Upload, read_table, table_of
from core.services.people.accepted_codes import why_not_accepted
from core.services.people.named import called_at, one_table_at_a_time, same_name
from core.services.people.parties import is_own
from core.services.people.vouched import why_closed
from core.services.previews.values import Values
from core.storage.models import Application, Call, Party
from core.storage.one_party import ids_of, left_id

ENTRUSTED = frozenset({Role.RECOMMENDER, Role.OFFICER, Role.LEAD})


@dataclass(frozen=True, slots=True)
class Found:
    """A row with the party that it is about, where the register knows it."""

    row: TableRow
    party_id: int | None


@dataclass(frozen=True, slots=True)
class Ready:
    """A table of which every row can be included, with what it came with."""

    program: str
    form: SummaryTable
    kind: PartyKind
    where: str
    call: Call | None
    found: Sequence[Found]
    values: Values
    uploads: Mapping[str, Upload]
    """The table and its two scans, by the material that each is."""


def read(
    w: Work,
    program: str,
    table_id: str,
    sent: tuple[Upload, Upload | None, Upload | None],
    region: str | None,
    call_id: int | None,
    tell: Tell,
) -> Ready:
    """The table with the party of each row; Invalid with everything that stands against it."""
    form = table_of(w, program, table_id)
    where = _division(w, region) if region else _territory(w, program)
    require(w, Act.APPLICATION_INCLUDE, program, where)
    rules = w.rules(program, form.track, w.today)
    if not (form.imported and rules.procedure.direct_inclusion):
        raise Refused(T("该汇总表不用于直接纳入", "nobody is included by this table"))
    call = _call(w, form, program, call_id) if rules.procedure.intake is Intake.CALL else None
    errors = _seal_errors(sent[1], sent[2])
    try:
        filled, wrong = read_table(w, program, form, sent[0], tell)
    except Invalid as error:
        raise Invalid(errors | error.errors) from None
    errors |= wrong
    kind = w.program(program).program.track(form.track).party
    one_table_at_a_time(w)
    found = [_match(w, form, kind, row, where, errors) for row in filled.rows]
    errors |= _duplicates(form, found) | _unprintable(form, found)
    for item in found:
        if item.party_id is not None:
            why = _why_not(w, program, form.track, item.party_id)
            if why is not None:
                errors.setdefault(item.row.at(_name_column(form)), in_row(item.row.number, None, why))
    if errors:
        raise WrongTable(errors, filled.header_row, filled.sheet)
    silent = [item.row.number for item in found if not first_mobile(telephone(item.row))]
    if silent and rules.procedure.mobile_required:
        tell(_no_text_message(silent))
    uploads = {key: upload for key, upload in zip(OF_INCLUSION, sent, strict=True) if upload is not None}
    return Ready(program, form, kind, where, call, found, filled.values, uploads)


def _no_text_message(rows: Sequence[int]) -> T:
    listed = ", ".join(map(str, rows))
    return T(
        f"第 {listed} 行没有手机号码：短信通知不能送达，请另行告知并补充",
        f"rows {listed} have no mobile number: no text message reaches them; tell them, and add one",
    )


def _division(w: Work, region: str) -> str:
    """The territory that is named, where it is a division that there is."""
    try:
        return read_code(w.session, region)
    except MalformedError as error:
        raise Invalid({"region": error.text}) from error


def _territory(w: Work, program: str) -> str:
    """The territory that the actor includes for."""
    regions = {
        grant.region
        for grant in w.actor.grants
        if grant.role in ENTRUSTED and grant.program in (None, program) and grant.region is not None
    }
    if len(regions) != 1:
        raise Invalid({"region": T("请选择受托机构所在地区", "choose the territory of the entrusted body")})
    return next(iter(regions))


def _call(w: Work, form: SummaryTable, program: str, call_id: int | None) -> Call:
    """The call that the table falls under: open, and its last day not over."""
    if call_id is not None:
        call = w.session.get(Call, call_id)
        if call is None or call.program != program or form.track not in call.tracks:
            raise NotFound(NOTHING_THERE)
        calls = [call]
    else:
        query = select(Call).where(Call.program == program).order_by(Call.submit_by.desc(), Call.id.desc())
        calls = [call for call in w.session.scalars(query) if form.track in call.tracks]
    why = T("目前没有受理的招募通知", "no call takes tables now")
    for call in calls:
        over = why_call_over(w, call)
        if over is None and call.recommend_by is None and w.now.replace(microsecond=0) > call.submit_by:
            over = T("招募已截止；请联系认定机关", "the call has closed; ask the authority")
        if over is None and call.opens_at <= w.now:
            return call
        why = over or why
    raise Refused(why)


def _seal_errors(scan_pdf: Upload | None, scan_docx: Upload | None) -> dict[str, T]:
    """Both forms of the sealed scan must be there and be what they are called."""
    errors: dict[str, T] = {}
    wanted: tuple[tuple[str, Upload | None, FileType], ...] = (
        ("scan_pdf", scan_pdf, PDF),
        ("scan_docx", scan_docx, DOCX),
    )
    for field, upload, kind in wanted:
        if upload is None or not upload.data:
            errors[field] = T(
                f"{Guard.SEALED_TABLE.reason.zh}（{kind.endings[0][1:]}）",
                f"{Guard.SEALED_TABLE.reason.en} ({kind.endings[0][1:]})",
            )
            continue
        try:
            if identify_bytes(upload.filename, upload.data) is not kind:
                raise MalformedError(
                    T(f"不是 {kind.endings[0][1:]} 文件", f"is no {kind.endings[0][1:]} file")
                )
        except MalformedError as error:
            errors[field] = error.text
    return errors


def _match(
    w: Work, form: SummaryTable, kind: PartyKind, row: TableRow, where: str, errors: dict[str, T]
) -> Found:
    """The party that a row names: an organisation by name in the province, a person by name and mobile."""
    name = row.values.get("name")
    if not isinstance(name, str):
        return Found(row, None)
    same = [Party.kind == kind, same_name(name)]
    match kind:
        case PartyKind.PERSON:
            if not (numbers := telephone(row)):
                return Found(row, None)
            same.append(called_at(numbers))
        case PartyKind.ORGANIZATION:
            same.append(Party.region.startswith(division_prefix(where)[:2]))
        case _:
            assert_never(kind)
    # Of one that was registered twice the row is about the registration that is left.
    known = w.session.scalars(select(left_id()).where(*same).distinct().limit(2)).all()
    if len(known) > 1:
        errors[row.at(_name_column(form))] = in_row(
            row.number,
            None,
            T("登记中有多个同名主体，无法确定是哪一个", "several registered parties have this name"),
        )
    return Found(row, known[0] if len(known) == 1 else None)


def telephone(row: TableRow) -> str:
    """The numbers in a row."""
    return all_numbers(row.values.get("mobile", ""), row.values.get(CONTACT_PHONE, ""))


def _duplicates(form: SummaryTable, found: list[Found]) -> dict[str, T]:
    """Rows that name a party that an earlier row names."""
    errors: dict[str, T] = {}
    first: dict[tuple[object, ...], int] = {}
    for item in found:
        values = item.row.values
        name = folded(str(values.get("name", "")))
        key: tuple[object, ...] = (
            (item.party_id,) if item.party_id is not None else (name, telephone(item.row))
        )
        if not name:
            continue
        if key in first:
            why = T(f"与第 {first[key]} 行重复", f"repeats row {first[key]}")
            errors[item.row.at(_name_column(form))] = in_row(item.row.number, None, why)
        first.setdefault(key, item.row.number)
    return errors


def _unprintable(form: SummaryTable, found: list[Found]) -> dict[str, T]:
    """Names that no certificate could print, by row and column."""
    errors: dict[str, T] = {}
    headers = {column.fact: column.header for column in form.columns}
    for item in found:
        for field, label in PARTY_FIELDS.items():
            why = why_unprintable(label, str(item.row.values.get(field) or ""))
            if why is not None and field in headers:
                errors[item.row.at(headers[field])] = in_row(item.row.number, None, why)
    return errors


def _why_not(w: Work, program: str, track: str, party_id: int) -> T | None:
    """What stands against including a party that is registered already."""
    if is_own(w, party_id):
        return Guard.NOT_OWN.reason
    party = w.session.get_one(Party, party_id)
    against = why_closed(party) or why_not_accepted(w, party)
    if against is not None:
        return against
    current = in_force(w, party_id, program, track)
    if current is not None:
        last = current.valid_through.isoformat()
        return T(
            f"已在名录中（{current.number}，有效至 {last}）",
            f"is in the register already ({current.number}, through {last})",
        )
    open_one = w.session.scalar(
        select(Application.id).where(
            Application.party_id.in_(ids_of(party_id)),
            Application.program == program,
            Application.track == track,
            Application.state.in_([state for state in ApplicationState if state.is_open]),
        )
    )
    if open_one is not None:
        return T(f"已有在办的申请 #{open_one}", f"application #{open_one} is open already")
    return why_banned(w, party_id, program, w.today)


def _name_column(form: SummaryTable) -> str:
    return next(column.header for column in form.columns if column.fact == "name")
