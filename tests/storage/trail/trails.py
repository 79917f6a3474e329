"""A trail for tests: parties that come one by one, and what an intruder does who owns the database."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from stdnum.cn.uscc import calc_check_digit

from core.rules.clauses import PartyKind
from core.storage.engine import session_factory
from core.storage.models import Party
from core.storage.trail.sealing import seal
from tests.databases import as_owner


def organization(number: int = 1, **values: object) -> Party:
    code = f"91220200MA000{number:04d}"
    return Party(
        kind=PartyKind.ORGANIZATION,
        **{"name": f"服务机构{number}", "uscc": code + calc_check_digit(code), "region": "220200", **values},
    )


def add(engine: Engine, *numbers: int) -> None:
    """A transaction with its event for each number."""
    for number in numbers:
        with session_factory(engine)() as session, session.begin():
            session.add(organization(number))


def sealed(engine: Engine, *numbers: int) -> None:
    """Transactions with their events, and with their places."""
    add(engine, *numbers)
    seal(session_factory(engine))


def tamper(session: Session, *statements: str) -> None:
    """Do what no one may, as the owner can: with the triggers lifted, and foreign keys not looked at."""
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    with as_owner(engine) as owner, owner.begin() as connection:
        for table in ("audit_event", "audit_link", "audit_end"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text("ALTER TABLE audit_event DROP CONSTRAINT IF EXISTS fk_audit_event_link_id"))
        for statement in statements:
            connection.execute(text(statement))
        for table in ("audit_event", "audit_link", "audit_end"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    session.expire_all()
