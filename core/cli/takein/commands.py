"""`accredit takein`: statuses granted before this register, taken in from tables."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from core.cli.common import emit, language_option, loaded
from core.cli.register import explained, instance_option, opened
from core.cli.takein.documents import beside_statuses, keep_documents, tell_documents
from core.domain.clock import now
from core.services.base.work import SYSTEM, work
from core.services.files.sheet_limits import MOST_BYTES
from core.services.previews.trial import Effects
from core.services.takein import columns
from core.services.takein.entering import enter, look_at
from core.services.takein.plan import Fate, Plan, plan
from core.services.takein.reading import Source
from core.storage.engine import session_factory
from core.storage.files import FileStore, TooLargeError
from core.storage.processes.clocks import Clocks

AT_ONCE = 200
"""Statuses that are entered in one transaction."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("program")
@click.argument("file", type=FILE, required=False)
@click.option("--sheet", default="", help="The sheet of the table, where several could be meant.")
@click.option("--years", type=FILE, help="The second table: what their services of days before come to.")
@click.option("--years-sheet", default="", help="The sheet of the second table.")
@click.option(
    "--documents",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with the documents of each status, named by its number: files, or folders of files.",
)
@click.option(
    "--dry-run", is_flag=True, help="Tell every row's fate and what its duties come to; take nothing in."
)
@click.option(
    "--template", type=click.Path(file_okay=False, path_type=Path), help="Write both tables, empty."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
@language_option
@instance_option
def takein(
    program: str,
    file: Path | None,
    sheet: str,
    years: Path | None,
    years_sheet: str,
    folder: Path | None,
    template: Path | None,
    language: str,
    instance: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in the statuses that a programme granted before this register, from a table.

    With one refused row nothing is taken in. What is there already is left as it is, so a run that was
    stopped is finished by the same command again.
    """
    if program not in loaded().programs:
        raise click.UsageError(f"no programme {program}; there are {', '.join(loaded().programs)}")
    if template is not None:
        _write_templates(program, template)
        return
    if file is None:
        raise click.UsageError("name the table, or --template FOLDER for an empty one")
    with opened(instance) as engine, explained(language):
        factory, store = session_factory(engine), None if dry_run else FileStore.of(instance)
        source = _source(store, file, sheet)
        beside = _source(store, years, years_sheet) if years is not None else None
        try:
            with factory() as session, work(session, SYSTEM, now(), "takein.plan") as w:
                found = plan(w, program, source, beside)
                chunks = [found.new[at : at + AT_ONCE] for at in range(0, len(found.new), AT_ONCE)]
                tried = dry_run and not found.refused
                looks = [look_at(w, program, chunk, source, beside) for chunk in chunks] if tried else []
                beside_them = beside_statuses(w, program, found, folder)
            refused = found.refused or bool(beside_them.wrong)
            if not (dry_run or refused):
                with factory() as session:
                    Clocks().hold(session)
                for chunk in chunks:
                    with factory() as session, work(session, SYSTEM, now(), "takein") as w:
                        enter(w, program, chunk, source, beside)
                keep_documents(factory, program, beside_them, FileStore.of(instance))
        finally:
            for each in (source, beside):
                if each is not None:
                    each.file.close()
    for look in looks:
        _tell_effects(look, language, as_json=as_json)
    tell_documents(beside_them, language, as_json=as_json)
    _tell(found, language, as_json=as_json, done=not (dry_run or refused))
    raise SystemExit(1 if refused else 0)


def _write_templates(program: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, years in ((columns.NAME, False), (columns.YEARS_NAME, True)):
        path = folder / f"{name.zh}.xlsx"
        path.write_bytes(columns.template(loaded()[program], years=years))
        sys.stdout.write(f"{path}\n")


def _source(store: FileStore | None, path: Path, sheet: str) -> Source:
    """A table, kept in a store of documents if given: what was taken in can be held against it."""
    if store is None:
        return Source(path.name, path.open("rb"), sheet=sheet)
    try:
        with path.open("rb") as stream:
            kept = store.put(stream, at_most=MOST_BYTES)
    except TooLargeError as error:
        raise click.ClickException(f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB") from error
    return Source(path.name, store.open(kept.sha256), kept.sha256, sheet)


def _tell_effects(look: Effects, language: str, *, as_json: bool) -> None:
    """What the statuses come to with their duties, and what happens on their first day here."""
    for duty in look.duties:
        title, after = duty.title.get(language), duty.after.get(language)
        if as_json:
            emit({"numbers": list(duty.numbers), "duty": title, "text": after, "met": duty.met})
        else:
            more = f" +{len(duty.numbers) - 1}" if len(duty.numbers) > 1 else ""
            sys.stdout.write(f"{duty.numbers[0]}{more}\t{title}\t{after}\n")
    for item in look.consequences:
        what, title = item.what.get(language), item.title.get(language)
        if as_json:
            emit({"numbers": [item.number], "happens": what, "title": title})
        else:
            sys.stdout.write(f"{item.number}\t{what}\t{title}\n")


def _tell(found: Plan, language: str, *, as_json: bool, done: bool) -> None:
    for remark in found.remarks:
        if as_json:
            emit({"remark": remark.get(language)})
        else:
            sys.stdout.write(f"{remark.get(language)}\n")
    for row in found.rows:
        said = [text.get(language) for text in row.said]
        if as_json:
            emit({"row": row.row, "number": row.number, "name": row.name, "fate": row.fate, "said": said})
        elif row.fate is not Fate.THERE or said:
            why = f": {'; '.join(said)}" if said else ""
            sys.stdout.write(f"{row.row}\t{row.number}\t{row.name}\t{row.fate.label.get(language)}{why}\n")
    for text in found.beside:
        if as_json:
            emit({"row": None, "fate": Fate.REFUSED, "said": [text.get(language)]})
        else:
            sys.stdout.write(f"{text.get(language)}\n")
    if not as_json:
        counts = ", ".join(f"{fate.label.get(language)} {number}" for fate, number in found.counts.items())
        taken = found.counts[Fate.NEW] if done else 0
        sys.stdout.write(f"{counts}\n{'已导入' if language == 'zh' else 'taken in'} {taken}\n")
