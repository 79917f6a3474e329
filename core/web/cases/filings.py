"""What complainants and objectors wrote, as the roles may read it."""

from __future__ import annotations

from core.domain.roles import Role
from core.rules.text import T
from core.storage.models import Accreditation, Application, Complaint, Objection
from core.web.frame.pipeline import current_actor
from core.web.frame.show import data

HIDDEN = T("由认定机关办理（不显示）", "with the authority (not shown)")


def words_of_filer(row: Complaint | Objection, about: Application | Accreditation) -> T | str:
    """The words of a filing; whoever only recommends there does not read them: they tell who wrote."""
    actor = current_actor()
    if not actor.system and actor.roles(*about.place) <= {Role.RECOMMENDER}:
        return HIDDEN
    return data(row.content)
