"""The command `accredit`: everything that an operator or the author of a programme does."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any

import click

COMMANDS = {
    "evaluate": ("core.cli.judging", "evaluate"),
    "match": ("core.cli.judging", "match"),
    "replay": ("core.cli.replaying", "replay"),
    "coverage": ("core.cli.covering", "coverage"),
    "programs": ("core.cli.covering", "programs"),
    "docs": ("core.cli.documents", "docs"),
    "takein": ("core.cli.takein.commands", "takein"),
    "check": ("core.cli.checking", "check"),
    "verify": ("core.cli.checking", "verify"),
    "trail": ("core.cli.trail.commands", "trail"),
    "access": ("core.cli.access", "access"),
    "files": ("core.cli.files.commands", "files"),
    "backup": ("core.cli.backup.taking", "backup_command"),
    "restore": ("core.cli.backup.restoring", "restore_command"),
    "db": ("core.cli.database", "db"),
    "user": ("core.cli.users", "user"),
    "holidays": ("core.cli.holidays", "holidays"),
    "serve": ("core.cli.serving.commands", "serve"),
    "worker": ("core.cli.serving.worker", "worker"),
    "ready": ("core.cli.serving.ready", "ready"),
    "demo": ("core.cli.demo", "demo"),
}
"""Where each command stands: imported when it is called, so that judging a profile loads no web framework."""


def loaded(module: str, name: str) -> Any:
    """Something of a module that is imported only now.

    What is imported stays: to look through it for garbage again and again takes a third of the time.
    """
    if module not in sys.modules:
        gc.disable()
        try:
            importlib.import_module(module)
        finally:
            gc.freeze()
            gc.enable()
    return getattr(sys.modules[module], name)


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = loaded(*COMMANDS[cmd_name])
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="accredit")
def main() -> None:
    """The register of bodies and experts accredited to serve small and medium enterprises."""
