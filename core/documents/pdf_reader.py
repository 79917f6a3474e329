"""Reads an uploaded PDF, as a process of its own: what makes the library fail or loop ends here alone.

Run by `core.documents.pages`, with nothing of this package: `pdf_reader.py count`, `page NUMBER` or `words`,
the file on standard input, the answer on standard output.
"""

from __future__ import annotations

import io
import resource
import sys

import pypdfium2

MOST_PIXELS = 4_000_000
"""Of the picture of a page; A4 at 150 dots an inch has 2.2 million."""
DOTS_A_POINT = 150 / 72
MOST_MEMORY = 1 << 30
MOST_SECONDS = 10
MOST_PAGES_READ = 500
"""Whose words are read."""
QUALITY = 85
UNREADABLE = 3
"""The exit code for what cannot be opened: broken, or under a password."""


def picture(pdf: pypdfium2.PdfDocument, number: int) -> bytes:
    """A page, counted from 1, as a JPEG without anything active."""
    page = pdf[number - 1]
    width, height = page.get_size()
    fitting = (MOST_PIXELS / max(width * height, 1)) ** 0.5
    drawn = page.render(scale=min(DOTS_A_POINT, fitting), may_draw_forms=False)
    out = io.BytesIO()
    drawn.to_pil().convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def words(pdf: pypdfium2.PdfDocument) -> bytes:
    """The text of all pages."""
    pages = range(min(len(pdf), MOST_PAGES_READ))
    return "\n".join(pdf[number].get_textpage().get_text_bounded() for number in pages).encode()


def main(arguments: list[str]) -> int:
    """Answer one question on the file at standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        pdf = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError:
        return UNREADABLE
    if arguments[0] == "page":
        answer = picture(pdf, int(arguments[1]))
    elif arguments[0] == "words":
        answer = words(pdf)
    else:
        answer = str(len(pdf)).encode()
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
