"""`python -m core.cli`: the same as `accredit`."""

from core.cli import main

main()
