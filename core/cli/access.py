"""`accredit access`: who came in, who was turned away, and who looked at whose data."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from core.cli.common import Unreadable, emit, read_day
from core.cli.register import acting, instance_option
from core.domain.clock import SHANGHAI
from core.services.entry.record import entries, found_by
from core.storage.models import AccessRecord
from core.storage.models.accounts import AccessKind, Look

MOST = 1000


@click.command()
@click.option("--find", "words", default="", help="A person, a party, or a network address, whole.")
@click.option("--party", type=int, help="Number of the party whose data it is.")
@click.option("--kind", type=click.Choice([kind.value for kind in AccessKind]))
@click.option("--look", type=click.Choice([look.value for look in Look]), help="What was looked at.")
@click.option("--since", help="First day.")
@click.option("--until", help="Last day.")
@click.option("--most", type=click.IntRange(1), default=MOST, show_default=True, help="So many, the latest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
@instance_option
def access(
    words: str,
    party: int | None,
    kind: str | None,
    look: str | None,
    since: str | None,
    until: str | None,
    most: int,
    instance: Path,
    *,
    as_json: bool,
) -> None:
    """Who came in, who was turned away, and who looked at whose data: the latest first."""
    with acting(instance, "access.read") as w:
        query = entries(w)
        if words.strip():
            query = query.where(found_by(words.strip()))
        if party is not None:
            query = query.where(AccessRecord.party_id == party)
        if kind is not None:
            query = query.where(AccessRecord.kind == kind)
        if look is not None:
            query = query.where(AccessRecord.look == look)
        if since is not None:
            query = query.where(AccessRecord.at >= _begins(since, "--since"))
        if until is not None:
            query = query.where(AccessRecord.at < _begins(until, "--until") + timedelta(days=1))
        rows = [_told(row) for row in w.session.scalars(query.limit(most))]
    if as_json:
        emit(rows)
        return
    for row in rows:
        sys.stdout.write("\t".join(str(value) if value is not None else "-" for value in row.values()) + "\n")


def _begins(day: str, option: str) -> datetime:
    try:
        return datetime.combine(read_day(day, option), time(), SHANGHAI)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error


def _told(row: AccessRecord) -> dict[str, Any]:
    return {
        "at": row.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "kind": row.kind.value,
        "who": str(row.who) if row.who is not None else row.who_id,
        "address": row.address or None,
        "look": row.look.value if row.look is not None else None,
        "number": row.number,
        "party": row.party.name if row.party is not None else row.party_id,
        "program": row.program,
        "region": row.region,
        "detail": row.detail or None,
    }
