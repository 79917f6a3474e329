"""A joined PDF shows on each page what it shows in its own file; what is more than pages stays whole."""

import io
from collections.abc import Callable, Sequence

import pypdfium2
import pytest
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Object, Pdf, Stream, String

from core.documents.merge import Part, Placed, merge

SIZE = (200, 200)
PDF = "application/pdf"


def made(build: Callable[[Pdf], object], pages: int = 1) -> bytes:
    with Pdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=SIZE)
        build(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def layered(*, shown: bool) -> bytes:
    """A square on a layer that is switched on or off."""

    def build(pdf: Pdf) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("批注")))
        state = Array() if shown else Array([layer])
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=state, Order=Array([layer])))
        pdf.pages[0].obj.Resources = Dictionary(Properties=Dictionary(L=layer))
        pdf.pages[0].obj.Contents = Stream(pdf, b"0 g /OC /L BDC 20 20 100 100 re f EMC")

    return made(build)


def filled(value: str, *, name: str = "name") -> bytes:
    """A form field with a value and no stored picture of it: the viewer draws it."""

    def build(pdf: Pdf) -> None:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        field = field_on(pdf, FT=Name.Tx, T=String(name), V=String(value), DA=String("/F 24 Tf 0 g"))
        pdf.Root.AcroForm.NeedAppearances = True
        pdf.Root.AcroForm.DR = Dictionary(Font=Dictionary(F=font))
        assert Name.AP not in field

    return made(build)


def field_on(pdf: Pdf, **entries: object) -> Object:
    place = {"/Type": Name.Annot, "/Subtype": Name.Widget, "/Rect": Array([10, 10, 190, 60]), "/F": 4}
    field = pdf.make_indirect(Dictionary({**place, **{f"/{key}": value for key, value in entries.items()}}))
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    return field


def linked(pdf: Pdf) -> None:
    """A link to the second page by a name that other files have, too."""
    to = Dictionary(S=Name.GoTo, D=String("chapter"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 50, 50]), A=to)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])
    names = Array([String("chapter"), Array([pdf.pages[1].obj, Name.Fit])])
    pdf.Root.Names = Dictionary(Dests=Dictionary(Names=names))


def claiming(pdf: Pdf) -> None:
    """A tagged page that says of itself that it is PDF/A and PDF/UA, with a label."""
    with pdf.open_metadata() as meta:
        meta["pdfaid:part"] = "2"
        meta["pdfuaid:part"] = "1"
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot)
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r)]))
    pdf.pages[0].obj.StructParents = 0


def signed(pdf: Pdf) -> None:
    field_on(pdf, FT=Name.Sig, T=String("sig"), V=Dictionary(Type=Name.Sig, Contents=String("00")))
    pdf.Root.AcroForm.SigFlags = 3


def signed_below(pdf: Pdf) -> None:
    """Without the flag, and in a field that has its kind from the one above."""
    below = pdf.make_indirect(Dictionary(T=String("b"), V=Dictionary(Type=Name.Sig)))
    above = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("a"), Kids=Array([below])))
    pdf.Root.AcroForm = Dictionary(Fields=Array([above]))


def certified(pdf: Pdf) -> None:
    pdf.Root.Perms = Dictionary(DocMDP=Dictionary(Type=Name.Sig))


def unsigned(pdf: Pdf) -> None:
    field_on(pdf, FT=Name.Sig, T=String("sig"))


def endless(pdf: Pdf) -> None:
    """A field below itself."""
    field = field_on(pdf, FT=Name.Tx, T=String("f"))
    field.Kids = Array([field])


def attaching(pdf: Pdf) -> None:
    pdf.attachments["明细.csv"] = AttachedFileSpec(pdf, b"1,2", filename="明细.csv")


def dynamic(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=Stream(pdf, b"<xdp/>"))


def part(title: str, content: bytes) -> Part:
    return Part(title, PDF, len(content), lambda: io.BytesIO(content))


def joined(*contents: bytes) -> tuple[list[Placed], bytes]:
    seen: list[Placed] = []

    def front(placed: Sequence[Placed], _length: int) -> bytes:
        seen[:] = placed
        return made(lambda pdf: None)

    with merge(front, [part(f"第{n}件", content) for n, content in enumerate(contents, 1)], "案卷") as stream:
        return seen, stream.read()


def picture(content: bytes, page: int) -> bytes:
    """What a viewer shows of a page."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        pdf.init_forms()
        return bytes(pdf[page].render(scale=1, may_draw_forms=True).to_pil().convert("L").tobytes())
    finally:
        pdf.close()


def ink(shown: bytes) -> int:
    return sum(dot < 128 for dot in shown)


def test_every_page_shows_what_it_shows_in_its_own_file():
    parts = [layered(shown=False), layered(shown=True), filled("HELLO"), filled("OTHER"), made(linked, 2)]
    before = [picture(content, 0) for content in parts]
    _, whole = joined(*parts)
    assert [ink(shown) > 0 for shown in before] == [False, True, True, True, False]
    assert [picture(whole, 1 + place) for place in range(len(parts))] == before


def test_fields_of_one_name_keep_their_values():
    _, whole = joined(filled("HELLO"), filled("OTHER"))
    with Pdf.open(io.BytesIO(whole)) as pdf:
        assert sorted(str(field.V) for field in pdf.Root.AcroForm.Fields) == ["HELLO", "OTHER"]
        assert len({str(field.T) for field in pdf.Root.AcroForm.Fields}) == 2
        assert pdf.Root.AcroForm.NeedAppearances


def test_links_of_one_name_lead_into_their_own_file():
    _, whole = joined(made(linked, 2), made(linked, 2))
    with Pdf.open(io.BytesIO(whole)) as pdf:
        names = pdf.Root.Names.Dests.Names
        aims = {str(names[n]): names[n + 1].D[0].objgen for n in range(0, len(names), 2)}
        for start, end in ((1, 2), (3, 4)):
            assert aims[str(pdf.pages[start].obj.Annots[0].A.D)] == pdf.pages[end].obj.objgen


def test_what_parts_say_of_their_own_file_is_not_said_of_the_whole():
    _, whole = joined(made(claiming))
    with Pdf.open(io.BytesIO(whole)) as pdf:
        for key in (Name.Metadata, Name.MarkInfo, Name.StructTreeRoot, Name.PageLabels):
            assert key not in pdf.Root
        assert Name.StructParents not in pdf.pages[1].obj


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (signed, "signed"),
        (signed_below, "signed"),
        (certified, "signed"),
        (attaching, "attachments"),
        (dynamic, "xfa"),
        (unsigned, ""),
        (endless, ""),
        (linked, ""),
    ],
)
def test_a_file_that_is_more_than_its_pages_stays_whole(build: Callable[[Pdf], object], why: str):
    content = made(build, 2)
    placed, whole = joined(content, made(lambda pdf: None))
    assert placed[0].why_not == why
    assert placed[1].why_not == ""
    attached = {"001-第1件.pdf": content} if why in ("signed", "attachments") else {}
    with Pdf.open(io.BytesIO(whole)) as pdf:
        assert len(pdf.pages) == (2 if why else 4)
        assert {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()} == attached
    assert placed[0].attached == next(iter(attached), "")
