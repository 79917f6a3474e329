"""How many examples a property is tried on: some in the gate, many times as many with `make assurance`."""

import os

TIMES = int(os.environ.get("ACCREDIT_EXAMPLES", "1"))


def examples(number: int) -> int:
    """The gate's number of examples, or its multiple."""
    return number * TIMES
