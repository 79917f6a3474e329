"""`accredit docs`: pages of the documentation that are written from the rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from core.cli.common import loaded
from core.cli.programpage import index_page, program_page


@click.group()
def docs() -> None:
    """Write the parts of the documentation that follow from the rules."""


@docs.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("docs/programs"),
    show_default=True,
    help="Folder of the pages.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a page is not up to date.")
def programs(out: Path, *, check: bool) -> None:
    """A page for each programme: conditions, materials, stages, duties, exits, readings, parameters."""
    known = loaded().programs
    pages = {f"{name}.md": program_page(found) for name, found in known.items()}
    pages["README.md"] = index_page(known.values())
    if check:
        old = [name for name, text in pages.items() if not _same(out / name, text)]
        for name in old:
            sys.stdout.write(f"{out / name} is not up to date; run accredit docs programs\n")
        raise SystemExit(1 if old else 0)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (out / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{out / name}\n")


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
