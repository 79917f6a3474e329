"""The letter that returns a yearly report as insufficient."""

from __future__ import annotations

from collections.abc import Iterator

from core.documents.blocks import Block, Facts, Paragraph
from core.domain.errors import NotFound
from core.rules.text import T
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.papers.base import Paper
from core.services.papers.held import About, about_held
from core.storage.models import AnnualReport

TITLE = T("年度报告退回通知书", "Yearly report returned")


def returned_letter(w: Work, report_id: int, *, language: str) -> Paper:
    """Why a report was returned; NotFound while it is not, and for whoever may not read it."""
    report = w.session.get(AnnualReport, report_id)
    if report is None:
        raise NotFound(NOTHING_THERE)
    about = about_held(w, report.accreditation_id, language)
    if report.returned_on is None:
        raise NotFound(NOTHING_THERE)
    return about.paper(TITLE, report.returned_on, f"RR-{report.id}", _blocks(about, report))


def _blocks(about: About, report: AnnualReport) -> Iterator[Block]:
    say, kind = about.say, report.kind.label
    yield Paragraph(
        say(
            f"{about.them}于{say.day(report.submitted_on)}就“{about.status}”认定提交的{report.year}年"
            f"{kind.zh}内容不足，现予退回。",
            f"What you handed in on {say.day(report.submitted_on)} about {report.year} ({kind.en.lower()}), "
            f"for your accreditation ({about.status}), is not sufficient, and is returned.",
        )
    )
    yield Facts(((say("理由", "Reason"), report.return_reason),))
    yield Paragraph(
        say(
            "重新提交之前视为未提交。请补充后登录系统重新提交。",
            "Until it is handed in again it counts as missing. Complete it and hand it in again.",
        )
    )
