"""Outgoing messages: written in the transaction that causes them, for `core.services.delivery` to send."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import assert_never, cast

import structlog
from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from core.domain.messages import PERIOD_BEGINS, MessageEvent
from core.domain.roles import Grant as Given
from core.domain.roles import Role, covers
from core.rules.text import T
from core.services.base.evidence import show
from core.services.base.queue import wake_sender
from core.services.base.work import Work
from core.services.messaging.template import GREETING, REGISTER, SECRET_MARK, SIGNATURE, UNTIL, Sms, Template
from core.services.messaging.texts.applications import ALWAYS, TEMPLATES
from core.storage.models import Accreditation, Grant, Membership, OutboxMessage, Party, User
from core.storage.models.operations import MessageChannel, MessageState
from core.storage.one_party import ids_of
from core.storage.trail.recording import record_row

EMAIL, SMS, INBOX = MessageChannel.EMAIL, MessageChannel.SMS, MessageChannel.INBOX
LONGEST_SUBJECT = 300
TABLE = cast(Table, OutboxMessage.__table__)
NO_ADDRESS = "没有可用的邮箱或手机号码 / no e-mail address or mobile number"
NOT_AFTER_RESTORE = (
    "备份时待发，恢复后不自动发送 / waited when the backup was made, and is not sent by itself"
)
NO_MOBILE = (
    "没有手机号码，而程序要求短信通知 / no mobile number, though the procedure asks for a text message"
)

NOBODY = T("（无联系方式）", "(no address)")
ALARMED = frozenset({Role.OFFICER, Role.LEAD})
"""Who is told that a message with which a period begins has failed."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one copy goes, and in which language; an empty address fails for a person to see."""

    channel: MessageChannel
    address: str
    language: str
    name: str
    user_id: int | None = None
    error: str = ""


def notify(
    w: Work,
    event: MessageEvent,
    *,
    key: str,
    party_id: int | None = None,
    user_id: int | None = None,
    accreditation_id: int | None = None,
    exit_case_id: int | None = None,
    to: Recipient | None = None,
    secret: str = "",
    values: Mapping[str, object],
) -> None:
    """Write the messages of an event in this transaction: to a party and its members, to a user, or `to` one.

    `key` names the occasion: a second call with it writes nothing. `message_texts` shows an event's values.
    A `secret` is kept apart from the text, and forgotten once it was sent.
    """
    template_of(event)
    status = w.session.get(Accreditation, accreditation_id) if accreditation_id is not None else None
    if party_id is None and user_id is None and status is not None:
        party_id = status.party_id
    if party_id is None and user_id is None and to is None:
        raise ValueError(f"message {event} ({key}): give a party, a user or an accreditation")
    given = context(w, values, status)
    region = status.region if status is not None else _region(w, party_id)
    # Pending rows of this transaction must be there before the message refers to them.
    w.session.flush()
    recipients = (
        [to]
        if to is not None
        else _recipients(w, event, party_id, user_id, demanded=_demanded(w, given, status))
    )
    for number, recipient in enumerate(recipients):
        subject, body = compose(
            event, recipient.channel, recipient.language, {"party": recipient.name, **given}
        )
        inside = recipient.channel == INBOX
        state = MessageState.SENT if inside else MessageState.PENDING
        row = {
            "key": key if number == 0 else f"{key}#{number + 1}",
            "event": event,
            "channel": recipient.channel,
            "program": given.get("program_id"),
            "region": region,
            "party_id": party_id,
            "user_id": recipient.user_id or (user_id if party_id is None else None),
            "accreditation_id": accreditation_id,
            "exit_case_id": exit_case_id,
            "recipient": recipient.address,
            "subject": subject,
            "body": body,
            "secret": secret,
            "language": recipient.language,
            "state": MessageState.FAILED if recipient.error else state,
            "sent_at": w.now if inside else None,
            "last_error": recipient.error,
            "next_attempt_at": w.now,
            "created_at": w.now,
        }
        statement = insert(TABLE).values(row).on_conflict_do_nothing(index_elements=["key"])
        written = w.session.execute(statement.returning(*TABLE.c)).mappings().one_or_none()
        if written is None:
            return
        if row["state"] is MessageState.PENDING:
            wake_sender(w.session)
        record_row(w.session, OutboxMessage, None, written, action=f"message.{event}"[:64])
        if row["state"] is MessageState.FAILED:
            sound_alarm(w, w.session.get_one(OutboxMessage, written["id"]))


def foreseen(
    w: Work, event: MessageEvent, party_id: int, program: str, track: str
) -> tuple[T, list[Recipient]]:
    """What a message of the event to a party would be about, and where its copies would go today."""
    given = context(w, {"program": program, "track": track}, None)
    to = _recipients(w, event, party_id, None, demanded=_demanded(w, given, None))
    subject = template_of(event).subject
    shown = {
        language: {name: show(value, language) for name, value in given.items()} for language in ("zh", "en")
    }
    return T(subject.zh.format_map(shown["zh"]), subject.en.format_map(shown["en"])), to


def sound_alarm(w: Work, message: OutboxMessage) -> None:
    """Where a failed message begins a period: say so loudly, and tell those who can mend and resend it."""
    if message.event not in PERIOD_BEGINS:
        return
    log.error("message.period_not_begun", key=message.key, about=message.event, error=message.last_error)
    tell_staff(
        w,
        ALARMED,
        MessageEvent.MESSAGE_FAILED,
        key=f"failed/{message.id}",
        program=message.program,
        region=message.region,
        values={
            "program": message.program or REGISTER,
            "subject": message.subject,
            "recipient": message.recipient or NOBODY,
            "reason": message.last_error,
        },
    )


def tell_staff(
    w: Work,
    roles: Collection[Role],
    event: MessageEvent,
    *,
    key: str,
    program: str | None,
    region: str | None,
    values: Mapping[str, object],
    recommender: int | None = None,
) -> None:
    """Write to each user who has one of the roles for that programme and division, and its recommender."""
    held = Grant.held_on(w.today)
    query = select(User).join(User.grants).where(User.active, held, Grant.role.in_(roles)).distinct()
    for user in w.session.scalars(query.order_by(User.id)).all():
        given = (
            Given(Role(item.role), item.program, item.region, item.recommender_id)
            for item in user.held(w.today)
        )
        if any(item.role in roles and covers(item, program, region, recommender) for item in given):
            notify(w, event, key=f"{key}/{user.id}", user_id=user.id, values=values)


def template_of(event: MessageEvent) -> Template:
    """The texts of an event; ValueError names the events there are."""
    if event not in TEMPLATES:
        raise ValueError(f"there is no message for {event!r}; there are {', '.join(TEMPLATES)}")
    return TEMPLATES[event]


def context(w: Work, values: Mapping[str, object], status: Accreditation | None) -> dict[str, object]:
    """What every template may name: the caller's values, and what follows from them and the accreditation."""
    working_days = w.operation("objection_working_days")
    known: dict[str, object] = {
        "authority": REGISTER,
        "today": w.today,
        "secret": SECRET_MARK,
        "working_days": working_days,
        "until": T(UNTIL.zh.format(number=working_days), UNTIL.en.format(number=working_days)),
        **values,
    }
    if status is not None:
        known = {
            "program": status.program,
            "track": status.track,
            "number": status.number,
            "valid_from": status.valid_from,
            "valid_through": status.valid_through,
            "days": (status.valid_through - w.today).days,
            "ended_on": status.ended_on or w.today,
            **known,
        }
    loaded = w.catalogue.programs.get(str(known.get("program")))
    if loaded is not None:
        tracks = {track.id: track.title for track in loaded.program.tracks}
        known |= {
            "program": loaded.program.title,
            "program_id": loaded.program.id,
            "authority": w.authority(loaded.program.id),
        }
        if str(known.get("track")) in tracks:
            known |= {"track": tracks[str(known["track"])], "track_id": str(known["track"])}
    return known


def compose(
    event: MessageEvent, channel: MessageChannel, language: str, known: Mapping[str, object]
) -> tuple[str, str]:
    """Subject and body of one copy; ValueError names every value that is missing."""
    template = template_of(event)
    match channel:
        case MessageChannel.SMS:
            text = template.brief
        case MessageChannel.EMAIL | MessageChannel.INBOX:
            body = template.body
            text = T(GREETING.zh + body.zh + SIGNATURE.zh, GREETING.en + body.en + SIGNATURE.en)
        case _:
            assert_never(channel)
    texts = (template.subject, text)
    wanted = {name for part in texts for _, name, _, _ in Formatter().parse(part.get(language)) if name}
    missing = sorted(wanted - known.keys())
    if missing:
        raise ValueError(f"message {event} needs {', '.join(missing)} in its values")
    shown = {name: show(known[name], language) for name in wanted}
    subject, written = (part.get(language).format_map(shown) for part in texts)
    return " ".join(subject.split())[:LONGEST_SUBJECT], written


def _region(w: Work, party_id: int | None) -> str | None:
    return w.session.get_one(Party, party_id).region if party_id is not None else None


def _demanded(w: Work, known: Mapping[str, object], status: Accreditation | None) -> bool:
    """Whether the procedure asks that its applicants can be reached by text message."""
    program, track = known.get("program_id"), known.get("track_id")
    if program is None or track is None:
        return False
    edition = status.edition if status is not None else None
    return bool(w.rules(str(program), str(track), w.today, edition=edition).procedure.mobile_required)


def _recipients(
    w: Work, event: MessageEvent, party_id: int | None, user_id: int | None, *, demanded: bool
) -> list[Recipient]:
    """The copies of a message: those that are sent, then one in the inbox for each user who gets none."""
    party = w.session.get_one(Party, party_id) if party_id is not None else None
    users: list[User] = []
    if party is not None:
        members = select(User).join(Membership).where(Membership.party_id.in_(ids_of(party.id)), User.active)
        users += dict.fromkeys(w.session.scalars(members.order_by(Membership.main.desc(), Membership.id)))
    if user_id is not None and user_id not in {user.id for user in users}:
        users.append(w.session.get_one(User, user_id))
    language = users[0].language if users else "zh"
    name = party.name if party is not None else str(users[0])
    addresses: dict[str, Recipient] = {}
    if party is not None and party.email:
        addresses[party.email.casefold()] = Recipient(EMAIL, party.email, language, name)
    always = event in ALWAYS
    reached = bool(addresses) or any(user.email for user in users)
    for user in users:
        if user.email and (user.wants_email or always):
            own = Recipient(EMAIL, user.email, user.language, name, user.id)
            addresses.setdefault(user.email.casefold(), own)
    copies = [*addresses.values()]
    asked = template_of(event).sms is Sms.IF_DEMANDED and demanded
    short = _text_message(template_of(event), party, users, language, name, asked, always, reached)
    copies += [short] if short is not None else []
    told = {copy.user_id for copy in copies}
    for user in users:
        if user.id not in told and (user.email or "").casefold() not in addresses:
            copies.append(Recipient(INBOX, "", user.language, name, user.id))
    return copies


def _beside(sms: Sms, *, asked: bool) -> bool:
    """Whether a text message goes out beside an e-mail."""
    match sms:
        case Sms.NO:
            return False
        case Sms.IF_MOBILE:
            return True
        case Sms.IF_DEMANDED:
            return asked
        case _:
            assert_never(sms)


def _text_message(
    template: Template,
    party: Party | None,
    users: list[User],
    language: str,
    name: str,
    asked: bool,
    always: bool,
    reached: bool,
) -> Recipient | None:
    """The text message: where the text demands it, the event has one, or there is no e-mail address."""
    known = [user for user in users if user.mobile]
    chosen = [user for user in known if user.wants_sms or asked or always]
    mobile = party.mobile if party is not None else ""
    number = mobile or next((user.mobile for user in chosen), "")
    if number and (_beside(template.sms, asked=asked) or not reached):
        own = chosen[0].id if not mobile and party is None else None
        return Recipient(SMS, number, language, name, own)
    if not (mobile or known):
        if asked and reached:
            return Recipient(SMS, "", language, name, error=NO_MOBILE)
        if not reached:
            return Recipient(EMAIL, "", language, name, error=NO_ADDRESS)
    return None
