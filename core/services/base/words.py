"""Texts that people give, checked as they are to be kept; and the words for what is not there."""

from __future__ import annotations

from core.domain.errors import Invalid, NotFound
from core.domain.folding import repaired_lines
from core.domain.reading import UNPRINTABLE
from core.rules.phrases import FILL_IN, at_most_characters
from core.rules.text import T
from core.services.base.work import Work

NOTHING_THERE = T("没有这条记录，或您无权查看", "There is no such record, or you may not see it")
LONGEST_REASON = 2000


def written(text: str, field: str = "reason", *, longest: int = LONGEST_REASON) -> str:
    """The text as it is to be kept; Invalid for an empty or an overlong one."""
    errors = unwritten(text, field, longest=longest)
    if errors:
        raise Invalid(errors)
    return repaired_lines(text)


def unwritten(text: object, field: str, *, longest: int = LONGEST_REASON) -> dict[str, T]:
    """What is wrong with a text that must be given, by its field."""
    if not isinstance(text, str) or not repaired_lines(text):
        return {field: FILL_IN}
    return unkept(text, field, longest=longest)


def unkept(text: str, field: str, *, longest: int = LONGEST_REASON) -> dict[str, T]:
    """What is wrong with a text that may be left out, by its field."""
    if len(text.strip()) > longest:
        return {field: at_most_characters(longest)}
    if UNPRINTABLE.search(text):
        return {
            field: T("含有不可打印的字符，请重新输入", "has characters that cannot be printed; type it anew")
        }
    return {}


def home(w: Work, program: str) -> str | None:
    """The division that a thing of the whole programme lies in: its territory; None for the whole country."""
    if program not in w.catalogue.programs:
        raise NotFound(T(f"没有项目 {program}", f"There is no programme {program}"))
    return w.program(program).program.region or None
