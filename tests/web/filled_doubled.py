"""What the pages of mergers show: two of one name, two that were merged, two that are marked as two."""

from __future__ import annotations

from core.domain.roles import Role
from core.services.mergers import different, merging
from tests.services.factory import accredit, make_party
from tests.services.journey import Town

NAME = "双河某某服务中心"


def doubled(town: Town, key: str, region: str) -> dict[str, int]:
    """Ids by name: of one of the pair, of the merger of another, and of the mark of a third."""
    places = ("（南区）", "(南区)", "（北区）", "北区", "（东区）", "(东区)")
    parties = [make_party(town.engine, name=f"{NAME}{place}", region=region) for place in places]
    one, _, kept, merged, first, second = parties
    for number, party in enumerate(parties, 1):
        accredit(town.engine, key, f"2024-02-0{number}", party_id=party, region=region)
    lead = town.make_actor(Role.LEAD)
    with town.begin(lead, "2024-06-03T10:00", "party.merge") as w:
        merger = merging.merge(w, kept, merged, "两次登记")
        mark = different.mark(w, first, second, "两个分支机构")
    return {"double": one, "merger": merger, "mark": mark}
