"""The ledger of jobs as staff reads it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.services.base.access import ACTS, require_anywhere
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.storage.models import JobRun


def latest(w: Work, most: int) -> Sequence[JobRun]:
    """The last runs, the latest first; none for whoever may not see jobs."""
    if not w.actor.has(*ACTS[Act.JOB_VIEW]):
        return ()
    return w.session.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(most)).all()


def find(w: Work, run_id: int) -> JobRun:
    """One run."""
    require_anywhere(w, Act.JOB_VIEW)
    found = w.session.get(JobRun, run_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found
