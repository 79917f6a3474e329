#!/usr/bin/env bash
# A layer that is switched off in a PDF is seen once pypdf has joined the PDF with another.
#
# One expects: a joined page looks as it looked; pypdf copies its content, its resources and its fonts.
# What happens: the layer's content comes along, and the list that says it is off (/OCProperties of the catalogue)
# stays behind: a viewer shows what nobody saw before. pikepdf's `pages.extend` does the same; its newer
# `add_pages_from` takes the list along.
# Why it matters: drawings and scans that were edited carry layers with notes, older versions, covered numbers. In the
# dossier that reviewers and the party read these stand on the page, and nothing says that they were hidden.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypdf==7.1.1 pikepdf==10.18.0 pypdfium2==5.15.2 pillow==13.0.0

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import pikepdf
import pypdf
import pypdfium2
from pikepdf import Array, Dictionary, Name


def with_hidden_layer():
    pdf = pikepdf.new()
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="notes"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    page = pdf.add_blank_page(page_size=(100, 100))
    page.Resources = Dictionary(Properties=Dictionary(L=layer))
    page.Contents = pdf.make_stream(b"/OC /L BDC 0 0 0 rg 20 20 60 60 re f EMC")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def joined_by_pypdf(source):
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.append(io.BytesIO(source))
    writer.write(out)
    return out.getvalue()


def joined_by_pikepdf(source, add):
    target, out = pikepdf.new(), io.BytesIO()
    with pikepdf.open(io.BytesIO(source)) as opened:
        add(target, opened)
        target.save(out)
    return out.getvalue()


def ink(content):
    """The share of the page that is black, in percent."""
    grey = pypdfium2.PdfDocument(content)[0].render().to_pil().convert("L")
    return round(100 * grey.histogram()[0] / (grey.width * grey.height))


source = with_hidden_layer()
seen = {
    "the file": ink(source),
    "joined by pypdf": ink(joined_by_pypdf(source)),
    "by pages.extend": ink(joined_by_pikepdf(source, lambda to, other: to.pages.extend(other.pages))),
    "by add_pages_from": ink(joined_by_pikepdf(source, lambda to, other: to.add_pages_from(other))),
}
RECORDED = {"the file": 0, "joined by pypdf": 36, "by pages.extend": 36, "by add_pages_from": 0}

print("pypdf", version("pypdf"), "pikepdf", version("pikepdf"))
print("expected: no ink in any")
print("recorded:", RECORDED)
print("seen:    ", seen)
sys.exit(seen != RECORDED)
PYTHON
