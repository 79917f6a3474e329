"""The officer's lists and case page over a large register: time and statements a page."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from benchmarks.common import Figures, machine, options, report, scratch, server
from benchmarks.filling import fill, settle
from core.domain.clock import now
from core.domain.roles import Role
from core.services.people.rights.sessions import begin
from core.storage.engine import session_factory
from core.storage.models import Grant, Party, User
from core.storage.search import name_grams
from core.storage.seed import seed
from core.web.app import create_app
from core.web.frame.bound import db
from core.web.frame.config import AppConfig, FactorOf
from core.web.security.sessions import KEY

FULL, RECORDS = 100_000, 5
SMALL, SMALL_RECORDS = 3_000, 2
TIMES = 5
RARE, RARE_IN = "光谷", 1_000
COMMON = "诚信"

# One name in `RARE_IN` has the rare word; the others are made of parts, in turn.
_NAMES = """
UPDATE party SET name = CASE WHEN id % :every = 0 THEN '武汉光谷' ELSE
        (ARRAY['聊城','吉林','恩施','宜昌','襄阳','松江','徐汇','嘉定'])[1 + id % 8]
        || (ARRAY['诚信','华创','众联','启航','同舟','汇智','博远'])[1 + id / 8 % 7] END
    || (ARRAY['企业服务','科技创新','财税咨询','法律事务','融资服务'])[1 + id / 56 % 5] || '中心' || id
"""
_GRAMS = """
UPDATE party SET folded_name = accredit_folded(name), name_grams = array_prepend('^' || left(name, 1), ARRAY(
    SELECT pair FROM (
        SELECT substr(name, i, 2) AS pair, min(i) AS place
        FROM generate_series(1, length(name) - 1) AS i GROUP BY 1
    ) AS pairs ORDER BY place))
"""
PAGES: dict[str, str] = {
    "accreditations, page 1": "/admin/accreditations/",
    "accreditations, page 100": "/admin/accreditations/?page=99",
    f"accreditations, search {RARE}": f"/admin/accreditations/?search={RARE}",
    f"accreditations, search {COMMON}": f"/admin/accreditations/?search={COMMON}",
    "accreditations of one programme, sorted": "/admin/accreditations/?program=jilin&sort=valid_through",
    "parties, page 1": "/admin/parties/",
    "parties, page 100": "/admin/parties/?page=99",
    f"parties, search {RARE}": f"/admin/parties/?search={RARE}",
    f"parties, search {COMMON}": f"/admin/parties/?search={COMMON}",
    f"parties, looked up {RARE}": f"/admin/parties/ajax/lookup/?query={RARE}",
    "records, page 1": "/admin/records/",
    "records, page 100": "/admin/records/?page=99",
    f"records, search {RARE}": f"/admin/records/?search={RARE}",
    "a case": "/admin/accreditations/{number}",
    "the first page of all": "/admin/",
}


def name_parties(engine: Engine) -> None:
    """Chinese names, and what they are found by."""
    with engine.begin() as connection:
        connection.execute(text(_NAMES), {"every": RARE_IN})
        connection.execute(text(_GRAMS))
    settle(engine, "VACUUM (ANALYZE)")
    with engine.connect() as connection:
        for name, grams in connection.execute(select(Party.name, Party.name_grams).limit(100)):
            assert grams == name_grams(name), f"{name} would not be found as the register finds names"


def browser(app: Flask, session: Session) -> FlaskClient:
    """A browser in which an officer of every programme is logged in."""
    user = User(email="officer@example.cn", name="经办人", fs_uniquifier=uuid4().hex)
    user.grants.append(Grant(role=Role.OFFICER))
    session.add(user)
    session.commit()
    return entered(app, session, user)


def entered(app: Flask, session: Session, user: User) -> FlaskClient:
    """A browser in which the user is logged in."""
    lifetime = app.config["LOGIN_LIFETIME"]
    _, key = begin(session, user.id, now(), lifetime, address="127.0.0.1", device="benchmark")
    session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        known = {"_user_id": user.fs_uniquifier, "_fresh": True, "fs_paa": now().timestamp(), "fs_cc": "set"}
        cookie.update(known | {KEY: key})
    return client


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def page(app: Flask, client: FlaskClient, path: str) -> Figures:
    """Milliseconds of a page, the median of five after one that warms up, and its statements."""
    with statements(app) as sent:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}"
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - start) * 1000)
    return {"ms": statistics.median(took), "statements": len(sent), "bytes": len(answer.data)}


def measure(engine: Engine, folder: Path, size: int, records: int) -> Figures:
    """Every page over a register of the given size."""
    fill(engine, size, records)
    name_parties(engine)
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(AppConfig(instance=folder, database_url=url, testing=True, factor_of=FactorOf.NOBODY))
    try:
        with session_factory(engine)() as session:
            seed(session)
            client = browser(app, session)
        return {title: page(app, client, path.format(number=size // 2)) for title, path in PAGES.items()}
    finally:
        with app.app_context():
            db.engine.dispose()


def main(arguments: list[str] | None = None) -> Figures:
    """Measure the pages, and print what they took."""
    given = options(__doc__).parse_args(arguments)
    size, records = (SMALL, SMALL_RECORDS) if given.small else (FULL, RECORDS)
    with (
        server(given.instance) as running,
        scratch(running) as engine,
        tempfile.TemporaryDirectory() as folder,
    ):
        pages = measure(engine, Path(folder), size, records)
    figures: Figures = {
        "machine": machine(),
        "accreditations": size,
        "records": size * records,
        "pages": pages,
    }
    report(figures, given, _lines(figures))
    return figures


def _lines(figures: Figures) -> list[tuple[str, ...]]:
    heading = f"{figures['accreditations']:,} accreditations, {figures['records']:,} service records"
    lines: list[tuple[str, ...]] = [(heading, "ms", "of its page 1", "statements")]
    first = 1.0
    for title, found in figures["pages"].items():
        if title.endswith("page 1"):
            first = found["ms"]
        lines.append((title, f"{found['ms']:.1f}", f"{found['ms'] / first:.1f}", str(found["statements"])))
    return lines


if __name__ == "__main__":
    main()
