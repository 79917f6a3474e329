"""An applicant at the own pages: a user, a party of its own, a call that is open."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.domain.clock import now
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.storage.models import Application, Call, FactEntry, MaterialFile, Membership, Party, User
from tests.services.factory import id_number, uscc
from tests.services.journey import COUNTY, PDF, claims
from tests.web.conftest import LogIn, MakeUser
from tests.web.counter import typed
from tests.web.screens import Browser, Page

KEY = "shanghai/comprehensive"


@dataclass
class Applicant:
    """One user with one party."""

    session: Session
    user: User
    party: Party
    browser: Browser
    call: Call | None

    @property
    def application(self) -> Application:
        """The one application of the party, as it stands in the database."""
        self.session.expire_all()
        self.session.rollback()
        return self.session.query(Application).filter_by(party_id=self.party.id).one()

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/my/applications/{self.application.id}"

    def begin(self) -> Page:
        """Begin an application from the list of programmes."""
        return self.browser.get("/my/programs/").send("/start")

    def fill(self, key: str = KEY, **changes: Any) -> None:
        """Fill in the whole form, and save it by its button."""
        page = self.browser.get(f"{self.path}/facts")
        wanted = claims(key) | changes
        names = {name for form in page.forms() for name in form.fields}
        page.send(**{name: typed(name, value) for name, value in wanted.items() if name in names})

    def hand_in(self) -> None:
        """A file for every document: the first as a person does it, the same for the others."""
        page = self.browser.get(f"{self.path}/materials")
        actions = [urlsplit(form.action or "").path for form in page.forms()]
        first, *others = [action for action in actions if "/materials/" in action]
        self.browser.post(first, {"files": file()})
        number = self.application.id
        given = self.session.query(MaterialFile).filter_by(application_id=number).one()
        shared = ("filename", "content_type", "size", "sha256", "uploaded_at")
        same = {name: getattr(given, name) for name in shared}
        for action in others:
            key = action.rsplit("/", 1)[1]
            self.session.add(MaterialFile(application_id=number, key=key, **same))
        self.session.commit()

    def entries(self, name: str) -> list[Any]:
        """Every word on a fact."""
        found = self.session.query(FactEntry).filter_by(application_id=self.application.id, name=name)
        return [entry.value for entry in found.order_by(FactEntry.id)]


def file(content: bytes = PDF, name: str = "材料.pdf") -> Any:
    """A file as a browser sends it."""
    return (io.BytesIO(content), name)


def applicant(
    session: Session,
    make_user: MakeUser,
    log_in: LogIn,
    key: str = KEY,
    *,
    window: tuple[datetime, datetime] | None = None,
    verified: bool = True,
    profile: Mapping[str, Any] | None = None,
    language: str = "zh",
) -> Applicant:
    """The user, logged in."""
    program, track = key.split("/")
    loaded = catalogue()[program]
    kind = loaded.program.track(track).party
    own = {"uscc": uscc()} if kind is PartyKind.ORGANIZATION else {"id_number": id_number()}
    party = Party(
        kind=kind,
        name="申江企业服务中心" if kind is PartyKind.ORGANIZATION else "王建国",
        region=COUNTY[program],
        mobile="13800138000",
        email="party@example.cn",
        verified_at=now() if verified else None,
        profile=dict(profile or {}),
        **own,
    )
    user = make_user(language=language)
    session.add(party)
    session.flush()
    session.add(Membership(party_id=party.id, user_id=user.id, main=True))
    call = None
    if window is None:
        window = (now() - timedelta(days=1), now() + timedelta(days=10))
    if loaded.track_rules(track, loaded.edition(now().date()).id).procedure.intake.value == "call":
        edition = loaded.edition(now().date()).id
        call = Call(
            program=program,
            edition=edition,
            tracks=[track],
            title="年度申报通知",
            opens_at=window[0],
            submit_by=window[1],
        )
        session.add(call)
    session.commit()
    return Applicant(session, user, party, Browser(log_in(user)), call)
