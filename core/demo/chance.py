"""The dice of the story: the same seed throws the same numbers, whatever was thrown before."""

from __future__ import annotations

from random import Random

SEED = "accredit"


def chance(*about: object) -> Random:
    """Numbers for one matter of the story, named by what it is about."""
    return Random("/".join([SEED, *map(str, about)]))  # noqa: S311  # a made-up story, not a secret
