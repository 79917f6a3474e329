"""What the domain refuses: each error says what happened, to what, and what to do next, in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.rules.text import EMPTY, T


class DomainError(Exception):
    """Base of every refusal; `field` is the input it is about ("" for none), `mend` what to do next."""

    def __init__(self, message: T, *, field: str = "", mend: T = EMPTY) -> None:
        self.message = message
        self.field = field
        self.mend = mend
        super().__init__(self.text.en)

    @property
    def text(self) -> T:
        """Message and mend as one text."""
        if not self.mend.zh:
            return self.message
        # A message that asks has its own mark at the end.
        asks = self.message.zh.endswith("？")
        return T(
            f"{self.message.zh}{'' if asks else '；'}{self.mend.zh}",
            f"{self.message.en}{' ' if asks else '; '}{self.mend.en}",
        )


class NotAllowed(DomainError):  # noqa: N818  # named as what is said to the person
    """The person's roles do not cover the act."""


class FactorNeeded(Exception):  # noqa: N818  # named as what is said to the person
    """The act asks for the second factor again: no refusal, so nothing that tells of refusals catches it."""


class NotFound(DomainError):  # noqa: N818  # named as what is said to the person
    """There is no such thing, or none that the person may see."""


class Conflict(DomainError):  # noqa: N818  # named as what is said to the person
    """Someone else changed the thing first; nothing was overwritten."""


class Refused(DomainError):  # noqa: N818  # named as what is said to the person
    """A rule of the procedure stands against the act."""


class TooMany(DomainError):  # noqa: N818  # named as what is said to the person
    """Too much of it was tried: nothing more is looked at before `until`."""

    def __init__(self, message: T, *, until: datetime, field: str = "") -> None:
        self.until = until
        super().__init__(message, field=field)


class NotKept(DomainError):  # noqa: N818  # named as what is said to the person
    """The database or the disk did not take what was to be kept; nothing of it took effect."""


class MalformedError(DomainError):
    """A text is not the identifier that it should be."""


class Invalid(DomainError):  # noqa: N818  # named as what is said to the person
    """Inputs that cannot be read: {input: reason}, every one at once."""

    def __init__(self, errors: Mapping[str, T]) -> None:
        self.errors = dict(errors)
        super().__init__(
            T(
                "；".join(reason.zh for reason in self.errors.values()),
                "; ".join(reason.en for reason in self.errors.values()),
            ),
            field=next(iter(self.errors), ""),
        )
