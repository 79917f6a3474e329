"""The documents of a take-in: files of a folder that are named by the numbers of its statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from core.cli.common import emit
from core.domain.clock import now
from core.domain.errors import Invalid, MalformedError
from core.domain.folding import folded, number_key
from core.rules.text import T
from core.services.base.work import SYSTEM, Work, work
from core.services.files.scanning import VARIABLE, configured
from core.services.files.types import identify
from core.services.files.uploads import LARGEST_FILE, MEGABYTE
from core.services.takein import documents
from core.services.takein.plan import Fate, Plan
from core.storage.files import FileStore

NO_STATUS = T("文件名不是表中任何一项认定的编号", "is not named by the number of a status of the table")
NOT_TAKEN_IN = T("该认定不是导入的，不附原认定材料", "its status was granted here, not taken in")


@dataclass(frozen=True, slots=True)
class Beside:
    """The files of a folder by the number of their status as it is printed, and what is wrong with others."""

    files: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    wrong: Sequence[tuple[Path, T]] = ()


def beside_statuses(w: Work, program: str, found: Plan, folder: Path | None) -> Beside:
    """The files of a folder, each looked at as an upload is; nothing is kept yet."""
    if folder is None:
        return Beside()
    listed = {number_key(row.number): row for row in found.rows}
    kept = documents.by_number(w, program, [row.number for row in found.rows])
    scanner = configured(os.environ.get(VARIABLE, ""))
    files: dict[str, list[Path]] = {}
    wrong: list[tuple[Path, T]] = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        meant = _meant(path.relative_to(folder), listed)
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if len(meant) != 1:
            wrong.append((path, _of_several([listed[key].number for key in meant]) if meant else NO_STATUS))
            continue
        row = listed[meant[0]]
        if row.fate in (Fate.THERE, Fate.DIFFERENT) and number_key(row.number) not in kept:
            wrong.append((path, NOT_TAKEN_IN))
            continue
        try:
            with path.open("rb") as file:
                if scanner is not None:
                    scanner.check(file)
                    file.seek(0)
                identify(path.name, file)
                if file.seek(0, os.SEEK_END) > LARGEST_FILE:
                    limit = LARGEST_FILE // MEGABYTE
                    wrong.append((path, T(f"文件超过 {limit} MB", f"above {limit} MB")))
                    continue
        except MalformedError as error:
            wrong.append((path, error.text))
        except Invalid as error:
            wrong.append((path, error.errors["file"]))
        else:
            files.setdefault(row.number, []).append(path)
    return Beside(files, wrong)


def keep_documents(factory: sessionmaker[Session], program: str, beside: Beside, store: FileStore) -> None:
    """Keep the files beside their statuses, a status at a time; what is there already is not kept twice."""
    with factory() as session, work(session, SYSTEM, now(), "takein.plan") as w:
        statuses = documents.by_number(w, program, beside.files)
    for number, paths in beside.files.items():
        with factory() as session, work(session, SYSTEM, now(), "takein.attach") as w:
            for path in paths:
                with path.open("rb") as file:
                    documents.attach(w, statuses[number_key(number)], path.name, file, store)


def tell_documents(beside: Beside, language: str, *, as_json: bool) -> None:
    """How many files each status has, and what is wrong with others."""
    for path, why in beside.wrong:
        if as_json:
            emit({"document": str(path), "fate": Fate.REFUSED, "said": [why.get(language)]})
        else:
            sys.stdout.write(f"{path}\t{why.get(language)}\n")
    for number, paths in beside.files.items():
        if as_json:
            emit({"number": number, "documents": [path.name for path in paths]})
        else:
            sys.stdout.write(f"{number}\t{', '.join(path.name for path in paths)}\n")


def _meant(path: Path, numbers: Collection[str]) -> list[str]:
    """Which of the numbers, as they are compared, a file can be named by; else the folder that it lies in.

    The number is the whole name, or ends in it before a space or another sign that is neither letter, figure
    nor hyphen: 甲-2 is the number of `甲 2 决定.pdf`, and not that of `甲-22.pdf` or `甲-2-1.pdf`.
    """
    stem = path.stem
    if (whole := number_key(stem)) in numbers:
        return [whole]
    ends = [at for at, sign in enumerate(stem) if not sign.isalnum() and folded(sign) != "-"]
    named = dict.fromkeys(key for at in ends if (key := number_key(stem[:at])) in numbers)
    return list(named) or [key for key in map(number_key, path.parts[:-1][:1]) if key in numbers]


def _of_several(numbers: Sequence[str]) -> T:
    """Why a file cannot be put to a status whose number is the beginning of another one's."""
    listed = "、".join(numbers), ", ".join(numbers)
    return T(
        f"文件名可能是几项认定的编号：{listed[0]}；请只以编号命名",
        f"can be named by several numbers: {listed[1]}; let its name be the number alone",
    )
