"""What the pages of a stored document show: a redacted copy, a look behind its seal, a request."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from sqlalchemy import select

from core.documents.blocks import Form, Note
from core.documents.pdf import form_pdf
from core.domain.roles import Role
from core.services.redaction import acting, requests
from core.services.redaction.copies import Copy
from core.services.redaction.documents import Kind, find
from core.storage.models import MaterialFile, Redaction
from core.storage.models.holdings import RedactionKind
from tests.services.journey import Case

PAPER = form_pdf(
    Form(
        title="证明",
        above="",
        subtitle="",
        signed_by="",
        blocks=tuple(Note(f"服务企业第 {number} 家 ▇▇▇▇▇▇") for number in range(1, 90)),
    ),
    language="zh",
    on=date(2024, 6, 3),
)
"""A copy of several pages."""


def covered(case: Case) -> dict[str, int]:
    """Ids by name: of a file that its party asks to have redacted, and of one that was."""
    town = case.town
    with case.as_applicant(1) as w:
        own = select(MaterialFile.id).where(MaterialFile.application_id == case.application_id)
        asked, redacted = w.session.scalars(own.order_by(MaterialFile.id).limit(2))
        why = "附件里有其他企业的合同金额"
        number = requests.ask(w, Kind.MATERIAL, asked, RedactionKind.SECRET, why)
    with case.as_officer(1) as w:
        seen = find(w, Kind.MATERIAL, redacted).row.sha256
        acting.redact(
            w,
            Kind.MATERIAL,
            redacted,
            Copy("证明（遮盖）.pdf", PAPER),
            town.store,
            why=RedactionKind.WRONG_DOCUMENT,
            reason="误交了其他人员的劳动合同",
            seen=seen,
        )
        sealed = w.session.scalars(select(Redaction.id)).one()
    with town.begin(town.make_actor(Role.LEAD, case.program), case.on(2)) as w:
        _, stream = acting.open_sealed(w, sealed, "核对评审所依据的原件", town.store)
    with closing(stream):
        return {"asked": asked, "covered": redacted, "sealed": sealed, "request": number}
