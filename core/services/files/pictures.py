"""How large a picture may be: told from its header, before anything of it is decoded."""

from __future__ import annotations

from typing import IO

from PIL import Image, ImageSequence

from core.domain.errors import MalformedError
from core.rules.text import T

MOST_PIXELS = 60_000_000
"""Width times height, of one picture; a page of A3 scanned at 600 dots an inch has 35 million."""
MOST_FRAMES = 100
"""Of a TIFF that holds several pages."""
UNREADABLE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What the library raises for what is no picture, or one that would fill the memory."""


def require_few_pixels(picture: Image.Image) -> None:
    """MalformedError where a picture that was opened, and not yet decoded, has more pixels than are taken."""
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _too_large(f"{width}×{height}")


def require_picture(file: IO[bytes]) -> None:
    """MalformedError unless the file is a picture, each page of which is within the bounds."""
    try:
        with Image.open(file) as opened:
            require_few_pixels(opened)
            # Only here is the next page found without decoding the one before.
            pages = ImageSequence.Iterator(opened) if opened.format == "TIFF" else ()
            for number, frame in enumerate(pages, start=1):
                require_few_pixels(frame)
                if number > MOST_FRAMES:
                    raise MalformedError(
                        T(f"图片超过 {MOST_FRAMES} 页", f"the picture has more than {MOST_FRAMES} pages"),
                        mend=T("请拆分后上传", "split it, then upload it"),
                    )
    except Image.DecompressionBombError:
        raise _too_large("") from None
    except UNREADABLE as error:
        if isinstance(error, MalformedError):
            raise
        raise MalformedError(
            T("图片已损坏，无法打开", "the picture is damaged and cannot be opened"),
            mend=T("请重新导出或拍摄后上传", "export it or take it anew, then upload it"),
        ) from None
    finally:
        file.seek(0)


def _too_large(size: str) -> MalformedError:
    limit = MOST_PIXELS // 10_000
    return MalformedError(
        T(
            f"图片尺寸{size and f'（{size}）'}超过 {limit} 万像素，请缩小后上传",
            f"the picture{size and f' ({size})'} has more than {MOST_PIXELS // 1_000_000} million pixels; "
            "make it smaller",
        )
    )
