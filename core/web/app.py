"""The composition root: one function makes the web application out of a configuration."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from core.embedded.server import database_url, normalise_url
from core.services.exports.long_ones import FOLDER as EXPORTS
from core.storage.engine import engine_options, prepare, reach
from core.storage.files import FileStore
from core.storage.processes import forward
from core.storage.processes.absence import tells_of_absence
from core.storage.trail.keys import KeyFile
from core.web.documents import received
from core.web.documents import setup as documents
from core.web.exports import setup as exports
from core.web.forms import echo
from core.web.frame import (
    doors,
    errors,
    headers,
    health,
    language,
    menu,
    paging,
    policy,
    show,
)
from core.web.frame.bound import babel, csrf, db, limiter
from core.web.frame.config import AppConfig, derived, secret_key
from core.web.front.kept import keep
from core.web.front.limits import MOST_UPLOADED
from core.web.front.numbered import Numbered
from core.web.front.standby import Standby
from core.web.office import setup as office
from core.web.portal import setup as portal
from core.web.public import setup as public
from core.web.recommending import setup as recommending
from core.web.redaction import setup as redaction
from core.web.reviewing import setup as reviewing
from core.web.security import setup as security
from core.web.statistics import setup as statistics
from core.web.system import setup as system
from core.web.typed import owner, unsent

PACKAGES = (
    public,
    portal,
    exports,
    echo,
    documents,
    office,
    statistics,
    recommending,
    reviewing,
    redaction,
    system,
)
"""Each registers its pages and its lines of the menu, in the menu's order."""
FORM_HOURS = 8


class IdConverter(IntegerConverter):
    """A number in an address; one that no row can have leads nowhere."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # the library's name
        super().__init__(map, *args, **{"max": paging.LARGEST_ID, **kwargs})


class Site(Flask):
    """Flask, which would draw a page for every fault: none can be drawn without a database."""

    def handle_exception(self, e: Exception) -> Response:  # the library's name
        """Let it through to `Standby`, or answer as Flask does."""
        if tells_of_absence(e):
            keep(request)
            raise e
        return super().handle_exception(e)


def create_app(config: AppConfig) -> Flask:
    """The web application on the instance folder and database of the configuration."""
    key = secret_key(config.instance)
    url = normalise_url(config.database_url) if config.database_url else database_url(config.instance)
    app = Site(__name__, instance_path=str(config.instance.resolve()))
    app.config.update(
        SECRET_KEY=derived(key, "session"),
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(KeyFile.of(config.instance)),
        MAX_CONTENT_LENGTH=MOST_UPLOADED,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="accredit",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.https,
        PREFERRED_URL_SCHEME="https" if config.https else "http",
        WTF_CSRF_TIME_LIMIT=FORM_HOURS * 3600,
        # Behind a TLS proxy that hides the referrer the strict check would refuse honest forms.
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI=config.rate_limit_storage,
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        METRICS_TOKEN=config.metrics_token,
        BASE_URL=config.base_url,
        SECURITY_CONTACT=config.security_contact,
        ACCESSIBILITY_CONTACT=config.accessibility_contact,
        SECRETS=str(config.instance.resolve()),
        TESTING=config.testing,
    )
    app.url_map.converters["int"] = IdConverter
    if config.proxies:
        # The documented way to believe the proxies in front.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies
        )
    app.extensions["files"] = FileStore.of(config.instance)
    app.extensions["exports"] = FileStore(config.instance.resolve() / EXPORTS)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        # Without such a file a site starts before its database is there.
        if forward.stored(config.instance) and (why := forward.take_up(config.instance, db.engine)):
            raise RuntimeError(why)
    doors.init_app(app)
    babel.init_app(app, locale_selector=language.locale)
    owner.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    health.init_app(app)
    language.init_app(app)
    show.init_app(app)
    paging.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    unsent.init_app(app)
    menu.init_app(app)
    security.init_app(app, config, key)
    for package in PACKAGES:
        package.init_app(app)
    policy.init_app(app)
    received.init_app(app, config.scanner)

    def reach_database() -> None:
        with app.app_context():
            reach(db.session())

    standby = Standby(app.wsgi_app, reach_database)
    app.wsgi_app = Numbered(standby, believed=config.proxies > 0)  # type: ignore[method-assign]  # as above
    return app
