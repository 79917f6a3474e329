"""Parties, once each: registered by USCC or ID number, verified, kept up to date, acted for by members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import Invalid, MalformedError, NotAllowed, NotFound, Refused
from core.domain.folding import repaired
from core.domain.identifiers.telephones import first_mobile, telephones
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.lifecycle.guards import Guard
from core.domain.messages import MessageEvent
from core.domain.roles import Grant, Role, division_prefix
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind, StageKind
from core.rules.phrases import LOG_IN_FIRST
from core.rules.text import T
from core.services.base import regions
from core.services.base.access import ACTS, require_fresh, require_member
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Actor, Work
from core.services.messaging.writing import notify
from core.services.people.accepted_codes import accepted, why_not_accepted
from core.services.people.named import beside_no_table, included_before
from core.services.people.rights import sessions
from core.services.people.vouched import holds_or_seeks, is_known, take_over
from core.storage.models import Accreditation, Application, ChangeRequest, Membership, Party, PartyClaim
from core.storage.models.changes import Vouched
from core.storage.one_party import ids_of

LENGTHS = {"name": 200, "address": 300, "contact_name": 100, "employer": 200}
ASK_INSTEAD = T(
    "已持有或正在申请认定，此项须凭证明材料申请变更",
    "a status is held or sought: ask for this change, with proof",
)
ASK_FOR_IT = T(
    "已持有或正在申请认定，此项须凭证明材料变更：请代为提出变更申请，由另一名经办人员决定",
    "a status is held or sought: ask for this change on its behalf, with proof; another officer decides",
)
BECOME_MEMBER = T(
    "请由其主要联系人添加您为成员；联系不上的，请联系认定机关",
    "have its main contact add you as a member, or ask the authority",
)
MERGE_INSTEAD = T("两者是同一主体的，请将其合并", "where the two are one, merge them")
CONTACT = ("name", "region", "address", "contact_name", "mobile", "phone", "email", "employer")
KEYS = {PartyKind.ORGANIZATION: "uscc", PartyKind.PERSON: "id_number"}
KEY_LABELS = {
    "uscc": T("统一社会信用代码", "Unified social credit code"),
    "id_number": T("身份证号", "ID number"),
}


class Taken(Refused):
    """There is a party with the number already."""


def register_party(
    w: Work,
    *,
    kind: PartyKind,
    name: str,
    region: str,
    uscc: str | None = None,
    id_number: str | None = None,
    address: str = "",
    contact_name: str = "",
    mobile: str = "",
    phone: str = "",
    email: str = "",
    employer: str = "",
    unfit: bool = False,
) -> int:
    """Enter a party; a user who is no staff becomes its first member. Returns its id.

    `unfit`: see `read_party`. One that is there already is refused, with a pointer to whoever can let the
    user act for it; who registers a party as their own comes by `core.services.claims.registering`.
    """
    if w.actor.user_id is None and not w.actor.system:
        raise NotAllowed(LOG_IN_FIRST)
    given = {
        "name": name,
        "region": region,
        "address": address,
        "contact_name": contact_name,
        "mobile": mobile,
        "phone": phone,
        "email": email,
        "employer": employer,
        "uscc": uscc,
        "id_number": id_number,
    }
    values, errors = read_party(w, kind, given, unfit=unfit)
    if errors:
        raise Invalid(errors)
    key = KEYS[kind]
    beside_no_table(w)
    if holder(w, key, values[key]) is not None:
        raise _taken(key)
    if included_before(w, kind, values) is not None:
        raise Refused(
            T("该主体已由受托机构直接纳入名录", "an entrusted body has included this party already"),
            mend=T(
                "请联系认定机关补充代码并添加您为成员",
                "ask the authority to complete it and to add you as a member",
            ),
        )
    own = None if is_staff(w.actor, Act.PARTY_EDIT) else w.actor.user_id
    party = Party(kind=kind, created_at=w.now, profile_confirmed_on=w.today, registered_by_id=own, **values)
    try:
        with w.session.begin_nested():
            w.session.add(party)
    except IntegrityError:
        # Someone registered it between the look and the entry.
        raise _taken(key) from None
    if own is not None:
        w.session.add(Membership(party_id=party.id, user_id=own, main=True, since=w.now))
        w.session.flush()
    return party.id


def edit_party(w: Work, party_id: int, changes: Mapping[str, str]) -> None:
    """Change a party's data: a member all but its USCC or ID number, an officer those too.

    A member mends a USCC whose check digit does not fit, until it is accepted.

    Where a member changes name or region, the party has to be verified again. Once it holds or seeks a
    status, a change of what the register vouches for is asked for with proof (`core.services.changes`), by
    its members as by an officer.
    """
    party = lock_party(w, party_id)
    by_member = party_id in w.actor.parties
    if not by_member:
        require_party(w, Act.PARTY_EDIT, party)
    key = KEYS[party.kind]
    own_code = why_not_accepted(w, party) is not None
    allowed = {*CONTACT, key} if not by_member or own_code else set(CONTACT)
    errors = {
        field: T("不能修改此项", "this cannot be changed here") for field in changes if field not in allowed
    }
    present = {field: getattr(party, field) for field in (*CONTACT, *KEYS.values())}
    values, wrong = read_party(w, party.kind, {**present, **changes}, keyless=party.directly_included)
    errors |= {field: why for field, why in wrong.items() if field in changes}
    if errors:
        raise Invalid(errors)
    changed = {field: values[field] for field in changes if values[field] != getattr(party, field)}
    if key in changed:
        _require_no_request(w, party_id)
    if key in changed and holder(w, key, values[key]) not in (None, party_id):
        raise _taken(key, MERGE_INSTEAD)
    vouched = {field: changed[field.value] for field in Vouched if field.value in changed}
    if vouched:
        if holds_or_seeks(w, party_id):
            raise Invalid({field.value: ASK_INSTEAD if by_member else ASK_FOR_IT for field in vouched})
        if by_member and {Vouched.NAME, Vouched.REGION} & vouched.keys():
            for one in registrations(w, party_id):
                one.verified_at = None
        if is_known(w, party_id):
            take_over(w, party, vouched)
    for field, value in changed.items():
        setattr(party, field, value)
    if by_member:
        party.profile_confirmed_on = w.today


def _require_no_request(w: Work, party_id: int) -> None:
    """Refuse another code while one waits to be accepted."""
    waits = exists().where(
        ChangeRequest.party_id == party_id,
        ChangeRequest.kind == ChangeKind.NUMBER,
        ChangeRequest.state == ChangeState.OPEN,
    )
    if w.session.scalar(select(waits)):
        raise Refused(
            T("原代码的核准申请尚待决定", "a request that the present code be accepted waits for its answer"),
            field=KEYS[PartyKind.ORGANIZATION],
            mend=T("请先在“变更与注销”中撤回", "take it back first, under “Changes and closure”"),
        )


def confirm_profile(w: Work, party_id: int) -> None:
    """Record that the party has looked through its data today and that they are right."""
    require_member(w, party_id)
    lock_party(w, party_id).profile_confirmed_on = w.today


def verify_party(w: Work, party_id: int) -> None:
    """Record that the account acts for the party and that its data are right, for all its registrations."""
    party = lock_party(w, party_id)
    require_party(w, Act.PARTY_VERIFY, party)
    if is_own(w, party_id):
        raise Refused(Guard.NOT_OWN.reason)
    if is_verified(w, party_id):
        raise Refused(T("该主体已核验", "this party has been verified already"))
    for one in registrations(w, party_id):
        one.verified_at, one.verification_requested_at, one.verification_remark = w.now, None, ""
    notify(
        w,
        MessageEvent.ACCOUNT_VERIFIED,
        key=f"account.verified/{party_id}/{w.now.isoformat()}",
        party_id=party_id,
        values={},
    )


def hand_over(w: Work, party_id: int, user_id: int) -> None:
    """Make another member the main one."""
    party = lock_party(w, party_id)
    require_main(w, party)
    if membership(w, party_id, user_id) is None:
        raise NotFound(NOTHING_THERE)
    for item in w.session.scalars(select(Membership).where(Membership.party_id.in_(ids_of(party_id)))):
        item.main = item.user_id == user_id
    if user_id != w.actor.user_id:
        _tell(w, MessageEvent.MEMBER_MAIN, party, user_id)


def remove_member(w: Work, party_id: int, user_id: int) -> None:
    """Let a user act for the party no longer; the main one first hands over, unless nobody else is left."""
    party = lock_party(w, party_id)
    if user_id != w.actor.user_id:
        require_main(w, party)
    found = membership(w, party_id, user_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    theirs = Membership.party_id.in_(ids_of(party_id))
    others = exists().where(theirs, Membership.user_id != user_id)
    if found.main and w.session.scalar(select(others)):
        raise Refused(
            T("该用户是主要联系人", "this user is the main contact"),
            mend=T("请先移交给其他成员", "hand over to another member first"),
        )
    for item in w.session.scalars(select(Membership).where(theirs, Membership.user_id == user_id)):
        w.session.delete(item)
    if user_id != w.actor.user_id:
        sessions.end_all(found.user)
        _tell(w, MessageEvent.MEMBER_REMOVED, party, user_id)


def _tell(w: Work, event: MessageEvent, party: Party, user_id: int) -> None:
    notify(
        w,
        event,
        key=f"{event}/{party.id}/{user_id}/{w.now.isoformat()}",
        user_id=user_id,
        values={"organisation": party.name},
    )


def reach(actor: Actor, act: Act) -> ColumnElement[bool]:
    """The parties that staff reaches for an act: of its territory and, with a grant for a programme, its own.

    A programme's own are those that apply to it, are or were accredited by it, ask it to be verified or, in
    its territory, ask that their code be accepted, or are claimed and have no case with any programme.
    """
    if actor.system:
        return true()
    reached: list[ColumnElement[bool]] = []
    for grant in actor.grants:
        if grant.role not in ACTS[act]:
            continue
        limits: list[ColumnElement[bool]] = [true()]
        if grant.region is not None:
            limits.append(Party.region.startswith(division_prefix(grant.region)))
        if grant.program is not None:
            cases = [_has_a(kind, grant) for kind in (Application, Accreditation)]
            asking = (_asks(grant.program), _numbered(grant.program), _claimed(grant.program))
            limits.append(or_(*cases, *(asking if grant.recommender is None else ())))
        reached.append(and_(*limits))
    return or_(false(), *reached)


def _has_a(kind: type[Application | Accreditation], grant: Grant) -> ColumnElement[bool]:
    """Parties with a case of the programme, their own or of what was merged into them.

    A recommender's are those with a case that goes through it.
    """
    of_it = kind.program == grant.program
    if grant.role is Role.RECOMMENDER:
        of_it = and_(of_it, kind.recommender_id == grant.recommender)
    own = exists().where(kind.party_id == Party.id, of_it)
    merged = aliased(Party)
    below = select(merged.merged_into_id).join(kind, kind.party_id == merged.id)
    return own | Party.id.in_(below.where(merged.merged_into_id.is_not(None), of_it))


def _asks(program: str) -> ColumnElement[bool]:
    """The parties of its territory that ask or asked to be verified, if the programme wants that."""
    loaded = catalogue().programs.get(program)
    rules = loaded.rules.values() if loaded is not None else ()
    stages = {stage.kind for item in rules for stage in item.procedure.stages}
    if loaded is None or StageKind.VERIFICATION not in stages:
        return false()
    asked = or_(
        Party.verification_requested_at.is_not(None),
        Party.verified_at.is_not(None),
        Party.verification_remark != "",
    )
    own = loaded.program.region
    return and_(asked, Party.region.startswith(division_prefix(own))) if own else asked


def _numbered(program: str) -> ColumnElement[bool]:
    """The bodies of its territory whose code does not fit, and which asked that it be accepted."""
    loaded = catalogue().programs.get(program)
    own = loaded.program.region if loaded is not None else ""
    asked = select(ChangeRequest.party_id).where(ChangeRequest.kind == ChangeKind.NUMBER)
    numbered = Party.id.in_(asked)
    return and_(numbered, Party.region.startswith(division_prefix(own))) if own else numbered


def _claimed(program: str) -> ColumnElement[bool]:
    """The parties of its territory that are claimed and that no programme has a case of."""
    loaded = catalogue().programs.get(program)
    own = loaded.program.region if loaded is not None else ""
    claimed = Party.id.in_(select(PartyClaim.party_id).where(PartyClaim.handed_in_at.is_not(None)))
    cases = (exists().where(kind.party_id == Party.id) for kind in (Application, Accreditation))
    alone = and_(claimed, *(~case for case in cases))
    return and_(alone, Party.region.startswith(division_prefix(own))) if own else alone


def is_staff(actor: Actor, act: Act) -> bool:
    """Whether the actor's roles cover the act anywhere."""
    return actor.system or any(grant.role in ACTS[act] for grant in actor.grants)


def require_party(w: Work, act: Act, party: Party) -> None:
    """Refuse an act on a party that the actor does not reach; what others have is not found."""
    if not w.session.scalar(select(exists().where(Party.id == party.id, reach(w.actor, act)))):
        raise NotFound(NOTHING_THERE)
    require_fresh(w, act)


def read_party(
    w: Work,
    kind: PartyKind,
    given: Mapping[str, str | None],
    *,
    keyless: bool = False,
    unfit: bool = False,
) -> tuple[dict[str, Any], dict[str, T]]:
    """A party's data as they are kept, and everything wrong with them by field.

    `keyless`: it came by an entrusted body's table and may go without USCC or ID number. `unfit`: a code
    whose check digit does not fit is taken, for an officer to accept; otherwise only one that is accepted.
    """
    values: dict[str, Any] = {}
    errors: dict[str, T] = {}
    for field, longest in LENGTHS.items():
        text = repaired(given.get(field) or "")
        values[field] = text
        if len(text) > longest or (field == "name" and not text):
            errors |= unwritten(text, field, longest=longest)
    readers: Mapping[str, Callable[[str], str]] = {
        "region": partial(regions.read_code, w.session),
        "mobile": identifiers.mobile,
        "phone": telephones,
        "email": identifiers.email,
    }
    for field, reader in readers.items():
        text = (given.get(field) or "").strip()
        values[field] = text
        if text or field == "region":
            try:
                values[field] = reader(text)
            except MalformedError as error:
                errors[field] = error.text
    if not errors.keys() & {"mobile", "phone"}:
        # A text message goes where one can be received, however the number came.
        values["mobile"] = values["mobile"] or first_mobile(values["phone"])
    values["uscc"] = values["id_number"] = None
    key, other = KEYS[kind], next(name for name in KEYS.values() if name != KEYS[kind])
    if (given.get(other) or "").strip():
        errors[other] = T("此类主体没有该号码", "this kind of party has none")
    number = (given.get(key) or "").strip()
    if number or not keyless:
        try:
            values[key] = (
                identifiers.uscc(number, identifiers.AS_KEPT if unfit else accepted(w))
                if key == "uscc"
                else identifiers.id_number(number, w.today)
            )
        except MalformedError as error:
            errors[key] = error.text
    return values, errors


def holder(w: Work, key: str, number: str | None) -> int | None:
    """The very registration that has the number."""
    if number is None:
        return None
    return w.session.scalar(select(Party.id).where(getattr(Party, key) == number))


def _taken(key: str, mend: T = BECOME_MEMBER) -> Taken:
    label = KEY_LABELS[key]
    said = T(f"该{label.zh}的主体已登记", f"a party with this {label.en} is registered already")
    return Taken(said, field=key, mend=mend)


def require_main(w: Work, party: Party) -> None:
    """Refuse all but the party's main member and officers that reach it."""
    if w.actor.user_id is not None and party.id in w.actor.parties:
        own = membership(w, party.id, w.actor.user_id)
        if own is None or not own.main:
            raise NotAllowed(
                T("仅主要联系人可以管理成员", "only the main contact manages members"),
                mend=T("请由主要联系人办理", "ask the main contact"),
            )
        return
    require_party(w, Act.PARTY_EDIT, party)


def acts_for(party_id: int) -> ColumnElement[bool]:
    """Memberships of a party, each user's once: as the main contact, if they are, under any registration."""
    one, other = ids_of(party_id), aliased(Membership)
    before = or_(other.main & ~Membership.main, (other.main == Membership.main) & (other.id < Membership.id))
    again = exists().where(other.party_id.in_(one), other.user_id == Membership.user_id, before)
    return Membership.party_id.in_(one) & ~again


def membership(w: Work, party_id: int, user_id: int) -> Membership | None:
    """How a user acts for a party."""
    return w.session.scalar(select(Membership).where(acts_for(party_id), Membership.user_id == user_id))


def lock_party(w: Work, party_id: int) -> Party:
    """The party as it now stands, locked with every other registration of it."""
    query = select(Party).where(Party.id.in_(ids_of(party_id))).order_by(Party.id).with_for_update()
    rows = w.session.scalars(query.execution_options(populate_existing=True)).all()
    found = next((row for row in rows if row.id == party_id), None)
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def registrations(w: Work, party_id: int) -> tuple[Party, ...]:
    """Every registration of the party, itself among them."""
    return tuple(w.session.scalars(select(Party).where(Party.id.in_(ids_of(party_id))).order_by(Party.id)))


def is_verified(w: Work, party_id: int) -> bool:
    """Whether the party was verified, under whichever of its registrations."""
    verified = exists().where(Party.id.in_(ids_of(party_id)), Party.verified_at.is_not(None))
    return bool(w.session.scalar(select(verified)))


def is_own(w: Work, party_id: int) -> bool:
    """Whether the actor belongs to the party, or recommends for a body that is the party."""
    return party_id in w.actor.parties | w.actor.recommender_parties
