"""Small pictures of every kind, and headers that claim to be large ones."""

import io
import struct
import zlib

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (2, 3), pages: int = 1) -> bytes:
    """A picture that opens: `kind` as Pillow calls it."""
    out = io.BytesIO()
    made = [Image.new("1" if kind == "TIFF" else "L", size, 1) for _ in range(pages)]
    more = {"save_all": True, "append_images": made[1:], "compression": "group4"} if kind == "TIFF" else {}
    made[0].save(out, kind, **more)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size, with nothing behind it to decode."""
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (b"IHDR" + header, b"IDAT")
    packed = (struct.pack("!I", len(it) - 4) + it + struct.pack("!I", zlib.crc32(it)) for it in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
