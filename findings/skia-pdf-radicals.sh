#!/usr/bin/env bash
# A PDF that Skia writes (the printing of Chromium) gives other characters back than the ones that were drawn.
#
# One expects: text copied out of the PDF is the text that was put in, or differs from it by what NFKC makes equal.
# What happens: of 长 风 文 心 青 马 山 龙 门 黄 every one comes back as a radical (⻓ ⻛ ⽂ ...), which looks the same: the
# font draws both by one glyph, and the writer notes the lower code. NFKC mends the Kangxi block (⽂ ⼼ ⼭) and leaves
# the Radicals Supplement (⻓ ⻛ ⻘ ⻢ ⻰ ⻔ ⻩), for which Unicode has EquivalentUnifiedIdeograph instead.
# Why it matters: applicants copy names out of printed licences and notices. The same body then has two names that no
# eye tells apart: it is not found, counted twice, or accredited twice.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check skia-python==144.1 pypdf==7.1.1
(cd "$folder" && npm pack --silent @expo-google-fonts/noto-sans-sc@0.4.3 >/dev/null)
tar -xzf "$folder"/*.tgz -C "$folder" package/400Regular/NotoSansSC_400Regular.ttf

"$folder/venv/bin/python" - "$folder/package/400Regular/NotoSansSC_400Regular.ttf" <<'PYTHON'
import io
import sys
import unicodedata
from importlib.metadata import version

import pypdf
import skia

DRAWN = "长风文化中心 青马山龙门黄河"
RECORDED = "⻓⻛⽂化中⼼ ⻘⻢⼭⻰⻔⻩河"
AFTER_NFKC = "⻓⻛文化中心 ⻘⻢山⻰⻔⻩河"

stream = skia.DynamicMemoryWStream()
with skia.PDF.MakeDocument(stream) as document, document.page(595, 842) as canvas:
    font = skia.Font(skia.Typeface.MakeFromFile(sys.argv[1]), 24)
    canvas.drawString(DRAWN, 50, 100, font, skia.Paint())
read = pypdf.PdfReader(io.BytesIO(bytes(stream.detachAsData()))).pages[0].extract_text()
normal = unicodedata.normalize("NFKC", read)

print("skia-python", version("skia-python"), "pypdf", version("pypdf"))
print("expected:", DRAWN)
print("recorded:", RECORDED, "after NFKC:", AFTER_NFKC)
print("seen:    ", read, "after NFKC:", normal)
sys.exit((read, normal) != (RECORDED, AFTER_NFKC))
PYTHON
