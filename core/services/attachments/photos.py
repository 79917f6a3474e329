"""Photos of a service: made anew before they are kept, so that nothing but the picture is in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from uuid import UUID

from PIL import Image, ImageOps
from sqlalchemy import select

from core.domain.errors import Invalid, MalformedError
from core.rules.text import T
from core.services.attachments import party_files
from core.services.base.work import Work
from core.services.files.pictures import UNREADABLE, require_few_pixels
from core.services.files.types import clean_name
from core.storage.files import FileStore
from core.storage.models import Attachment
from core.storage.models.holdings import AttachmentPurpose

MOST_PHOTOS = 9
LONGEST_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)

Photo = tuple[str, bytes]
"""The name of a file and its bytes, as they came."""


def add_photos(w: Work, entry_id: UUID, photos: Sequence[Photo], store: FileStore) -> int:
    """Keep photos of an entry of the diary, each once; returns how many are new. Invalid names `photos`."""
    query = select(Attachment.sha256).where(
        Attachment.purpose == AttachmentPurpose.PHOTO,
        Attachment.entry_id == entry_id,
        Attachment.removed_at.is_(None),
    )
    known = set(w.session.scalars(query))
    added = 0
    for name, data in photos:
        try:
            picture = reencoded(data)
        except MalformedError as error:
            shown = clean_name(name)
            raise Invalid(
                {"photos": T(f"“{shown}”：{error.text.zh}", f"{shown}: {error.text.en}")}
            ) from error
        stored = store.put(picture, at_most=len(picture))
        if stored.sha256 in known:
            continue
        if len(known) >= MOST_PHOTOS:
            raise Invalid({"photos": T(f"至多 {MOST_PHOTOS} 张照片", f"at most {MOST_PHOTOS} photos")})
        known.add(stored.sha256)
        stem = clean_name(name).rpartition(".")[0] or "photo"
        party_files.put(w, AttachmentPurpose.PHOTO, entry_id, f"{stem}.jpg", picture, store)
        added += 1
    return added


def reencoded(data: bytes) -> bytes:
    """The picture as a JPEG of moderate size, upright; place, camera and time of the shot are not in it."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            require_few_pixels(opened)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened)
            flat = upright.convert("RGBA") if upright.mode in ("P", "LA", "PA") else upright
            if flat.mode == "RGBA":
                paper = Image.new("RGB", flat.size, WHITE)
                paper.paste(flat, mask=flat.getchannel("A"))
                flat = paper
            picture = flat.convert("RGB")
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            # A picture of its own: what the library keeps beside the pixels of the old one stays behind.
            clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    except UNREADABLE as error:
        if isinstance(error, MalformedError):
            raise
        raise MalformedError(
            T("不是可用的照片", "this is no photo that can be read"),
            mend=T("请上传 jpg、png 或 webp 图片", "upload a jpg, png or webp picture"),
        ) from error
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
