"""A public notice as everyone may read it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.documents.blocks import Letter, Paragraph, Table
from core.documents.pdf import letter_pdf
from core.domain.acts import Act
from core.domain.errors import NotFound
from core.rules.clauses import PartyKind
from core.services.base.access import allowed
from core.services.base.words import NOTHING_THERE, home
from core.services.base.work import Work
from core.services.keeping.public_names import shown
from core.services.papers.base import Paper, Words, region_names
from core.services.people.vouched import other_names_on
from core.storage.models import Application, NoticeItem, PublicNotice

NAMES_CAME_DOWN = (
    "公示期结束已久，其中个人的姓名已停止公布。",
    "The notice has long been over: the people on it are named no more.",
)


def notice_paper(w: Work, notice_id: int, *, language: str, base_url: str) -> Paper:
    """The notice, for everyone from the day of its publication, for the authority before it."""
    query = (
        select(PublicNotice)
        .options(
            selectinload(PublicNotice.items).joinedload(NoticeItem.application).joinedload(Application.party)
        )
        .where(PublicNotice.id == notice_id)
    )
    notice = w.session.scalar(query)
    if notice is None or notice.program not in w.catalogue.programs:
        raise NotFound(NOTHING_THERE)
    staff = allowed(w.actor, Act.NOTICE_VIEW, notice.program, home(w, notice.program))
    if notice.published_on > w.today and not staff:
        raise NotFound(NOTHING_THERE)
    say, program = Words(language), w.program(notice.program).program
    tracks = {track.id: track for track in program.tracks}
    first, last = say.day(notice.published_on), say.day(notice.closes_on)
    default = say(
        f"根据{program.title.zh}有关规定，经申报、审查和评审，"
        f"拟认定下列单位和个人（共 {len(notice.items)} 个），现予公示。",
        f"After application and review it is intended to accredit the following {len(notice.items)} under "
        f"{program.title.en}.",
    )
    over = not staff and notice.closes_on < shown(w).notice
    listed = [item for item in notice.items if not (over and item.application.party.kind is PartyKind.PERSON)]
    regions = region_names(w, (item.application.region for item in notice.items), say)
    parties = {item.application.party_id for item in notice.items}
    then = other_names_on(w, parties, notice.published_on)
    rows = tuple(
        (
            str(place),
            then.get(item.application.party_id, item.application.party.name)
            + (
                say(f"（{say.day(item.struck_on)}更正，不再公示）", f" (struck on {say.day(item.struck_on)})")
                if item.struck_on is not None
                else ""
            ),
            say.tr(tracks[item.application.track].title) if item.application.track in tracks else "",
            regions[item.application.region],
        )
        for place, item in enumerate(
            sorted(listed, key=lambda item: (item.application.track, item.id)), start=1
        )
    )
    left_out = len(notice.items) - len(listed)
    persons = any(
        item.application.track in tracks and tracks[item.application.track].party is PartyKind.PERSON
        for item in notice.items
    )
    heads = (
        say("序号", "No."),
        say("名称（姓名）", "Name") if persons else say("名称", "Name"),
        say("类别", "Track"),
        say("地区", "Region"),
    )
    address = f"{base_url.rstrip('/')}/notices/{notice.id}"
    letter = Letter(
        title=notice.title,
        signed_by=say.tr(w.authority(notice.program, notice.published_on)),
        date=first,
        number=say(f"公示编号：{notice.id}", f"Notice No. {notice.id}"),
        reference=say(f"公示期：{first}至{last}", f"Open from {first} to {last}"),
        blocks=(
            Paragraph(notice.introduction or default),
            Paragraph(
                say(
                    f"公示期为 {notice.working_days} 个工作日，自{first}起至{last}止（含当日）。"
                    f"如有异议，请在公示期内通过 {address} 提出，并写明事实和联系方式。",
                    f"The notice stands for {notice.working_days} working days, from {first} to {last} (that "
                    f"day included). Anyone may object within it at {address}, giving the facts and a way to "
                    "be reached.",
                )
            ),
            Table(heads, rows, (0, 6, 4, 4), centred=(0, 2, 3), size=10.5),
            *([Paragraph(say(*NAMES_CAME_DOWN))] if left_out else ()),
        ),
    )
    content = letter_pdf(letter, language=language, on=notice.published_on)
    return Paper(say.filename(say("公示", "Notice"), notice.title), content)
