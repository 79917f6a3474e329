"""What a programme's authority is called from a day on: letters of before keep the name of their day."""

from __future__ import annotations

from datetime import date

from core.domain.acts import Act
from core.rules.text import EMPTY, T
from core.services.base.access import require
from core.services.base.printable import why_unprintable
from core.services.base.words import home, unkept, unwritten
from core.services.base.work import AUTHORITY_NAMES, Work
from core.services.settings.values import Setting, changes_of, current, keep
from core.storage.models.operations import SettingKind

LONGEST_NAME = 200
TITLES: dict[str, T] = {
    "authority_zh": T("认定机关名称（中文）", "Name of the authority in Chinese"),
    "authority_en": T("认定机关名称（英文）", "Name of the authority in English"),
}


def listed(w: Work, program: str) -> list[Setting]:
    """The names of a programme's authority, with those that were set, and from when."""
    require(w, Act.SETTING_VIEW, program, home(w, program))
    made = changes_of(w, program)
    own = w.program(program).program.authority
    found = []
    for name, given in zip(AUTHORITY_NAMES, (own.zh, own.en), strict=True):
        changes = made.get((SettingKind.OPERATION, "", name), ())
        now = current(changes, given, w.today) or given
        operation, title = SettingKind.OPERATION, TITLES[name]
        found.append(Setting(operation, "", name, "", title, given, now, (), EMPTY, changes, of_text=False))
    return found


def set_name(w: Work, program: str, name: str, value: str, effective_on: date, reason: str) -> int:
    """Name the authority in one language from a day on; empty for the name that the programme brings."""
    require(w, Act.SETTING_EDIT, program, home(w, program))
    w.program(program)
    errors = unwritten(reason, "reason") | unkept(value, "value", longest=LONGEST_NAME)
    lacking = why_unprintable(TITLES[name], value.strip())
    if lacking is not None:
        errors["value"] = lacking
    if effective_on < w.today:
        errors["effective_on"] = T(
            "已出具的文书不会改变：请自今天或以后生效",
            "what was issued stays as it is: let it take effect from today on",
        )
    return keep(w, errors, SettingKind.OPERATION, program, "", name, value, effective_on, reason)
