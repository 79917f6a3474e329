"""`accredit docs`: pages of the documentation that are written from the rules."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from core.cli.common import loaded
from core.cli.pages.entry import entry_page
from core.cli.pages.programs import index_page, program_page


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
    _put({out / name: text for name, text in pages.items()}, "programs", check=check)


@docs.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("docs/data-entry.md"),
    show_default=True,
    help="The page.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the page is not up to date.")
def entry(out: Path, *, check: bool) -> None:
    """What is taken and what is refused wherever people type, paste or send tables."""
    _put({out: entry_page()}, "entry", check=check)


def _put(pages: Mapping[Path, str], command: str, *, check: bool) -> None:
    """Write the pages, or tell which of them are not what they should be."""
    if check:
        old = [path for path, text in pages.items() if not _same(path, text)]
        for path in old:
            sys.stdout.write(f"{path} is not up to date; run accredit docs {command}\n")
        raise SystemExit(1 if old else 0)
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
