"""The certificate of destruction: what went, under which rule, who approved it, and how it can be checked."""

from __future__ import annotations

from collections.abc import Iterator

from core.documents.blocks import Block, Facts, Form, Note, Paragraph, Signatures, Table
from core.documents.pdf import form_pdf
from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.domain.lifecycle.keeping import RETENTION
from core.rules.text import T
from core.services.base.work import Work
from core.services.keeping import lists
from core.services.keeping.due import table_of
from core.services.papers.base import Paper, Words
from core.storage.models import DestructionList, User

TITLE = T("销毁证明", "Certificate of destruction")
NOT_YET = T("清单尚未执行", "the list was not carried out yet")


def certificate_of_destruction(w: Work, list_id: int, *, language: str) -> Paper:
    """The certificate of a list that was carried out, for whoever may see the list."""
    found, say = lists.find(w, list_id), Words(language)
    if found.carried_out_at is None:
        raise NotFound(NOT_YET)
    on = local_date(found.carried_out_at)
    number = say(f"清单编号：{found.id}", f"List No. {found.id}")
    form = Form(
        title=say.tr(TITLE),
        above=say.tr(w.program(found.program).program.title),
        subtitle=say.tr(found.kind.label),
        number=number,
        signed_by=say.tr(w.authority(found.program, on)),
        blocks=tuple(_blocks(w, found, say)),
    )
    name = say.filename(say.tr(TITLE), str(found.id))
    return Paper(name, form_pdf(form, language=language, on=on))


def _blocks(w: Work, found: DestructionList, say: Words) -> Iterator[Block]:
    kept, table = RETENTION[found.kind], table_of(found.kind).__tablename__
    went, total = found.counts.get(table, 0), lists.items(w, found).total or 0
    yield Facts(
        (
            (say("销毁内容", "What was destroyed"), say.tr(kept.label)),
            (say("保管期限", "Kept for"), say(f"{found.months} 个月", f"{found.months} months")),
            (say("计算起点", "Counted from"), say.tr(kept.since)),
            (say("依据", "Basis"), say.tr(kept.source)),
            (say("销毁理由", "Reason"), found.reason),
            (say("清单条数", "Rows listed"), str(total)),
            (say("实际销毁", "Rows destroyed"), str(went)),
            (
                say("未销毁（限制处置或重新起算）", "Kept after all (held, or counted anew)"),
                str(total - went),
            ),
            (say("从存储中删除的文件", "Files taken from the store"), _files(found, say)),
            (say("清单摘要（SHA-256）", "SHA-256 of the list"), found.sha256),
        )
    )
    yield Table(
        (say("步骤", "Step"), say("人员", "Person"), say("日期", "Date")),
        tuple(
            (step, _name(person, say), say.day(local_date(at)) if at is not None else "")
            for step, person, at in (
                (say("拟定", "Drawn up"), found.proposed_by, found.proposed_at),
                (say("第一次批准", "First approval"), found.first_by, found.first_at),
                (
                    say("第二次批准并执行", "Second approval, carried out"),
                    found.second_by,
                    found.carried_out_at,
                ),
            )
        ),
        (3, 3, 3),
    )
    others = {name: number for name, number in found.counts.items() if name != table}
    if others:
        listed = say("；", "; ").join(f"{name}: {number}" for name, number in sorted(others.items()))
        yield Paragraph(
            say(f"一并销毁的附属记录：{listed}。", f"What hung on these went with them: {listed}.")
        )
    yield Note(
        say(
            "操作记录仍记载每条记录已被销毁，其链条可用 accredit verify 核验；"
            "此前的备份中的内容随备份到期删除。",
            "The audit trail still says of each row that it went, and accredit verify holds its chain; what "
            "older backups have goes with them.",
        )
    )
    yield Signatures((say("监销人（签字）", "Witness (signature)"), say("日期", "Date")))


def _files(found: DestructionList, say: Words) -> str:
    left = len(found.files_left)
    more = (
        say(f"（另有 {left} 个待夜间任务删除）", f" ({left} still to go, by the nightly run)") if left else ""
    )
    return f"{found.files_gone}{more}"


def _name(person: User | None, say: Words) -> str:
    """The list may have been drawn up by the nightly run."""
    return str(person) if person is not None else say("系统", "the system")
