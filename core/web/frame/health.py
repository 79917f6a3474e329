"""What machines ask: whether the site is up, whether it is ready, and its figures."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, request, url_for
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from werkzeug.wrappers import Response as BaseResponse

from core.domain.clock import now
from core.services.statistics.operating import Figure, figures
from core.services.trail.anchoring import outlets_from
from core.storage.processes.absence import tells_of_absence
from core.storage.processes.readiness import DATABASE, Readiness, room
from core.web.frame.bound import clocks, csrf, db, limiter
from core.web.frame.config import SECRET_FILE
from core.web.frame.pipeline import session
from core.web.front.pages import RETRY_SECONDS, UNAVAILABLE

blueprint = Blueprint("health", __name__)
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "accredit_requests_total", "Requests answered", ("method", "endpoint", "status"), registry=REGISTRY
)
SECONDS = Histogram("accredit_request_seconds", "Time to answer", ("endpoint",), registry=REGISTRY)
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes of one site count together, those that have died too."""

log = structlog.get_logger(__name__)


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, object], int]:
    """Whether the application answers, reaches its database, and has the same time."""
    if clocks.compare(db.session().connection().exec_driver_sql):
        return {"status": "ok"}, 200
    return {"status": "clock", "seconds_ahead": round(clocks.ahead.total_seconds())}, 503


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, object], int, dict[str, str]]:
    """Whether requests may be sent here; each need by name, and no word of why it is not met."""
    needs = readiness().ask()
    ready = all(needs.values())
    checks = {name: "ok" if met else "failing" for name, met in needs.items()}
    code, headers = (200, {}) if ready else (UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)})
    return {"ready": ready, "checks": checks}, code, headers


def readiness() -> Readiness:
    """What tells of this application on its instance folder."""
    instance = Path(current_app.instance_path)
    known: Readiness | None = current_app.extensions.get("readiness")
    if known is None or known.instance != instance:
        secret = Path(current_app.config["SECRETS"]) / SECRET_FILE
        known = Readiness(instance, db.engine, clocks, must_have=[secret])
        current_app.extensions["readiness"] = known
    return known


@blueprint.get("/favicon.ico")
def icon() -> BaseResponse:
    """Where a browser looks for the site's sign beside what is no page."""
    return redirect(url_for("static", filename="icon.svg"), 301)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus: to this machine, or to who knows the token."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    known = bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    near = not token and request.remote_addr is not None and ip_address(request.remote_addr).is_loopback
    if not known and not near:
        abort(403)
    together = CollectorRegistry()
    if folder := os.environ.get(SHARED):
        MultiProcessCollector(together, folder)
    else:
        together.register(_Own())
    together.register(_Standing())
    return Response(generate_latest(together), content_type=CONTENT_TYPE_LATEST)


class _Own(Collector):
    """What this process has counted, where it answers alone."""

    def collect(self) -> Iterable[Metric]:
        """Everything of its registry."""
        return REGISTRY.collect()


class _Standing(Collector):
    """What the register and this machine stand at; whichever process is asked tells the same."""

    def collect(self) -> Iterator[Metric]:
        """The figures of the machine, then those that the database knows."""
        instance = Path(current_app.instance_path)
        needs = readiness().ask()
        yield _gauge(
            "accredit_ready",
            "1 for each need of this machine's site that is met",
            {(name,): met for name, met in needs.items()},
            ("check",),
        )
        yield _gauge("accredit_disk_free_bytes", "Free below the instance folder", {(): room(instance)})
        ahead = clocks.ahead.total_seconds()
        yield _gauge(
            "accredit_clock_ahead_seconds", "This machine's clock against the database's", {(): ahead}
        )
        if needs[DATABASE]:
            yield from (_gauge(it.name, it.meaning, it.values, it.labels) for it in _kept(instance))


def _kept(instance: Path) -> list[Figure]:
    """What the database knows; nothing where it goes away meanwhile."""
    try:
        return list(figures(session(), now(), outlets_from(os.environ, instance).file))
    except Exception as error:
        if not tells_of_absence(error):
            raise
        log.warning("metrics.without_database")
        return []


def _gauge(
    name: str, meaning: str, values: Mapping[tuple[str, ...], float], labels: tuple[str, ...] = ()
) -> Metric:
    made = GaugeMetricFamily(name, meaning, labels=labels)
    for which, value in values.items():
        made.add_metric(which, value)
    return made


def init_app(app: Flask) -> None:
    """Measure every request."""
    csrf.exempt(blueprint)
    limiter.exempt(blueprint)
    app.register_blueprint(blueprint)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        REQUESTS.labels(request.method, endpoint, response.status_code).inc()
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response
