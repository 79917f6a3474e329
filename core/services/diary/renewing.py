"""Counting records anew by their enterprises, after the rule by which names are compared has changed."""

from __future__ import annotations

from sqlalchemy import text

from core.domain.errors import MalformedError
from core.domain.identifiers import AS_KEPT
from core.domain.supervision.enterprises import enterprise_keys
from core.services.base.work import Work
from core.storage.models import ServiceRecord
from core.storage.verify.derived import CANDIDATES_BY_KEYS


def renew_keys(w: Work) -> int:
    """Give each record the keys of the enterprises that it names, told in the trail; how many had others.

    One whose enterprises cannot be read is left to `verify`.
    """
    number = 0
    for candidate in w.session.execute(text(CANDIDATES_BY_KEYS)).all():
        try:
            keys = enterprise_keys(candidate.enterprises, AS_KEPT)
        except MalformedError:
            continue
        if keys != set(candidate.enterprise_keys):
            w.session.get_one(ServiceRecord, candidate.id).enterprise_keys = sorted(keys)
            number += 1
    return number
