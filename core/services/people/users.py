"""Users, their passwords and what they may do: accounts are made and roles granted by administrators."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import date
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, MalformedError, NotAllowed, NotFound, Refused
from core.domain.folding import repaired
from core.domain.messages import MessageEvent
from core.domain.roles import Grant as Granted
from core.domain.roles import Role
from core.rules.periods import DAY
from core.rules.text import T
from core.services.base import regions
from core.services.base.access import allowed, require
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Actor, Work
from core.services.entry import guesses, passwords
from core.services.entry.record import looked, note
from core.services.messaging.writing import notify
from core.services.people.rights import sessions
from core.services.people.rights.duties import require_one_duty
from core.storage.models import Grant, Membership, OutboxMessage, Party, Recommender, Region, User
from core.storage.models.accounts import AccessKind, GuessKind, Look
from core.storage.one_party import ids_of

LONGEST_NAME = 200
LANGUAGES = ("zh", "en")
OWN_PASSWORD = T("密码只由本人设置", "Each sets their own password, and nobody that of another")
NO_USER = T("没有这个用户", "There is no such user")
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The password as it is stored; what the login screen verifies."""
    return _HASHER.hash(unicodedata.normalize("NFKD", password))


def create_user(
    w: Work,
    *,
    email: str,
    name: str,
    password: str | None = None,
    mobile: str = "",
    language: str = "zh",
) -> int:
    """Make an account, whose owner sets the password by a code; on the machine one can be given.

    Returns the user's id.
    """
    require(w, Act.USER_EDIT, None, None)
    if password is not None and not w.actor.system:
        raise NotAllowed(OWN_PASSWORD)
    errors = unwritten(name, "name", longest=LONGEST_NAME)
    try:
        email = identifiers.email(email)
    except MalformedError as error:
        errors["email"] = error.text
    if mobile:
        try:
            mobile = identifiers.mobile(mobile)
        except MalformedError as error:
            errors["mobile"] = error.text
    if language not in LANGUAGES:
        errors["language"] = T("应为 zh 或 en", "give zh or en")
    if password is not None:
        errors |= passwords.errors(password, (email, name, mobile))
    if "email" not in errors and find_user(w.session, email) is not None:
        errors["email"] = T("该邮箱已有账号", "there is an account with this address")
    if errors:
        raise Invalid(errors)
    user = User(
        email=email,
        name=repaired(name),
        mobile=mobile,
        language=language,
        password=hash_password(password) if password is not None else None,
        password_set_at=w.now if password is not None else None,
        fs_uniquifier=uuid4().hex,
        confirmed_at=w.now,
    )
    try:
        with w.session.begin_nested():
            w.session.add(user)
    except IntegrityError as error:
        raise Conflict(T("该邮箱刚刚建立了账号", "An account with this address was made just now")) from error
    if password is None:
        _send(w, user, MessageEvent.ACCOUNT_CREATED, f"created/{user.id}")
    return user.id


def find(w: Work, user_id: int) -> User:
    """The account, for whoever may look at accounts; NotFound for all others."""
    found = w.session.get(User, user_id)
    if found is None or not allowed(w.actor, Act.USER_VIEW, None, None):
        raise NotFound(NO_USER)
    looked(w, Look.ACCOUNT, user_id)
    return found


def send_reset(w: Work, user_id: int) -> None:
    """Ask a user to set another password, by a code to the user's own address; once a day.

    An administrator never knows the password of somebody else.
    """
    require(w, Act.USER_EDIT, None, None)
    user = locked(w, user_id)
    if not user.active:
        raise Refused(T("账号已停用", "the account was closed"), mend=T("请先启用", "open it first"))
    key = f"password-asked/{user_id}/{w.today}"
    if w.session.scalar(select(exists().where(OutboxMessage.key == key))):
        raise Refused(T("今天已发送过", "one was sent today already"))
    _send(w, user, MessageEvent.ACCOUNT_PASSWORD_RESET, key)


def _send(w: Work, user: User, event: MessageEvent, key: str) -> None:
    notify(w, event, key=key, user_id=user.id, values={"login": user.email or user.mobile})


def forget_factor(w: Work, user: User) -> None:
    """Take the second factor off an account: the password alone opens; open sessions end."""
    guesses.forget(w.session, user.id, GuessKind.FACTOR)
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    _forget_sessions(user)
    note(w, AccessKind.FACTOR_CHANGED, user.id)


def replace_password(w: Work, user: User, password: str) -> None:
    """Give a user who has shown who it is another password; open sessions end."""
    errors = passwords.errors(password, passwords.own_words(user), passwords.used_by(w.session, user))
    if errors:
        raise Invalid(errors)
    passwords.replacing(w.session, user, w.now)
    user.password = hash_password(password)
    _forget_sessions(user)
    guesses.forget(w.session, user.id, GuessKind.PASSWORD)
    changed(w, user, AccessKind.PASSWORD_CHANGED)


def changed(w: Work, user: User, kind: AccessKind) -> None:
    """Enter that a user has another password or second factor, and write so to the user: once a minute."""
    note(w, kind, user.id)
    event = MessageEvent.ACCOUNT_FACTOR_CHANGED
    if kind is AccessKind.PASSWORD_CHANGED:
        event = MessageEvent.ACCOUNT_PASSWORD_CHANGED
    notify(w, event, key=f"{event}/{user.id}/{w.now:%Y-%m-%dT%H:%M}", user_id=user.id, values={})


def grant(
    w: Work,
    user_id: int,
    role: Role,
    *,
    program: str | None = None,
    region: str | None = None,
    party_id: int | None = None,
    recommender_id: int | None = None,
    starts_on: date | None = None,
) -> int:
    """Give a role to a user, for a programme or all, in a division or everywhere; returns the grant's id.

    `starts_on`: the first day on which it holds, at once if left out. Who recommends for an association or a
    department has no division: it reaches what goes through that body, wherever that is.
    """
    require(w, Act.USER_EDIT, None, None)
    user = locked(w, user_id)
    _require_somebody(user)
    _not_oneself(w, user_id)
    errors = _grant_errors(w, role, program, region, party_id)
    body = w.session.get(Recommender, recommender_id) if recommender_id is not None else None
    if recommender_id is not None:
        errors |= _body_errors(role, program, region, body)
    if errors:
        raise Invalid(errors)
    if body is not None:
        party_id = body.party_id
    same = select(Grant.id).where(
        Grant.user_id == user_id,
        Grant.role == role,
        Grant.program.is_not_distinct_from(program),
        Grant.region.is_not_distinct_from(region),
        Grant.recommender_id.is_not_distinct_from(recommender_id),
        or_(Grant.ends_on.is_(None), Grant.ends_on > (starts_on or w.today)),
    )
    if w.session.scalar(same) is not None:
        raise Conflict(T("该用户已有此权限", "The user has this role already"))
    require_one_duty(w, user_id, role, starts_on)
    made = Grant(
        user_id=user_id,
        role=role,
        program=program,
        region=region,
        party_id=party_id,
        recommender_id=recommender_id,
        starts_on=starts_on,
    )
    w.session.add(made)
    w.session.flush()
    tell_roles(w, user, f"grant/{made.id}")
    return made.id


def _grant_errors(
    w: Work, role: Role, program: str | None, region: str | None, party_id: int | None
) -> dict[str, T]:
    errors: dict[str, T] = {}
    if role is Role.APPLICANT:
        errors["role"] = T(
            "申请人的权限来自其所属主体", "an applicant's rights come from membership of a party"
        )
    if role is Role.SYSADMIN and (program or region):
        errors["role"] = T("系统管理员不分项目和地区", "a system administrator has no limits of scope")
    if program is not None and program not in w.catalogue.programs:
        known = ", ".join(w.catalogue.programs)
        errors["program"] = T(
            f"没有项目 {program}；可选：{known}", f"there is no {program}; choose from {known}"
        )
    if role is Role.RECOMMENDER and program is None:
        errors["program"] = T("推荐单位须限定项目", "a recommender belongs to a programme")
    if region is not None:
        try:
            regions.read_code(w.session, region)
        except MalformedError as error:
            errors["region"] = error.text
    if party_id is not None and role is not Role.RECOMMENDER:
        errors["party_id"] = T("仅推荐单位需要填写所属机构", "only a recommender acts for a body")
    elif party_id is not None and w.session.get(Party, party_id) is None:
        errors["party_id"] = T("没有这个机构", "there is no such party")
    return errors


def _body_errors(
    role: Role, program: str | None, region: str | None, body: Recommender | None
) -> dict[str, T]:
    """What stands against a role for an association or a department."""
    if body is None:
        return {"recommender": T("没有这个推荐单位", "there is no such recommender")}
    errors: dict[str, T] = {}
    if role is not Role.RECOMMENDER:
        errors["recommender"] = T("仅推荐单位需要填写", "only a recommender acts for one")
    elif body.program != program:
        errors["recommender"] = T("不是该项目的推荐单位", "it recommends in another programme")
    if region is not None:
        errors["region"] = T(
            "协会、商会和业务部门不分地区，请留空",
            "associations and departments have no region; leave it empty",
        )
    return errors


def revoke_grant(w: Work, grant_id: int) -> None:
    """Take a role away; the last administrator keeps it."""
    require(w, Act.USER_EDIT, None, None)
    found = w.session.get(Grant, grant_id, with_for_update=True)
    if found is None:
        raise NotFound(NOTHING_THERE)
    if found.role is Role.SYSADMIN:
        _another_sysadmin(w, found.user_id)
    user = found.user
    w.session.delete(found)
    w.session.flush()
    w.session.expire(user, ["grants"])
    sessions.end_all(user)
    tell_roles(w, user, f"grant/{grant_id}/revoked")


def deactivate(w: Work, user_id: int) -> None:
    """Close an account: nobody logs in to it, and open sessions end; what the user did stays recorded."""
    require(w, Act.USER_EDIT, None, None)
    user = locked(w, user_id)
    if user_id == w.actor.user_id:
        raise Refused(T("不能停用自己的账号", "Nobody closes their own account"))
    if any(item.role is Role.SYSADMIN for item in user.grants):
        _another_sysadmin(w, user_id)
    user.active = False
    _forget_sessions(user)


def activate(w: Work, user_id: int) -> None:
    """Open a closed account again."""
    require(w, Act.USER_EDIT, None, None)
    user = locked(w, user_id)
    _require_somebody(user)
    user.active = True
    guesses.forget(w.session, user_id)


def at_address(w: Work, address: str) -> int:
    """The account at an e-mail address or mobile number, for whoever may look at accounts."""
    require(w, Act.USER_VIEW, None, None)
    given = address_key(address)
    here = or_(func.lower(User.email) == given, User.mobile == given)
    found = w.session.scalar(select(User.id).where(here).order_by(User.id)) if given else None
    if found is None:
        raise Refused(T("没有使用该邮箱或手机号码的账号", "no account has this address or number"))
    return found


def find_user(session: Session, email: str) -> User | None:
    """The user with this e-mail address, whatever its case."""
    return session.scalar(select(User).where(func.lower(User.email) == address_key(email)))


def address_key(given: str) -> str:
    """How an e-mail address or mobile number is compared, in whichever way it was typed."""
    for read in (identifiers.email, identifiers.mobile):
        with suppress(MalformedError):
            return read(given).lower()
    return given.strip().lower()


def find_by_login(session: Session, login: str) -> User | None:
    """The user who logs in with this e-mail address, or with this mobile number, once it was confirmed."""
    key = address_key(login)
    if "@" in key:
        return find_user(session, login)
    return session.scalar(select(User).where(User.mobile == key, User.mobile_confirmed_at.is_not(None)))


def by_id(session: Session, user_id: int) -> User:
    """The user's own row."""
    return session.get_one(User, user_id)


def take_code(session: Session, user_id: int, counter: int) -> bool:
    """Mark a time-based code as used; False where it or a later one was, also when two come at once."""
    last = User.tf_last_counter
    query = (
        update(User)
        .where(User.id == user_id, or_(last.is_(None), last < counter))
        .values(tf_last_counter=counter)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(query) is not None


def actor_for(session: Session, user_id: int, day: date) -> Actor:
    """The user as one who acts on a day; NotFound for a closed account."""
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotFound(T("没有这个用户，或账号已停用", "There is no such user, or the account is closed"))
    member_of = select(Membership.party_id).where(Membership.user_id == user_id)
    # Most staff act for no body, and every page asks for its actor.
    grants = user.held(day)
    bodies = [grant.party_id for grant in grants if grant.party_id is not None]
    for_bodies = ids_of(select(Party.id).where(Party.id.in_(bodies)))
    return Actor(
        user.id,
        str(user),
        tuple(Granted(item.role, item.program, item.region, item.recommender_id) for item in grants),
        frozenset(session.scalars(ids_of(member_of))),
        frozenset(session.scalars(for_bodies)) if bodies else frozenset(),
    )


def locked(w: Work, user_id: int) -> User:
    found = w.session.get(User, user_id, with_for_update=True)
    if found is None:
        raise NotFound(NO_USER)
    return found


def _require_somebody(user: User) -> None:
    if user.given_up_at is not None:
        raise Refused(
            T("本人已注销此账号", "its person gave the account up"),
            mend=T("请另立账号", "open another one"),
        )


def _not_oneself(w: Work, user_id: int) -> None:
    if w.actor.user_id == user_id:
        raise Refused(
            T("不能给自己授权", "Nobody grants roles to themselves"),
            mend=T("请由其他系统管理员办理", "ask another administrator"),
        )


def _another_sysadmin(w: Work, user_id: int) -> None:
    """Refuse to leave the register without an administrator."""
    ours = select(Grant.id).where(Grant.role == Role.SYSADMIN)
    # Whoever takes an administrator away waits here, and then looks at what the one before has left.
    w.session.scalars(ours.order_by(Grant.id).with_for_update()).all()
    today = Grant.held_on(w.today)
    left = select(Grant.user_id).join(Grant.user).where(Grant.role == Role.SYSADMIN, User.active, today)
    if all(number == user_id for number in w.session.scalars(left)):
        raise Refused(
            T("至少保留一名系统管理员", "There must be at least one system administrator"),
            mend=T("请先授权另一名", "grant the role to another user first"),
        )


def _forget_sessions(user: User) -> None:
    sessions.end_all(user)
    # Cookies carry it: with another one, none of them is known any more.
    user.fs_uniquifier = uuid4().hex


def tell_roles(w: Work, user: User, key: str) -> None:
    """Write to a user which roles it has, and from or until when."""
    w.session.refresh(user, ["grants"])
    said = [_said(w, item) for item in user.grants if item.ends_on is None or item.ends_on > w.today]
    roles = T("；".join(item.zh for item in said) or "无", "; ".join(item.en for item in said) or "none")
    notify(w, MessageEvent.ACCOUNT_ROLES_CHANGED, key=key, user_id=user.id, values={"roles": roles})


def _said(w: Work, item: Grant) -> T:
    label = item.role.label
    titles = {name: loaded.program.title for name, loaded in w.catalogue.programs.items()}
    program = titles.get(item.program or "", T(item.program or "所有项目", item.program or "all programmes"))
    region = T("全部地区", "all regions")
    if item.region:
        named = w.session.get(Region, item.region)
        region = T(named.name, named.name_en or named.name) if named else T(item.region, item.region)
    zh, en = [program.zh, region.zh], [program.en, region.en]
    if item.recommender is not None:
        zh[-1] = en[-1] = item.recommender.name
    elif item.party is not None:
        zh.append(f"代表{item.party.name}")
        en.append(f"for {item.party.name}")
    if item.starts_on is not None and item.starts_on > w.today:
        zh.append(f"自 {item.starts_on} 起")
        en.append(f"from {item.starts_on} on")
    if item.ends_on is not None:
        last = item.ends_on - DAY
        zh.append(f"至 {last} 止")
        en.append(f"through {last}")
    return T(f"{label.zh}（{'，'.join(zh)}）", f"{label.en} ({', '.join(en)})")
