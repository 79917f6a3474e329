"""What a reviewer gave, set aside by an officer: it stays on file with the reason, and does not count."""

from __future__ import annotations

from core.domain.errors import Invalid, Refused
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.services.review.panels import task_of

LONGEST = 500
OWN_REVIEW = T("不得处理自己的评审；请由其他人员办理", "leave your own review to somebody else")


def set_aside(w: Work, assignment_id: int, reason: str) -> None:
    """Leave a finished review out of the panel, before the decision; Conflict where it is already.

    A replacement is another task (`panels.replace_reviewer`). An unfinished one is taken back instead.
    """
    task, _application = task_of(w, assignment_id)
    if task.set_aside_at is not None:
        raise already(w, task, column="set_aside_at")
    if task.finished_at is None or not task.counts:
        raise Refused(
            T("该任务没有计入的评审意见", "nothing of this task counts"),
            mend=T("未完成的任务请更换或撤回", "replace or take back a task that is not finished"),
        )
    if task.reviewer_id == w.actor.user_id:
        raise Refused(OWN_REVIEW)
    if errors := unwritten(reason, "reason", longest=LONGEST):
        raise Invalid(errors)
    task.set_aside_at, task.set_aside_by_id, task.set_aside_reason = w.now, w.actor.user_id, reason.strip()


def count_again(w: Work, assignment_id: int) -> None:
    """Undo it; the audit trail keeps both."""
    task, _application = task_of(w, assignment_id)
    if task.set_aside_at is None:
        raise already(w, task, column="set_aside_at")
    task.set_aside_at, task.set_aside_by_id, task.set_aside_reason = None, None, ""
