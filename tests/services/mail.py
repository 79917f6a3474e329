"""What the tests of outgoing messages are about: a party with an accreditation and members."""

from datetime import date

from sqlalchemy.orm import Session

from core.domain.lifecycle.states import AccreditationState
from core.rules.clauses import PartyKind
from core.storage.models import Accreditation, Membership, Party, User

USCC = "91220201MA0Y0G2R1B"


def make_party(session: Session, *, email: str = "office@firm.example", mobile: str = "13900001234") -> Party:
    """An organisation with an address and a number."""
    party = Party(
        kind=PartyKind.ORGANIZATION,
        name="吉林市创新服务有限公司",
        uscc=USCC,
        region="220200",
        email=email,
        mobile=mobile,
    )
    session.add(party)
    session.flush()
    return party


def make_member(session: Session, party: Party, email: str, language: str = "zh", **more: object) -> User:
    """A user who acts for the party."""
    user = User(email=email, name=email.partition("@")[0], fs_uniquifier=email, language=language, **more)
    session.add(user)
    session.flush()
    session.add(Membership(party_id=party.id, user_id=user.id))
    session.flush()
    return user


def make_accreditation(
    session: Session, party: Party, program: str = "jilin", track: str = "provider", edition: str = "interim"
) -> Accreditation:
    """An accreditation in force."""
    status = Accreditation(
        program=program,
        track=track,
        edition=edition,
        party_id=party.id,
        number=f"{program}-{track}-1",
        year=2025,
        sequence=1,
        region=party.region,
        state=AccreditationState.ACTIVE,
        started_on=date(2025, 1, 1),
        valid_from=date(2025, 1, 1),
        valid_through=date(2026, 12, 31),
    )
    session.add(status)
    session.flush()
    return status
