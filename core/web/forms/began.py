"""What a form began with, by a digest on the page: who sends on an older state is shown the present one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import request

from core.rules.text import T

BEGAN = "began_with"
OVERTAKEN = T(
    "您打开此页后，内容已在另一窗口或由他人修改，尚未保存。您填写的都在；请与现有内容核对后再次提交",
    "This was changed in another window or by somebody else since you opened the page, and was not saved. "
    "All you typed is here: compare it with what stands now, then send it again",
)


def digest(data: Mapping[str, Any]) -> str:
    """The same for the same values, whatever their order."""
    written = json.dumps(_plain(data), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items() if item not in (None, "", [])}
        case set() | frozenset():
            return sorted(str(item) for item in value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return str(value)


def overtaken(prefix: str, data: Mapping[str, Any]) -> bool:
    """Whether what was posted began with other values than stand there now."""
    sent = request.form.get(f"{prefix}{BEGAN}")
    return sent is not None and sent != digest(data)
