"""What a move of the lifecycle is: from, action, who, guards, to; with the act, message and inputs of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from core.domain.acts import Act
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.rules.text import Labelled, T


class Feature(StrEnum):
    """What a procedure may have, and moves and guards may hang on."""

    VERIFICATION = "verification"
    RECOMMENDATION = "recommendation"
    OTHER_RECOMMENDERS = "other_recommenders"
    NOTICE = "notice"
    AGREEMENT = "agreement"
    DIRECT_INCLUSION = "direct_inclusion"
    MOBILE = "mobile"
    EXTENSION = "extension"


class Ask(StrEnum):
    """What a move of an application asks for; what an accreditation rests on has its own forms."""

    REASON = "reason"
    REMARK = "remark"
    """A reason that may be left out."""
    CORRECTIONS = "corrections"
    """What to correct, and the single items of it."""
    OPINION = "opinion"
    """A recommender's word, with what it has measured."""
    RECOMMENDER = "recommender"
    """Another recommender than the one that declined."""
    AGREEMENT = "agreement"
    """The dates of the agreement."""
    SEALED_TABLE = "sealed_table"
    """The sealed scan of a summary table: such a move is made by the table, not on the page of a case."""
    CORRECTION = "correction"
    """Why a decision was mistaken: a second person's act on what was decided, offered beside it."""
    NOTICE = "notice"
    """The notice that the application stands on, alone or with others: such a move is made by the notice."""


S = TypeVar("S", bound=Labelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Generic[S]):
    """One step; `roles` may take it, and the system may where `by_system`; every guard must hold.

    It belongs to procedures that have every feature of `having` and none of `lacking`.
    """

    source: S
    action: Action
    target: S
    title: T
    roles: frozenset[Role] = frozenset()
    by_system: bool = False
    guards: tuple[Guard, ...] = ()
    act: Act | None = None
    """The name in the table of acts that rows are scoped by; None where a party acts, or time alone does."""
    tells: MessageEvent | None = None
    """The message to the party; None where what led to the move is told instead."""
    asks: tuple[Ask, ...] = ()
    having: frozenset[Feature] = frozenset()
    lacking: frozenset[Feature] = frozenset()

    @property
    def message(self) -> MessageEvent:
        """What the party is told of it; ValueError for a move that is told by what led to it."""
        if self.tells is None:
            raise ValueError(f"{self.action} from {self.source.value} has no message of its own")
        return self.tells

    @property
    def by_party(self) -> bool:
        """Whether it is the party's own step."""
        return self.roles == APPLICANT


APPLICANT = frozenset({Role.APPLICANT})


def having(*features: Feature) -> frozenset[Feature]:
    """The features of a procedure that a move asks for, or must not meet."""
    return frozenset(features)
