"""What the pages of mergers show: two parties of one name, and two that were merged."""

from __future__ import annotations

from core.domain.roles import Role
from core.services.mergers import merging
from tests.services.factory import accredit, make_party
from tests.services.journey import Town

NAME = "双河某某服务中心"


def doubled(town: Town, key: str, region: str) -> dict[str, int]:
    """Ids by name: of one of the pair, and of the merger of another."""
    names = (f"{NAME}（南区）", f"{NAME}(南区)", f"{NAME}（北区）", f"{NAME}北区")
    one, other, kept, merged = (make_party(town.engine, name=name, region=region) for name in names)
    for number, party in enumerate((one, other, kept, merged), 1):
        accredit(town.engine, key, f"2024-02-0{number}", party_id=party, region=region)
    lead = town.make_actor(Role.LEAD)
    with town.begin(lead, "2024-06-03T10:00", "party.merge") as w:
        return {"double": one, "merger": merging.merge(w, kept, merged, "两次登记")}
