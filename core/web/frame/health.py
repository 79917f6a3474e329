"""What machines ask: whether the site is up, and its figures."""

from __future__ import annotations

import hmac
import time
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, request, url_for
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from werkzeug.wrappers import Response as BaseResponse

from core.web.frame.bound import clocks, csrf, db, limiter

blueprint = Blueprint("health", __name__)
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "accredit_requests_total", "Requests answered", ("method", "endpoint", "status"), registry=REGISTRY
)
SECONDS = Histogram("accredit_request_seconds", "Time to answer", ("endpoint",), registry=REGISTRY)


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, object], int]:
    """Whether the application answers, reaches its database, and has the same time."""
    if clocks.compare(db.session().connection().exec_driver_sql):
        return {"status": "ok"}, 200
    return {"status": "clock", "seconds_ahead": round(clocks.ahead.total_seconds())}, 503


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
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


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
