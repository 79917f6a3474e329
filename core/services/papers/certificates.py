"""Certificates, letters of appointment, and the list of plaques to be made."""

from __future__ import annotations

from datetime import date
from typing import assert_never
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.documents.blocks import Certificate, Form, Table
from core.documents.pdf import certificate_pdf
from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound
from core.domain.lifecycle.states import AccreditationState
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.access import require_anywhere, scope
from core.services.base.printable import require_printable
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.changes.certificates import Issue, issues
from core.services.papers.base import Paper, Words, deliver, functions_text, numbered, title_of, titles
from core.services.supervision.status import find
from core.storage.models import Accreditation, NoticeItem

MOST_PLAQUES = 2_000
VOID = T("已失效", "VOID")
REPLACED = T("已换发", "REPLACED")


def certificate(
    w: Work, accreditation_id: int, *, language: str, base_url: str, number: int | None = None
) -> Paper:
    """The certificate, for the party and staff; one that holds no longer is marked across.

    It states the name of its day. `number` asks for an earlier issue, which says that it was replaced.
    """
    say, held = Words(language), find(w, accreditation_id).accreditation
    _, track = titles(w, held.program, held.track)
    shown = _issue(w, held, number)
    ends = say.day(held.valid_from), say.day(held.valid_through)
    rows = [(say("有效期", "Valid"), say(f"{ends[0]}至{ends[1]}", f"{ends[0]} to {ends[1]}"))]
    if held.functions:
        services = functions_text(w, held.program, held.functions, say)
        offered = track.party.pick(organization=say("服务类别", "Services"), person=say("专业领域", "Fields"))
        rows.insert(0, (offered, services))
    if held.started_on != held.valid_from:
        rows.append((say("首次认定", "First accredited"), say.day(held.started_on)))
    if shown.number > 1:
        rows.append((say("换发", "Issued anew"), say.day(shown.on)))
    made = Certificate(
        title=say(f"认定证书 {held.number}", f"Certificate {held.number}"),
        heading=say("认定证书", "Certificate of Accreditation"),
        number=held.number,
        lead=say("兹认定", "This is to certify that"),
        name=shown.name,
        below=_below(held, shown, say),
        joint=say("为", "is accredited under"),
        status=title_of(w, held, say),
        rows=tuple(rows),
        signed_by=say.tr(w.authority(held.program, shown.on)),
        date=say.day(shown.on),
        verify_url=verify_url(base_url, held.number),
        scan=say("扫码核验", "Scan to verify"),
        mark=_mark(w, held, shown, say),
        remark=_remark(w, held, shown, say),
    )
    content = certificate_pdf(made, language=language, on=shown.on)
    return Paper(say.filename(say("认定证书", "Certificate"), shown.name, held.number), content)


def appointment(
    w: Work, accreditation_id: int, *, language: str, base_url: str, number: int | None = None
) -> Paper:
    """The letter of appointment of an expert, issued anew as certificates are; NotFound for a body."""
    say, held = Words(language), find(w, accreditation_id).accreditation
    _, track = titles(w, held.program, held.track)
    if track.party is not PartyKind.PERSON:
        raise NotFound(NOTHING_THERE)
    shown = _issue(w, held, number)
    ends = say.day(held.valid_from), say.day(held.valid_through)
    rows = [(say("聘期", "Term"), say(f"{ends[0]}至{ends[1]}", f"{ends[0]} to {ends[1]}"))]
    if held.functions:
        rows.append((say("专业领域", "Fields"), functions_text(w, held.program, held.functions, say)))
    made = Certificate(
        title=say(f"聘书 {held.number}", f"Letter of appointment {held.number}"),
        heading=say("聘书", "Letter of Appointment"),
        number=held.number,
        lead=say("兹聘请", "This is to appoint"),
        name=say(f"{shown.name} 同志", shown.name),
        below=_below(held, shown, say),
        joint=say("为", "as"),
        status=say.tr(track.title),
        rows=tuple(rows),
        signed_by=say.tr(w.authority(held.program, shown.on)),
        date=say.day(shown.on),
        verify_url=verify_url(base_url, held.number),
        scan=say("扫码核验", "Scan to verify"),
        mark=_mark(w, held, shown, say),
        remark=_remark(w, held, shown, say),
    )
    content = certificate_pdf(made, language=language, on=shown.on)
    return Paper(say.filename(say("聘书", "Appointment"), shown.name, held.number), content)


def plaques(
    w: Work,
    program: str,
    *,
    language: str = "zh",
    format: str = "pdf",  # as in the address
    first: date | None = None,
    last: date | None = None,
    notice_id: int | None = None,
    call_id: int | None = None,
) -> Paper:
    """The bodies that get a plaque: accredited between two days, or under a notice or a call."""
    say = Words(language)
    require_anywhere(w, Act.ACCREDITATION_VIEW)
    if program not in w.catalogue.programs:
        raise NotFound(NOTHING_THERE)
    if first is not None and last is not None and first > last:
        raise Invalid({"last": T("截止日期早于起始日期", "the last day is before the first")})
    item = w.program(program).program
    bodies = {track.id: track.title for track in item.tracks if track.party is PartyKind.ORGANIZATION}
    query = (
        select(Accreditation)
        .options(joinedload(Accreditation.party))
        .where(
            Accreditation.program == program,
            Accreditation.track.in_(bodies),
            scope(w.actor, Act.ACCREDITATION_VIEW, Accreditation.program, Accreditation.region),
        )
        .order_by(Accreditation.track, Accreditation.number)
        .limit(MOST_PLAQUES)
    )
    if first is not None:
        query = query.where(Accreditation.started_on >= first)
    if last is not None:
        query = query.where(Accreditation.started_on <= last)
    if notice_id is not None:
        listed = select(NoticeItem.application_id).where(NoticeItem.notice_id == notice_id)
        query = query.where(Accreditation.application_id.in_(listed))
    if call_id is not None:
        query = query.join(Accreditation.application).where(Accreditation.application.has(call_id=call_id))
    found = w.session.scalars(query).all()
    rows = tuple(
        (
            str(place),
            held.party.name,
            say.tr(bodies[held.track]),
            held.number,
            say.day(held.started_on),
            say.day(held.valid_through),
        )
        for place, held in enumerate(found, start=1)
    )
    for held in found:
        require_printable(held.party)
    heads = (
        say("序号", "No."),
        say("机构名称", "Body"),
        say("类别", "Track"),
        say("牌匾编号", "Number on the plaque"),
        say("授牌日期", "Granted on"),
        say("有效期至", "Valid through"),
    )
    form = Form(
        title=say("牌匾制作名单", "List of plaques"),
        above=say.tr(item.title),
        subtitle=_span(first, last, say),
        number=say(f"牌匾文字：{item.title.zh}", f"Text of the plaque: {item.title.en}"),
        date=say(f"共 {len(rows)} 块", f"{len(rows)} in all"),
        signed_by=say.tr(w.authority(program)),
        landscape=True,
        blocks=(Table(heads, rows, (0, 6, 3, 4, 3, 3), centred=(0, 2, 3, 4, 5)),),
    )
    name = say.filename(say("牌匾名单", "Plaques"), say.tr(item.title)).removesuffix(".pdf")
    return deliver(form, say, w.today, name, format)


def verify_url(base_url: str, number: str) -> str:
    """Where anyone can verify a certificate."""
    return f"{base_url.rstrip('/')}/verify/{quote(number, safe='')}"


def _issue(w: Work, held: Accreditation, number: int | None) -> Issue:
    """The issue that is asked for, else the one that holds."""
    known = issues(w, held)
    found = known[-1] if number is None else next((item for item in known if item.number == number), None)
    if found is None:
        raise NotFound(NOTHING_THERE)
    require_printable(held.party)
    return found


def _below(held: Accreditation, shown: Issue, say: Words) -> str:
    if held.party.uscc:
        return say(f"统一社会信用代码 {held.party.uscc}", f"Unified social credit code {held.party.uscc}")
    return shown.employer


def _mark(w: Work, held: Accreditation, shown: Issue, say: Words) -> str:
    if _over(w, held):
        return say.tr(VOID)
    return say.tr(REPLACED) if shown.replaced_on is not None else ""


def _over(w: Work, held: Accreditation) -> bool:
    return not held.state.in_force or held.valid_through < w.today


def _remark(w: Work, held: Accreditation, shown: Issue, say: Words) -> str:
    """Why and since when it holds no longer."""
    if not _over(w, held):
        if shown.replaced_on is None:
            return ""
        day = say.day(shown.replaced_on)
        return say(
            f"本证书已于{day}换发，以换发的证书为准，此件仅供存查。",
            f"Replaced by the certificate issued on {day}; this copy is for the files only.",
        )
    match held.state:
        case AccreditationState.REVOKED:
            return _ended(held, T("撤销", "Revoked"), say)
        case AccreditationState.WITHDRAWN:
            return _ended(held, T("主动退出", "Withdrawn"), say)
        case AccreditationState.DUPLICATE:
            return _ended(held, T("重复登记终止", "Ended as a duplicate"), say)
        case AccreditationState.CEASED:
            return _ended(held, T("因主体终止失效", "Ended with its holder"), say)
        case AccreditationState.ANNULLED:
            return _ended(held, T("因更正而无效", "Void after a correction"), say)
        case AccreditationState.EXPIRED | AccreditationState.ACTIVE | AccreditationState.RECTIFYING:
            through = say.day(held.valid_through)
            return say(
                f"本认定有效期至{through}，现已届满，此件仅供存查。",
                f"The term ended on {through}; this copy is for the files only.",
            )
        case _:
            assert_never(held.state)


def _ended(held: Accreditation, how: T, say: Words) -> str:
    clause = say.clause(held.ended_clause) if numbered(held.ended_clause) else ""
    day = say.day(held.ended_on)
    return say(
        f"本认定自{day}起{how.zh}{f'（{clause}）' if clause else ''}，此件仅供存查。",
        f"{how.en} from {day}{f' under {clause}' if clause else ''}; this copy is for the files only.",
    )


def _span(first: date | None, last: date | None, say: Words) -> str:
    if first is None and last is None:
        return ""
    if last is None:
        return say(f"{say.day(first)}起", f"from {say.day(first)}")
    if first is None:
        return say(f"截至{say.day(last)}", f"through {say.day(last)}")
    return say(f"{say.day(first)}至{say.day(last)}", f"{say.day(first)} to {say.day(last)}")
