"""`accredit coverage` and `accredit programs`: what of each text is encoded; which programmes are loaded."""

from __future__ import annotations

import sys

import click

from core.cli.common import Unreadable, emit, language_option, loaded, refuse
from core.hooks.coverage import coverage_rows


@click.command()
@click.argument("program", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@language_option
def coverage(program: str | None, *, as_json: bool, language: str) -> None:
    """Go through a text article by article: encoded (by which rules), interpreted, or informational (why)."""
    known = loaded()
    try:
        chosen = list(known.programs.values()) if program is None else [known[program]]
    except KeyError as error:
        refuse(Unreadable(str(error.args[0])))
    for found in chosen:
        for row in coverage_rows(found):
            line = {
                "program": found.program.id,
                "article": row.article,
                "title": row.title.get(language),
                "coverage": row.coverage.value,
                "encoded_by": list(row.encoded_by),
                "interpretations": list(row.interpretations),
                "stated": list(row.stated),
                "why": row.why.get(language),
            }
            if as_json:
                emit(line)
            else:
                by = "; ".join([*row.encoded_by, *row.interpretations, *row.stated]) or row.why.get(language)
                sys.stdout.write(f"{found.program.id:15} {row.article:10} {row.coverage.value:14} {by}\n")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@language_option
def programs(*, as_json: bool, language: str) -> None:
    """List the loaded programmes and tracks; problems of plugins go to standard error."""
    for found in loaded().programs.values():
        for track in found.program.tracks:
            line = {
                "program": found.program.id,
                "track": track.id,
                "title": f"{found.program.title.get(language)} / {track.title.get(language)}",
                "party": track.party.value,
                "editions": [edition.id for edition in found.program.editions],
                "source": found.source,
            }
            if as_json:
                emit(line)
            else:
                sys.stdout.write(f"{found.program.id:15} {track.id:15} {line['title']}\n")
