#!/usr/bin/env bash
# python-stdnum refuses unified social credit codes whose registering authority is a letter.
#
# One expects: GB 32100-2015 lets the first character be a letter (A military, N agriculture, Y other), so a code
# with a right check character is valid whichever authority registered the body.
# What happens: `stdnum.cn.uscc` wants eight digits at the start and calls every such code malformed.
# Why it matters: rural collective economic organisations have codes that begin with N; a register that asks this
# library turns them away at the first field of the form, and they look for a typing slip that is not there.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2

"$folder/venv/bin/python" - <<'PYTHON'
import sys

import stdnum
from stdnum.cn import uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z


def code(authority_and_kind: str) -> str:
    """A made-up code with the check character of the standard, in division 420100."""
    start = authority_and_kind + "420100" + "MA0000000"
    total = sum(ALPHABET.index(character) * 3**place for place, character in enumerate(start))
    return start + ALPHABET[-total % 31]


def answer(number: str) -> str:
    try:
        uscc.validate(number)
    except Exception as error:
        return type(error).__name__
    return "valid"


EXPECTED = {"91": "valid", "52": "valid", "N2": "valid", "A1": "valid", "Y1": "valid"}
RECORDED = {"91": "valid", "52": "valid", "N2": "InvalidFormat", "A1": "InvalidFormat", "Y1": "InvalidFormat"}
seen = {kind: answer(code(kind)) for kind in EXPECTED}
print("python-stdnum", stdnum.__version__)
print("expected", EXPECTED)
print("recorded", RECORDED)
print("seen    ", seen)
sys.exit(seen != RECORDED)
PYTHON
