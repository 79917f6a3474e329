"""Bodies and answers on their way: what is closed takes and gives nothing more."""

from pathlib import Path

from core.web.front.bodies import Room, Spool


def test_what_is_closed_while_it_is_read_gives_nothing_more(tmp_path: Path) -> None:
    """A client that leaves closes its answer under whoever sends it."""
    room = Room(100)
    spool = Spool(room, tmp_path, small=1)
    assert spool.write(b"answer")
    assert spool.read(3) == b"ans"
    spool.close()
    assert spool.read(3) == b""
    assert not spool.write(b"more")
    assert room.held == 0
