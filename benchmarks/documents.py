"""Documents: a certificate as PDF, beside one line of text by the same typesetter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import typst

from benchmarks.common import Figures, machine, median_ms, options, report
from core.documents.blocks import Certificate
from core.documents.glyphs import FONTS
from core.documents.pdf import certificate_pdf

DAY = date(2024, 3, 1)
TIMES, SMALL_TIMES = 50, 3
FONT = "DocumentText"
CERTIFICATE = Certificate(
    title="认定证书 LC-Z-2024-0001",
    heading="认定证书",
    number="LC-Z-2024-0001",
    lead="兹认定",
    name="聊城市龙山服务有限公司",
    below="",
    joint="为",
    status="聊城市中小企业公共服务示范平台（综合类平台）",
    rows=(("有效期", "2024年3月1日至2027年3月1日"),),
    signed_by="聊城市民营经济发展局",
    date="2024年3月1日",
    verify_url="https://register.example.cn/verify/LC-Z-2024-0001",
    scan="扫码核验",
)


def one_line(numbers: Iterator[int]) -> Callable[[], Any]:
    """What makes a page with one line, its compiler and fonts kept as ours are."""
    compiler = typst.Compiler(font_paths=[str(FONTS)], ignore_system_fonts=True)
    return lambda: compiler.compile(
        input=f'#set text(font: "{FONT}")\n第{next(numbers)}号'.encode(), format="pdf"
    )


def main(arguments: list[str]) -> Figures:
    """Run the benchmark and print its figures."""
    given = options(__doc__).parse_args(arguments)
    times = SMALL_TIMES if given.small else TIMES
    # Each has its own number: what was set before is remembered by the typesetter.
    numbers = count(1)

    def certificate() -> bytes:
        made = replace(CERTIFICATE, number=f"LC-Z-2024-{next(numbers):04d}")
        return certificate_pdf(made, language="zh", on=DAY)

    own, bare = median_ms(certificate, times), median_ms(one_line(numbers), times)
    figures: Figures = {"machine": machine(), "certificate_ms": own, "line_ms": bare, "ratio": own / bare}
    lines = [("certificate", f"{own:.1f} ms"), ("one line", f"{bare:.1f} ms"), ("ratio", f"{own / bare:.1f}")]
    report(figures, given, lines)
    return figures


if __name__ == "__main__":
    main([])
