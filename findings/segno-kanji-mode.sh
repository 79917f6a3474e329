#!/usr/bin/env bash
# A QR code of segno that holds a short Chinese name can be read as another text.
#
# One expects: `segno.make(name)` holds the name; its reader shows it, whatever the name is.
# What happens: 北京 and 聊城市 come back. 莘县, 单县, 东营 and 济南 are put into the kanji mode too, though they are not in
# its character set: the bytes of their UTF-8 happen to look like it. Readers then show other characters (闔伜質 ...);
# the same names in the byte mode come back.
# Why it matters: a code on a certificate that holds the name of a body, or of a place, names somebody else for two
# names out of three, and a trial with another name does not show it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check segno==1.6.6 zxing-cpp==3.1.1 pillow==12.3.0

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import segno
import zxingcpp
from PIL import Image

NAMES = ("北京", "聊城市", "莘县", "单县", "东营", "济南")
RECORDED = ["北京", "聊城市", "闔伜質", "蜊募質", "荳懆是", "豬主漉"]


def read(code):
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=8)
    (found,) = zxingcpp.read_barcodes(Image.open(picture))
    return found.text


seen = [read(segno.make(name, micro=False)) for name in NAMES]
by_bytes = [read(segno.make(name, micro=False, mode="byte")) for name in NAMES]

print("segno", version("segno"), "zxing-cpp", version("zxing-cpp"))
print("expected        ", list(NAMES))
print("recorded        ", RECORDED)
print("seen            ", seen)
print("in the byte mode", by_bytes)
sys.exit((seen, by_bytes) != (RECORDED, list(NAMES)))
PYTHON
