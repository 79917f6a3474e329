#!/usr/bin/env bash
# typst (the Python package) sets a character that no font has as an empty box, and says nothing about it.
#
# One expects: an error, or at least a warning, when a document asks for a character that cannot be drawn.
# What happens: `compile_with_warnings` gives a PDF and no warning; the character's box is empty, and the text that
# can be copied out of the PDF has NUL in its place.
# Why it matters: names of people and places have characters from the later blocks of Unicode, which most fonts
# lack. A certificate with a hole in the holder's name is printed, sealed and posted before anybody notices.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check typst==0.15.0 pypdf==7.1.0

"$folder/venv/bin/python" - "$folder/certificate.typ" <<'PYTHON'
import io
import sys
from importlib.metadata import version
from pathlib import Path

import typst
from pypdf import PdfReader

source = Path(sys.argv[1])
# Only the fonts that typst brings along: none has Chinese characters.
source.write_text('#set text(font: "Libertinus Serif")\nHolder: 王龘', encoding="utf-8")
made, warnings = typst.Compiler(str(source), ignore_system_fonts=True).compile_with_warnings(format="pdf")
text = PdfReader(io.BytesIO(made)).pages[0].extract_text().rstrip("\n")

print("typst", version("typst"))
print("expected: an error, or a warning that names 王 and 龘")
print("recorded", ([], "Holder: \x00\x00"))
print("seen    ", (warnings, text))
sys.exit((warnings, text) != ([], "Holder: \x00\x00"))
PYTHON
