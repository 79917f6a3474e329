"""A process for each command, forked from one that has loaded what commands load.

In all else it is a process of its own: arguments, environment, streams, memory and exit code.
"""

import atexit
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.cli import COMMANDS, main

STREAMS = (("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))


def run(
    arguments: Sequence[str], stdin: str, environment: Mapping[str, str], timeout: float
) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `accredit` with these arguments."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *sorted({module for module, _ in COMMANDS.values()})])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stream, _ in STREAMS:
            (folder / stream).write_text(stdin if stream == "in" else "", encoding="utf-8")
        process = context.Process(target=_command, args=(list(arguments), dict(environment), folder))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"accredit {' '.join(arguments)} took more than {timeout} seconds")
        out, err = ((folder / stream).read_text(encoding="utf-8") for stream in ("out", "err"))
        return process.exitcode, out, err


def _command(arguments: list[str], environment: dict[str, str], folder: Path) -> None:
    for number, (stream, mode) in enumerate(STREAMS):
        os.dup2(os.open(folder / stream, mode), number)
    # As Python opens them at its start.
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["accredit", *arguments]
    try:
        main()
    finally:
        atexit._run_exitfuncs()
