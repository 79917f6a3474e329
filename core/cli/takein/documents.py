"""The documents of a take-in: files of a folder that are named by the numbers of its statuses."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from core.cli.common import emit
from core.domain.clock import now
from core.domain.errors import Invalid, MalformedError
from core.domain.folding import number_key
from core.rules.text import T
from core.services.base.work import SYSTEM, Work, work
from core.services.files.scanning import VARIABLE, configured
from core.services.files.types import identify
from core.services.files.uploads import LARGEST_FILE, MEGABYTE
from core.services.takein import documents
from core.services.takein.plan import Fate, Plan
from core.storage.files import FileStore

_END_OF_NUMBER = re.compile(r"[\s_]")
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
        number = next((name for name in _names(path.relative_to(folder)) if name in listed), None)
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if number is None:
            wrong.append((path, NO_STATUS))
            continue
        row = listed[number]
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


def _names(path: Path) -> list[str]:
    """What may be a status's number in the name of a file, or of the folder that it lies in."""
    stem = path.stem
    folders = path.parts[:-1]
    return [number_key(name) for name in (stem, _END_OF_NUMBER.split(stem, maxsplit=1)[0], *folders[:1])]
