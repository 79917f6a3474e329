"""`python -m benchmarks [NAME ...] [--small] [--json]`: the benchmarks that are named, or all of them."""

from __future__ import annotations

import argparse

from core.cli import loaded

BENCHMARKS = ("check", "verdicts", "lists", "pages", "documents", "slow", "trail")


def main() -> None:
    """Run the benchmarks that are named; the other arguments go to each of them."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME")
    given, others = parser.parse_known_args()
    for name in given.names or BENCHMARKS:
        if "--json" not in others:
            print(f"\n{name}", flush=True)
        loaded(f"benchmarks.{name}", "main")(others)


if __name__ == "__main__":
    main()
