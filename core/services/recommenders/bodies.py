"""The associations and departments that recommend in a programme: entered by its authority, and ended."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.roles import Role, division_prefix
from core.rules.clauses import PartyKind, RecommenderKind
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.base.access import ACTS, allowed, require
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.printable import why_unprintable
from core.services.base.words import NOTHING_THERE, home, unwritten, written
from core.services.base.work import Work
from core.storage.models import Party, Recommender, Region

LONGEST_NAME = 200


def programs(w: Work) -> dict[str, tuple[RecommenderKind, ...]]:
    """The programmes whose text knows such bodies, with their kinds."""
    found: dict[str, dict[RecommenderKind, None]] = {}
    for loaded in w.catalogue.programs.values():
        for rules in loaded.rules.values():
            for _, kind in rules.procedure.other_recommenders:
                found.setdefault(loaded.program.id, {})[kind] = None
    return {program: tuple(kinds) for program, kinds in found.items()}


def editable(w: Work) -> dict[str, tuple[RecommenderKind, ...]]:
    """The same, of those for which the actor may enter one."""
    return {
        program: kinds
        for program, kinds in programs(w).items()
        if allowed(w.actor, Act.RECOMMENDER_EDIT, program, home(w, program))
    }


def listed(w: Work, program: str = "", wish: Wish = FIRST) -> Page[Recommender]:
    """A page of those that the actor sees: the authority all of its programme, a recommender itself."""
    query = select(Recommender).options(joinedload(Recommender.party)).where(_reach(w))
    if program:
        query = query.where(Recommender.program == program)
    ended = Recommender.ended_on.is_not(None)
    return page_of(w, query.order_by(Recommender.program, ended, Recommender.name, Recommender.id), wish)


def _reach(w: Work) -> ColumnElement[bool]:
    others = ACTS[Act.RECOMMENDER_VIEW] - {Role.RECOMMENDER}
    seen = [key for key in programs(w) if w.actor.system or w.actor.roles(key, home(w, key)) & others]
    own = [grant.recommender for grant in w.actor.grants if grant.recommender is not None]
    return or_(Recommender.program.in_(seen), Recommender.id.in_(own))


def find(w: Work, recommender_id: int) -> Recommender:
    """The body, for who sees it; NotFound for all others."""
    found = w.session.scalar(select(Recommender).where(Recommender.id == recommender_id, _reach(w)))
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def may(w: Work, act: Act, body: Recommender) -> bool:
    """Whether the actor may do the act on the body."""
    return allowed(w.actor, act, body.program, home(w, body.program), body.id)


def require_on(w: Work, act: Act, body: Recommender) -> None:
    """Refuse the act on the body unless a role of the actor covers it."""
    require(w, act, body.program, home(w, body.program), body.id)


def add(w: Work, program: str, kind: RecommenderKind, name: str, party_id: int | None = None) -> int:
    """Enter a body that recommends from today on; the programme's text must know its kind.

    An association is named by its registration here: it may recommend its members, and never itself.
    """
    require(w, Act.RECOMMENDER_EDIT, program, home(w, program))
    errors = unwritten(name, "name", longest=LONGEST_NAME)
    if kind not in programs(w).get(program, ()):
        label = kind.label
        errors["kind"] = T(f"本项目没有“{label.zh}”", f"the programme knows none {label.en.lower()}")
    errors |= _party_errors(w, kind, party_id)
    # It stands under forms and letters.
    why = why_unprintable(T("名称", "the name"), name)
    if why is not None:
        errors.setdefault("name", why)
    if errors:
        raise Invalid(errors)
    name = written(name, "name", longest=LONGEST_NAME)
    same = select(Recommender.id).where(Recommender.program == program, Recommender.name == name)
    if w.session.scalar(same) is not None:
        raise Conflict(T(f"“{name}”已登记", f"“{name}” is entered already"), field="name")
    made = Recommender(program=program, kind=kind, name=name, party_id=party_id, since=w.today)
    w.session.add(made)
    w.session.flush()
    return made.id


def _party_errors(w: Work, kind: RecommenderKind, party_id: int | None) -> dict[str, T]:
    if kind is not RecommenderKind.MEMBERSHIP:
        told = T("业务部门不是登记的主体，请留空", "a department is no registered body; leave it empty")
        return {"uscc": told} if party_id is not None else {}
    party = w.session.get(Party, party_id) if party_id is not None else None
    if party is None:
        return {"uscc": FILL_IN}
    if party.kind is not PartyKind.ORGANIZATION:
        return {"uscc": T("个人不能作为推荐单位", "a person cannot be a recommender")}
    return {}


def end(w: Work, recommender_id: int, on: date) -> None:
    """Let it recommend nobody from a day on; what waits with it it declines."""
    body = locked(w, recommender_id)
    require_on(w, Act.RECOMMENDER_EDIT, body)
    if body.ended_on is not None:
        raise Refused(T(f"已于 {body.ended_on} 停止推荐", f"it has ended on {body.ended_on}"))
    if on < w.today or on <= body.since:
        raise Invalid({"on": T("应不早于今天，并晚于登记日期", "not before today, and after it was entered")})
    body.ended_on = on


def locked(w: Work, recommender_id: int) -> Recommender:
    """The body as it now stands, locked: two who change its list wait for each other."""
    find(w, recommender_id)
    query = select(Recommender).where(Recommender.id == recommender_id).with_for_update()
    return w.session.scalars(query.execution_options(populate_existing=True)).one()


def all_named(w: Work) -> list[Recommender]:
    """Every body that recommends today, for whoever gives roles."""
    require(w, Act.USER_VIEW, None, None)
    going = or_(Recommender.ended_on.is_(None), Recommender.ended_on > w.today)
    return list(
        w.session.scalars(select(Recommender).where(going).order_by(Recommender.name, Recommender.id))
    )


def name_of(w: Work, program: str, region: str, body: Recommender | None) -> T:
    """What a recommender is called: by its own name, or as the body of the division."""
    if body is not None:
        return T(body.name, body.name)
    digits = division_prefix(region)[: w.program(program).program.recommender_level or None]
    division = w.session.get(Region, digits.ljust(6, "0"))
    zh, en = (division.name, division.name_en or division.name) if division is not None else (region, region)
    return T(f"{zh}推荐单位", f"Recommending body of {en}")
