"""`python -m benchmarks [NAME ...] [--small] [--json]`: the benchmarks that are named, or all of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import check, documents, lists, pages, slow, trail, verdicts

BENCHMARKS: dict[str, Callable[[list[str]], object]] = {
    "check": check.main,
    "verdicts": verdicts.main,
    "lists": lists.main,
    "pages": pages.main,
    "documents": documents.main,
    "slow": slow.main,
    "trail": trail.main,
}


def main() -> None:
    """Run the benchmarks that are named; the other arguments go to each of them."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME")
    given, others = parser.parse_known_args()
    for name in given.names or BENCHMARKS:
        if "--json" not in others:
            print(f"\n{name}", flush=True)
        BENCHMARKS[name](others)


if __name__ == "__main__":
    main()
