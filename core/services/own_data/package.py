"""The download of one's own data: had a few times a day, made by a worker, kept as other exports are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import IO

from sqlalchemy import func, select

from core.documents.archive import Archive, entry_name
from core.domain.clock import SHANGHAI
from core.domain.errors import NotAllowed, Refused
from core.rules.phrases import LOG_IN_FIRST
from core.rules.text import T
from core.services.base.work import Work
from core.services.exports import long_ones
from core.services.exports.streaming import ZIP
from core.services.own_data.gathering import Gathering
from core.services.own_data.sections import as_json, as_page
from core.storage.files import FileStore
from core.storage.models import DataExport, User
from core.storage.models.operations import JobState

SCHEMA = "accredit-own-data/1"
TITLE = T("本人资料", "My data")
PER_DAY = 3
"""How often in a day: each reads all that there is of somebody."""
NOTES = (
    T(
        "这是登记系统持有的与您本人有关的全部资料，其中不含他人的个人信息。"
        "data.json 供程序读取，内容与本页相同；文件在各文件夹中。",
        "All that the register holds about you, without the personal data of anybody else. data.json has the "
        "same for programs; the files are in the folders.",
    ),
    T(
        "对机构，以及由您协助办理的个人，只列出事项，不列其他人的姓名、联系方式、花名册和他人上传的文件；密码、验证码和恢复码不列出。",
        "Of bodies, and of persons whom you help, the cases are listed, but not other people's names and"
        " addresses, the roster and files that others sent; passwords and codes are not listed.",
    ),
)


def left_today(w: Work) -> int:
    """How often it may still be asked for today."""
    day = datetime.combine(w.today, time(), SHANGHAI)
    asked = select(func.count()).where(
        DataExport.user_id == w.actor.user_id,
        DataExport.file_format == ZIP,
        DataExport.asked_at >= day,
        DataExport.asked_at < day + timedelta(days=1),
    )
    return max(PER_DAY - (w.session.scalar(asked) or 0), 0)


def ask(w: Work, name: str, path: str, lang: str) -> int:
    """Have it made by the page at `path`; asked for again while it is being made, it stays the one."""
    if w.actor.user_id is None:
        raise NotAllowed(LOG_IN_FIRST)
    # Two clicks at once are counted one after the other.
    w.session.get_one(User, w.actor.user_id, with_for_update=True)
    waiting = select(DataExport.id).where(
        DataExport.user_id == w.actor.user_id,
        DataExport.file_format == ZIP,
        DataExport.state == JobState.RUNNING,
    )
    if (found := w.session.scalar(waiting)) is not None:
        return found
    if not left_today(w):
        raise Refused(
            T(f"本人资料每天最多下载 {PER_DAY} 次", f"your data can be had {PER_DAY} times a day"),
            mend=T(
                "请明天再试，或在“导出文件”中下载已生成的文件",
                "try tomorrow, or take one that was made, under Exported files",
            ),
        )
    filename = f"{TITLE.get(lang)}-{w.now.astimezone(SHANGHAI):%Y%m%d-%H%M}.{ZIP}"
    return long_ones.ask(w, name, ZIP, {"path": path, "query": ""}, filename, lang)


def made(w: Work, store: FileStore, lang: str, progress: Callable[[int, int], None]) -> IO[bytes]:
    """The zip: a page, the same as JSON, every file as it is, and a list of hashes."""
    gathering = Gathering(w)
    sections, archive, gone = gathering.sections(), Archive(w.today), []
    total = sum(len(item.rows) for item in sections)
    about = {"schema": SCHEMA, "made_at": w.now, "user_id": gathering.user.id}
    archive.add("data.json", as_json(sections, **about))
    archive.add("index.html", as_page(TITLE.get(lang), sections, lang, NOTES))
    for document in gathering.documents():
        name = entry_name(document.title.get(lang), f"{document.number}-{document.filename}")
        try:
            with store.open(document.sha256) as file:
                archive.add(name, file)
        except FileNotFoundError:
            # The list says what should be there; the rest is still handed out.
            gone.append({"file": name, "sha256": document.sha256})
    if gone:
        archive.add("missing.json", json.dumps(gone, ensure_ascii=False, indent=1).encode())
    progress(total, total)
    return archive.close()
