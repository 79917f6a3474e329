"""Parties that are likely one, registered twice: pairs with what speaks for it. Notes, and no breach."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, String, and_, any_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from core.domain.folding import SQL_NAME
from core.domain.identifiers.telephones import BETWEEN
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.storage.models import NotSame, Party
from core.storage.one_party import left_id
from core.storage.verify.check import Fault


class Likeness(StrEnum):
    """What speaks for two parties of one name being one."""

    KEYLESS = "keyless"
    MOBILE = "mobile"
    PHONE = "phone"
    EMAIL = "email"
    EMPLOYER = "employer"
    REGION = "region"

    @property
    def label(self) -> T:
        """How it is said of a pair."""
        return _LABELS[self]


_LABELS = {
    Likeness.KEYLESS: T("其中一方没有代码或证件号", "one of them has neither code nor ID number"),
    Likeness.MOBILE: T("手机号码相同", "the same mobile number"),
    Likeness.PHONE: T("联系电话相同", "the same telephone number"),
    Likeness.EMAIL: T("电子邮箱相同", "the same e-mail address"),
    Likeness.EMPLOYER: T("所在单位相同", "the same employer"),
    Likeness.REGION: T("地区相同", "the same division"),
}
SAME_NAME = T("名称相同", "the same name")
One, Other = aliased(Party), aliased(Party)


def pairs() -> Select[*tuple[Any, ...]]:
    """`one` and `other` by number, one before the other, with a column for each likeness.

    Bodies of one name are likely one; people of one name where something else is the same, too. What was
    merged is left out, and so is what is marked as not the same, by itself or by what is shown under it.
    """
    like = {likeness: _like(likeness).label(likeness.value) for likeness in Likeness}
    certain = or_(
        like[Likeness.MOBILE].element,
        like[Likeness.PHONE].element,
        like[Likeness.EMAIL].element,
        like[Likeness.EMPLOYER].element,
        and_(like[Likeness.KEYLESS].element, like[Likeness.REGION].element),
    )
    return (
        select(One.id.label("one"), Other.id.label("other"), *like.values())
        .join(Other, and_(Other.folded_name == One.folded_name, Other.kind == One.kind, Other.id > One.id))
        .where(
            One.folded_name != "",
            One.merged_into_id.is_(None),
            Other.merged_into_id.is_(None),
            or_(One.kind == PartyKind.ORGANIZATION, certain),
            ~_marked(),
        )
    )


def _marked() -> ColumnElement[bool]:
    """Whether a mark says of the two that they are not the same."""
    one, other = aliased(Party), aliased(Party)
    first, second = left_id(one), left_id(other)
    return exists(
        select(NotSame.id)
        .join(one, one.id == NotSame.one_id)
        .join(other, other.id == NotSame.other_id)
        .where(
            NotSame.taken_back_at.is_(None),
            func.least(first, second) == One.id,
            func.greatest(first, second) == Other.id,
        )
    )


def likenesses(row: Any) -> list[T]:
    """What a row of `pairs` says, in words."""
    return [SAME_NAME, *(item.label for item in Likeness if getattr(row, item.value))]


def doubles(session: Session) -> Iterator[Fault]:
    """Each pair, as a note."""
    for row in session.execute(pairs().order_by(One.id, Other.id).execution_options(yield_per=1000)):
        said = likenesses(row)
        why = T("、".join(item.zh for item in said), ", ".join(item.en for item in said))
        message = T(f"与主体 {row.other} 可能重复：{why.zh}", f"is likely party {row.other}: {why.en}")
        yield Fault("party.double", "party", str(row.one), message)


def _like(likeness: Likeness) -> ColumnElement[bool]:
    match likeness:
        case Likeness.KEYLESS:
            number = func.coalesce(One.uscc, One.id_number), func.coalesce(Other.uscc, Other.id_number)
            return or_(number[0].is_(None), number[1].is_(None))
        case Likeness.MOBILE:
            return and_(One.mobile != "", One.mobile == Other.mobile)
        case Likeness.PHONE:
            one, other = _numbers(One), _numbers(Other)
            return or_(one.overlap(other), Other.mobile == any_(one), One.mobile == any_(other))
        case Likeness.EMAIL:
            return and_(One.email != "", func.lower(One.email) == func.lower(Other.email))
        case Likeness.EMPLOYER:
            plain = getattr(func, SQL_NAME)
            return and_(One.employer != "", plain(One.employer) == plain(Other.employer))
        case Likeness.REGION:
            return One.region == Other.region
        case _:
            assert_never(likeness)


def _numbers(party: Any) -> Any:
    """The numbers under `phone`, extensions left out: behind one line are the same people."""
    bare = func.regexp_replace(party.phone, "转[0-9]+", "", "g")
    return func.string_to_array(bare, BETWEEN, type_=ARRAY(String))
