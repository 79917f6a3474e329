"""Documents to look at, and ways to look."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pypdfium2 as pdfium
from PIL import Image
from pypdf import PdfReader

from core.documents.blocks import (
    Cell,
    Certificate,
    Facts,
    Form,
    Heading,
    Letter,
    Note,
    Paragraph,
    Signatures,
    Table,
)

DAY = date(2024, 3, 1)
URL = "https://register.example.cn/verify/LC-Z-2024-0001"

CERTIFICATE = Certificate(
    title="认定证书 LC-Z-2024-0001",
    heading="认定证书",
    number="LC-Z-2024-0001",
    lead="兹认定",
    name="聊城市龙山服务有限公司",
    below="统一社会信用代码 91371500MA3C000000",
    joint="为",
    status="聊城市中小企业公共服务示范平台（综合类平台）",
    rows=(("有效期", "2024年3月1日至2027年3月1日"),),
    signed_by="聊城市民营经济发展局",
    date="2024年3月1日",
    verify_url=URL,
    scan="扫码核验",
)
BLOCKS = (
    Heading("一、基本情况"),
    Facts((("名称", "聊城市龙山服务有限公司"), ("注册资本", "200 万元"))),
    Paragraph("第一段。\n第二段。"),
    Table(
        ("条款", "条件", "对照"),
        tuple((f"8({number})", "年服务中小企业 80 家以上", Cell("满足", "good")) for number in range(60)),
        (0, 1, 0),
        centred=(0, 2),
        note="注：共 60 条",
    ),
    Signatures(("申报单位（盖章）", "法定代表人（签字）"), "承诺所填属实。"),
    Note("附注"),
)
FORM = Form(
    title="申请书", above="示范平台", subtitle="综合类", number="申请编号：7", date="提交", blocks=BLOCKS
)
LETTER = Letter(
    title="关于不予认定的决定书",
    signed_by="聊城市民营经济发展局",
    date="2024年3月1日",
    addressee="聊城市龙山服务有限公司",
    number="申请编号：7",
    blocks=(Paragraph("你单位的申请不予认定。"),),
    annex=(Heading("附：逐条审查情况"), BLOCKS[3]),
)


def certificate(**changes: Any) -> Certificate:
    return replace(CERTIFICATE, **changes)


def text_of(content: bytes) -> str:
    document = pdfium.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def pages_of(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def picture(content: bytes, page: int = 0, scale: float = 2) -> Image.Image:
    image: Image.Image = pdfium.PdfDocument(content)[page].render(scale=scale).to_pil()
    return image


def fonts_of(content: bytes) -> dict[str, bool]:
    """The fonts of a PDF, and whether each is within it."""
    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for reference in page["/Resources"].get_object().get("/Font", {}).values():
            inner = reference.get_object()["/DescendantFonts"][0].get_object()
            described = inner["/FontDescriptor"].get_object()
            embedded = any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))
            found[str(inner["/BaseFont"]).partition("+")[2]] = embedded
    return found
