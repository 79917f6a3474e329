"""Steps on a case as data: who sees the button, what it asks, which service does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from flask import abort, request

from core.domain.acts import Act
from core.domain.lifecycle.states import Action
from core.rules.text import EMPTY, T
from core.services.base.access import allowed
from core.services.base.decided import already
from core.services.base.work import Work
from core.web.forms.fields import PlainForm, Spec, make_form
from core.web.frame.pipeline import Done, attempt

Values = dict[str, Any]
MOVE = "move-"
"""What the name of a step begins with that is a move of the lifecycle."""
FOR_PARTY = T("代当事人办理，操作记录中注明经办人", "On the party's behalf; the audit trail names you")


class Subject(Protocol):
    """What steps are taken on: something that has a place, in a unit of work to read with."""

    failed: tuple[str, str, PlainForm] | None
    """The step that was just refused, with its part and its form."""

    @property
    def unit(self) -> Work: ...

    @property
    def program(self) -> str: ...

    @property
    def region(self) -> str | None: ...

    @property
    def place(self) -> tuple[str, str | None, int | None]: ...

    def part(self, name: str, part_id: str) -> Any: ...

    @property
    def row(self) -> Any: ...


S = TypeVar("S", bound=Subject)
DONE = T("已办理", "Carried out")
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One thing that can be done now; `part` names the list on the page that the step is about."""

    name: str
    title: T
    act: Act | None
    """None where the case itself says who may: moves, and what its own party does."""
    change: Callable[[Work, S, Any, Values], object]
    """(unit, case, part, values): calls the service."""
    specs: tuple[Spec, ...] | Callable[[S, Any], Sequence[Spec]] = ()
    done: T = DONE
    part: str = ""
    when: Callable[[S, Any], bool] | None = None
    blocked: Callable[[S, Any], Sequence[T]] | None = None
    confirm: T = EMPTY
    hint: T = EMPTY
    tone: str = ""
    """`primary` or `danger`."""
    ahead: str = ""
    """The page that is looked at first, by its endpoint: the step is then taken there."""

    def asked(self, case: S, part: Any) -> Sequence[Spec]:
        """The inputs."""
        return self.specs(case, part) if callable(self.specs) else self.specs


@dataclass(frozen=True, slots=True)
class Offer:
    """A step as it stands on the page: with its form, or with what stands against it."""

    step: Step[Any]
    form: PlainForm
    blocked: tuple[T, ...]
    part_id: str
    open: bool


_ORDER = {"primary": 0, "": 1, "danger": 2}


class Steps(Generic[S]):
    """The steps of one kind of case."""

    def __init__(
        self, steps: Iterable[Step[S]], more: Callable[[S], Iterable[Step[S]]] | None = None
    ) -> None:
        self.by_name: Mapping[str, Step[S]] = {step.name: step for step in steps}
        self.more = more
        """Steps that the case itself brings: the moves of its lifecycle."""

    def of(self, case: S) -> dict[str, Step[S]]:
        """The steps there are on a case, its moves first."""
        moves = {step.name: step for step in self.more(case)} if self.more is not None else {}
        return {**moves, **self.by_name}

    def offers(self, case: S, part: Any = None, kind: str = "") -> list[Offer]:
        """The steps that this user may take on the case, or on one part of it; what ends it comes last."""
        found = (self.offer(case, step, part) for step in self.of(case).values() if step.part == kind)
        return sorted(
            (offer for offer in found if offer is not None), key=lambda item: _ORDER[item.step.tone]
        )

    def named(self, case: S, name: str) -> Offer | None:
        """One step by its name; None where it is not for this user or not for this state."""
        step = self.of(case).get(name)
        return self.offer(case, step) if step is not None else None

    def offer(self, case: S, step: Step[S], part: Any = None) -> Offer | None:
        """The step as the page shows it; None where it is not for this user or not for this state."""
        if not _may(case, step):
            return None
        if step.when is not None and not step.when(case, part):
            return None
        part_id = key_of(part)
        failed = case.failed
        again = failed is not None and failed[:2] == (step.name, part_id)
        name = f"{step.name}-{part_id}" if part_id else step.name
        form = (
            failed[2]
            if failed is not None and again
            else make_form(step.asked(case, part), prefix=f"{name}-", bind=False)
        )
        blocked = tuple(step.blocked(case, part)) if step.blocked is not None else ()
        return Offer(step, form, blocked, part_id, again)

    def take(self, case: S, name: str) -> Done[object] | None:
        """Take the step that was sent; None where it was refused, and the page then shows the form again."""
        step = self.of(case).get(name)
        if step is None:
            if name.removeprefix(MOVE) in set(Action):  # another state had it
                raise already(case.unit, case.row)
            abort(404)
        if not _may(case, step):
            abort(403)  # whatever the state: it is no business of theirs
        part_id = request.form.get("part", "") if step.part else ""
        part = case.part(step.part, part_id) if step.part else None
        if step.part and part is None:
            abort(404)
        if self.offer(case, step, part) is None:
            if step.when is None or step.when(case, part):
                abort(403)
            # A part that is a row has a state of its own; others stand in the case's.
            raise already(case.unit, part if hasattr(part, "__tablename__") else case.row)
        name = f"{step.name}-{part_id}" if part_id else step.name
        form = make_form(step.asked(case, part), prefix=f"{name}-")
        done: Done[object] | None = None
        if form.validate():
            done = attempt(
                step.name, lambda w: step.change(w, case, part, form.values()), done=step.done, form=form
            )
        if done is None:
            case.failed = (step.name, part_id, form)
        return done


def _may(case: Subject, step: Step[Any]) -> bool:
    """Whether the user's role allows the step here; where the case itself says who may, it does that."""
    return step.act is None or allowed(case.unit.actor, step.act, *case.place)


def key_of(part: Any) -> str:
    """What names a part of a case in a form: its key, or its row's id."""
    if part is None:
        return ""
    return str(part.key if hasattr(part, "key") and not hasattr(part, "id") else part.id)
