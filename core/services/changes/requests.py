"""Requests for a change: what a party (or an officer for it) asks, with proof, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO, Any

from sqlalchemy import ColumnElement, select

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import Conflict, Invalid, MalformedError, NotFound, Refused
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.attachments import party_files
from core.services.base.printable import PARTY_FIELDS, why_unprintable
from core.services.base.words import NOTHING_THERE, unkept
from core.services.base.work import Actor, Work
from core.services.changes.moving import advance
from core.services.changes.successors import Named, read_successors
from core.services.people.accepted_codes import accepted
from core.services.people.parties import lock_party, reach, read_party, require_party
from core.services.people.vouched import holds_or_seeks, is_known, require_going_on
from core.storage.files import FileStore
from core.storage.models import ChangeRequest, Party, Successor
from core.storage.models.changes import Vouched
from core.storage.models.holdings import AttachmentPurpose
from core.storage.one_party import ids_of

FIELDS: Mapping[PartyKind, tuple[Vouched, ...]] = {
    PartyKind.ORGANIZATION: (Vouched.NAME, Vouched.REGION),
    PartyKind.PERSON: (Vouched.NAME, Vouched.REGION, Vouched.EMPLOYER),
}
"""What can be asked to be changed, by kind of party."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The file that proves a change."""

    filename: str
    data: bytes | IO[bytes]


def kinds(party: Party) -> tuple[ChangeKind, ...]:
    """What can be asked for a party: a person has no credit code, and is neither merged nor divided."""
    of_bodies = (ChangeKind.NUMBER, ChangeKind.MERGER, ChangeKind.SPLIT)
    return tuple(kind for kind in ChangeKind if party.kind is not PartyKind.PERSON or kind not in of_bodies)


def ask(
    w: Work,
    party_id: int,
    kind: ChangeKind,
    proof: Proof | None,
    store: FileStore,
    *,
    values: Mapping[str, str] | None = None,
    successors: str = "",
    goes_on: bool = False,
    statement: str = "",
) -> int:
    """Ask for a change as a member of the party, or for it as an officer who reaches it. Returns the id.

    `values` are the new ones of a change of data; `successors` are lines of code and name; `goes_on`: it is
    divided and stays. Refused while a request is open, and where nothing is vouched for. The code of a
    request that it be accepted is the party's own, or for an officer one that it is to have.
    """
    party = lock_party(w, party_id)
    by_member = party_id in w.actor.parties
    if not by_member:
        require_party(w, Act.CHANGE_DECIDE, party)
    require_going_on(party)
    _require_vouched(w, party, kind)
    _require_first(w, party_id)
    errors: dict[str, T] = unkept(statement, "statement")
    if proof is None:
        errors["file"] = FILL_IN
    given: dict[str, str] = {}
    named: tuple[Named, ...] = ()
    if kind not in kinds(party):
        errors["kind"] = T(
            "个人没有信用代码，也没有合并、分立",
            "a person has no credit code, and is neither merged nor divided",
        )
    elif kind is ChangeKind.NUMBER:
        given, errors = _code(w, party, (values or {}).get("uscc") or party.uscc or "", errors)
    elif kind is ChangeKind.DETAILS:
        given, wrong = _new_values(w, party, values or {})
        errors |= wrong
    elif kind.names_successors:
        named, wrong = read_successors(successors, party.uscc, accepted(w))
        errors |= wrong
    if errors or proof is None:
        raise Invalid(errors)
    request = ChangeRequest(
        party_id=party_id,
        kind=kind,
        ends_party=kind in (ChangeKind.CLOSURE, ChangeKind.MERGER)
        or (kind is ChangeKind.SPLIT and not goes_on),
        statement=statement.strip(),
        asked_at=w.now,
        asked_by_id=w.actor.user_id,
        successors=[Successor(name=item.name, uscc=item.uscc) for item in named],
        **given,
    )
    w.session.add(request)
    w.session.flush()
    party_files.put(
        _as_member(w, party_id), AttachmentPurpose.CHANGE, request.id, proof.filename, proof.data, store
    )
    return request.id


def withdraw(w: Work, request_id: int) -> None:
    """Take an open request back, as a member of the party or as the officer who made it."""
    request = find(w, request_id)
    party_id = request.party_id
    if party_id not in w.actor.parties and request.asked_by_id != w.actor.user_id:
        raise NotFound(NOTHING_THERE)
    lock_party(w, party_id)
    advance(w, request, Action.WITHDRAW, frozenset({Role.APPLICANT}))


def find(w: Work, request_id: int) -> ChangeRequest:
    """A request, for members of its party and staff who reach it; NotFound for all others."""
    request = w.session.get(ChangeRequest, request_id)
    if request is None:
        raise NotFound(NOTHING_THERE)
    if request.party_id not in w.actor.parties:
        require_party(w, Act.CHANGE_VIEW, request.party)
    return request


def of_party(w: Work, party_id: int) -> list[ChangeRequest]:
    """The requests of a party, however registered, the newest first; the caller found it for the actor."""
    query = select(ChangeRequest).where(ChangeRequest.party_id.in_(ids_of(party_id)))
    return list(w.session.scalars(query.order_by(ChangeRequest.id.desc())))


def open_one(w: Work, party_id: int) -> ChangeRequest | None:
    """The request of a party that waits for an answer."""
    query = select(ChangeRequest).where(
        ChangeRequest.party_id.in_(ids_of(party_id)), ChangeRequest.state == ChangeState.OPEN
    )
    return w.session.scalar(query.order_by(ChangeRequest.id).limit(1))


def queue(actor: Actor) -> ColumnElement[bool]:
    """The requests that wait for the actor's decision: never its own party's, nor one that it made."""
    own = actor.parties | actor.recommender_parties
    reached = select(Party.id).where(reach(actor, Act.CHANGE_DECIDE), Party.id.not_in(own))
    return (
        (ChangeRequest.state == ChangeState.OPEN)
        & ChangeRequest.party_id.in_(reached)
        & ChangeRequest.asked_by_id.is_distinct_from(actor.user_id)
    )


def _require_vouched(w: Work, party: Party, kind: ChangeKind) -> None:
    """Refuse where nobody vouches for the party: it edits its data, and its end concerns no authority."""
    if kind is ChangeKind.NUMBER:
        return
    if kind is ChangeKind.DETAILS and not holds_or_seeks(w, party.id):
        raise Refused(
            T(
                "未持有也未申请认定，无须申请变更",
                "no status is held or sought: nothing needs to be asked for",
            ),
            mend=T("请直接修改资料", "edit the data"),
        )
    if not is_known(w, party.id):
        raise Refused(
            T("该主体从未持有、也未申请认定", "the party never held a status, and seeks none"),
            mend=T("无须办理", "nothing needs to be done"),
        )


def _require_first(w: Work, party_id: int) -> None:
    first = open_one(w, party_id)
    if first is not None:
        day = local_date(first.asked_at).isoformat()
        raise Conflict(
            T(
                f"已有待决定的申请 #{first.id}（{first.kind.label.zh}，{day} 提出）",
                f"request #{first.id} ({first.kind.label.en}, of {day}) waits for an answer",
            ),
            mend=T("请等待答复，或先撤回", "wait for the answer, or take it back first"),
        )


def _new_values(w: Work, party: Party, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, T]]:
    """What differs from the register, as it would be kept, and what is wrong with it by field."""
    wished = {field.value: given[field.value] for field in FIELDS[party.kind] if given.get(field.value)}
    present = {name: getattr(party, name) for name in ("name", "region", "uscc", "id_number", "employer")}
    values, wrong = read_party(w, party.kind, {**present, **wished}, keyless=party.directly_included)
    errors = {field: why for field, why in wrong.items() if field in wished}
    new = {
        field: values[field]
        for field in wished
        if field not in errors and values[field] != getattr(party, field)
    }
    for field, label in PARTY_FIELDS.items():
        why = why_unprintable(label, new.get(field, ""))
        if why is not None:
            errors[field] = why
    if not (new or errors):
        errors["name"] = T(
            "与登记内容相同，没有可变更的", "the same as registered: there is nothing to change"
        )
    return new, errors


def _code(w: Work, party: Party, text: str, errors: dict[str, T]) -> tuple[dict[str, str], dict[str, T]]:
    """The code that is to be accepted; one that fits needs nobody's word."""
    try:
        code = identifiers.uscc(text, identifiers.AS_KEPT)
    except MalformedError as error:
        return {}, {**errors, "uscc": error.text}
    taken = w.session.scalar(select(Party.id).where(Party.uscc == code, Party.id != party.id))
    wrong: T | None = None
    if identifiers.fits(code):
        wrong = T("校验码相符，无须核准", "the check digit fits: nothing needs to be accepted")
    elif code == party.uscc and accepted(w)(code):
        wrong = T("该代码已核准", "the code has been accepted already")
    elif code != party.uscc and party.id in w.actor.parties:
        wrong = T("与登记的代码不同；请由认定机关更正", "differs from the registered code: ask the authority")
    elif taken is not None:
        wrong = T("该代码的主体已登记", "a party with this code is registered already")
    return {"uscc": code}, errors | ({"uscc": wrong} if wrong is not None else {})


def _as_member(w: Work, party_id: int) -> Work:
    """The same unit of work with the actor as the party's helper; the audit trail names the actor."""
    if party_id in w.actor.parties:
        return w
    helper: Any = replace(w.actor, parties=frozenset({party_id}))
    return replace(w, actor=helper)
