"""How often functions are called, by their code: under whatever name a module imported them."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, FunctionType

from core.domain.profile import parse_facts
from core.services.applications.checklist import rows_of
from core.services.applications.statements import entries_of
from core.services.applications.verdicts import judged
from core.services.base.work import Work


@contextmanager
def counted(*functions: Callable[..., object]) -> Iterator[Counter[str]]:
    """Counts the calls of the functions in this thread, by name, while the block runs."""
    names = {item.__code__: item.__name__ for item in functions if isinstance(item, FunctionType)}
    found: Counter[str] = Counter()

    def look(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in names:
            found[names[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(before)


OF_A_CASE = (parse_facts, Work.rules, judged, rows_of, entries_of)
"""What reads facts, rules, verdict, checklist and statements: of a case each is needed once."""


@contextmanager
def at_most(**bounds: int) -> Iterator[None]:
    """Fails where something of a case is read oftener than so often; what is not named, not at all."""
    with counted(*OF_A_CASE) as found:
        yield
    assert found <= Counter(bounds), f"{dict(found)} beyond {bounds}"
