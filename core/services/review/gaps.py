"""What an approval would leave open: files, judgements and reviewers too near; each needs a reason.

What stands against an approval altogether (scores not given, conditions not met) is for the guards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from core.rules.clauses import ConditionKind
from core.rules.evaluate import Outcome
from core.rules.text import T
from core.services.applications.case import Case
from core.services.applications.verdicts import CaseVerdict
from core.services.base.work import Work
from core.services.review.conflicts import Conflicts
from core.storage.models import MaterialFile, ReviewAssignment, User

Standing = dict[str, list[bool | None]]
"""Of an application: by material, what was said of each file that stands."""


def gaps_of(w: Work, cases: Sequence[Case], verdicts: Mapping[int, CaseVerdict]) -> dict[int, tuple[T, ...]]:
    """The gaps of several cases by their ids, in a bounded number of queries."""
    files, reviewers = _files(w, cases), _reviewers(w, cases)
    everyone = {user.id for users in reviewers.values() for user in users}
    own = {w.actor.user_id} - {None}
    near = Conflicts(
        w, [case.application for case in cases], {*everyone, *(number for number in own if number)}
    )
    found: dict[int, tuple[T, ...]] = {}
    for case in cases:
        gaps = [*_of_files(case, files[case.id]), *_of_verdict(verdicts[case.id])]
        for user in reviewers[case.id]:
            why = near.of(case.application, user.id)
            if why is not None:
                gaps.append(T(f"评审专家 {user} {why.zh}", f"reviewer {user} {why.en}"))
        why = near.of(case.application, w.actor.user_id) if w.actor.user_id is not None else None
        if why is not None:
            gaps.append(T(f"作出决定的人员{why.zh}", f"who decides {why.en}"))
        found[case.id] = tuple(gaps)
    return found


def _files(w: Work, cases: Sequence[Case]) -> dict[int, Standing]:
    query = select(MaterialFile.application_id, MaterialFile.key, MaterialFile.accepted).where(
        MaterialFile.application_id.in_([case.id for case in cases]), MaterialFile.replaced_at.is_(None)
    )
    found: dict[int, Standing] = {case.id: {} for case in cases}
    for application_id, key, accepted in w.session.execute(query):
        found[application_id].setdefault(key, []).append(accepted)
    return found


def _reviewers(w: Work, cases: Sequence[Case]) -> dict[int, list[User]]:
    """Those whose scores count."""
    query = (
        select(ReviewAssignment.application_id, User)
        .join(User, User.id == ReviewAssignment.reviewer_id)
        .where(
            ReviewAssignment.application_id.in_([case.id for case in cases]),
            ReviewAssignment.conflict.is_(False),
        )
        .order_by(ReviewAssignment.id)
    )
    found: dict[int, list[User]] = {case.id: [] for case in cases}
    for application_id, user in w.session.execute(query):
        found[application_id].append(user)
    return found


def _of_files(case: Case, standing: Standing) -> Iterable[T]:
    titles = {material.key: material.title for material in case.desk.rules.materials}
    for key, said in standing.items():
        title = titles.get(key, T(key, key))
        if None in said:
            yield T(f"“{title.zh}”的文件尚未审核", f"{title.en}: files are not examined")
        elif True not in said:
            yield T(f"“{title.zh}”的文件已退回", f"{title.en}: every file was turned down")


def _of_verdict(verdict: CaseVerdict) -> Iterable[T]:
    for row in verdict.rows:
        if row.kind is ConditionKind.PREFERRED and row.outcome is Outcome.UNKNOWN:
            yield T(
                f"{row.clause} {row.title.zh}：尚未判定或查明",
                f"{row.clause} {row.title.en}: not judged, or not known",
            )
