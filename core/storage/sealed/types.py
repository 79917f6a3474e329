"""Column types whose values are sealed in the database and plain everywhere else.

The keys are those that the engine was given (`core.storage.engine`); nothing is written without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Text, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.storage.sealed.boxes import Kind, opened, seal, seals
from core.storage.trail.keys import KeyFile, NoKeysError

_KEYS: WeakKeyDictionary[Dialect, KeyFile] = WeakKeyDictionary()

Change = Callable[[Kind, str], str]


def give_keys(dialect: Dialect, keys: KeyFile) -> None:
    """Let the engine of a dialect seal and open with these keys."""
    _KEYS[dialect] = keys


def keys_for(dialect: Dialect) -> KeyFile:
    """The keys that the dialect's engine was given."""
    found = _KEYS.get(dialect)
    if found is None:
        raise NoKeysError("the engine was made without the master keys of persons; give make_engine `keys`")
    return found


class Sealed(TypeDecorator[str]):
    """A text of one kind."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind

    class Comparator(TypeDecorator.Comparator[str], Text.Comparator[str]):
        """Compares with a text under each key, so that rows are found while keys are replaced."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Equality, and membership in a list, with texts given by Python."""
            (given, *_) = other or (None,)
            kind = self.type.kind  # type: ignore[attr-defined]  # that of `Sealed`
            if op is operators.eq and isinstance(given, str):
                return super().operate(op, any_(candidates(kind, [given])), **kwargs)
            if op is operators.in_op and isinstance(given, list | tuple | set | frozenset):
                return super().operate(operators.eq, any_(candidates(kind, given)), **kwargs)
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal it."""
        return seal(keys_for(dialect), self.kind, value) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open it."""
        return opened(keys_for(dialect), self.kind, value) if value else value

    def changed(self, value: str, change: Change) -> str:
        """What is kept, with another text in the place of each that is sealed."""
        return change(self.kind, value)


class SealedList(TypeDecorator[list[str]]):
    """A list of texts of one kind."""

    impl = ARRAY(Text)
    cache_ok = True

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> list[str] | None:
        """Seal each."""
        return self.changed(value, _sealing(dialect)) if value else value

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> list[str] | None:
        """Open each."""
        return self.changed(value, _opening(dialect)) if value else value

    def changed(self, value: list[str], change: Change) -> list[str]:
        """What is kept, with another text in the place of each that is sealed."""
        return [change(self.kind, item) for item in value]


class SealedJson(TypeDecorator[Any]):
    """JSON with texts of one kind at any depth: of facts, those that have the form of a personal number."""

    impl = JSONB
    cache_ok = True
    hashable = False
    should_evaluate_none = True

    def __init__(self, kind: Kind = Kind.FACT) -> None:
        super().__init__()
        self.kind = kind

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """As JSON does, which compares its keys with texts."""
        return self.impl_instance.coerce_compared_value(op, value)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Seal what is to be."""
        return self.changed(value, _sealing(dialect)) if value else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Open what is sealed."""
        return self.changed(value, _opening(dialect)) if value else value

    def changed(self, value: Any, change: Change) -> Any:
        """What is kept, with another text in the place of each that is sealed."""
        return _within(value, self.kind, change)


def _within(value: Any, kind: Kind, change: Change) -> Any:
    if isinstance(value, str):
        return change(kind, value)
    if isinstance(value, dict):
        return {key: _within(item, kind, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_within(item, kind, change) for item in value]
    return value


class _Candidates(SealedList):
    """All that texts may be kept as, for a comparison."""

    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> list[str] | None:
        """Seal each under every key."""
        keys = keys_for(dialect)
        return [kept for item in value or () for kept in (seals(keys, self.kind, item) if item else [""])]


def candidates(kind: Kind, texts: Iterable[str | None]) -> BindParameter[list[str]]:
    """What sealed texts are looked for by, as an array for `= ANY` or `&&`."""
    return bindparam(None, [text for text in texts if text is not None], type_=_Candidates(kind), unique=True)


def _sealing(dialect: Dialect) -> Change:
    return lambda kind, text: seal(keys_for(dialect), kind, text) if text else text


def _opening(dialect: Dialect) -> Change:
    return lambda kind, text: opened(keys_for(dialect), kind, text)
