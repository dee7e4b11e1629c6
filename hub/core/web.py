"""The Flask application class and what every page is given."""

import errno
import json
import logging
import mimetypes
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import flask
from flask import Flask, current_app, g, make_response, render_template, request, send_from_directory, url_for
from flask.globals import request_ctx
from flask_babel import gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import Markup
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from hub.core import access, cells, choices, clock, compression, i18n, kept, logs, settings, text
from hub.core.db import begin_write, db, described, prepare_engine
from hub.core.errors import DomainError
from hub.core.mail import SECRET, Site

log = logging.getLogger(__name__)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
FIRST_REFUSAL = 400
LARGEST_NUMBER = 2**31 - 1
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ERROR_PAGES = {400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503}
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
# What the build names by its content never changes under that name.
HASHED = re.compile(r"dist/[\w-]+\.(?:[A-Z0-9]{8}|[0-9a-f]{10})\.\w+", re.ASCII)

V = TypeVar("V", bound=Callable[..., Any])

csrf = CSRFProtect()
# Where nothing can be counted in the file, as on a full disk, each process counts for itself.
limiter = Limiter(
    get_remote_address, default_limits=[], headers_enabled=True, in_memory_fallback_enabled=True
)


def checked_by_its_form(view: V) -> V:
    """Leave the CSRF token (S6) of a view to its form, which does nothing before its token is found good.

    The form can then come back with all that was typed, where the general check answers by an error page.
    """
    csrf.exempt(view)
    return view


def looks_first(view: V) -> V:
    """Let a view that writes read without waiting for other writers, until it calls `begin_to_write`."""
    view.hub_looks_first = True  # type: ignore[attr-defined]
    return view


def begin_to_write() -> None:
    """Begin the writing transaction of a request that looked first; what it read is read anew from now on."""
    session = db.session()
    if network() in session:
        session.expunge(network())  # what mails say of the network need not be
    begin_write(session)


class RowNumber(IntegerConverter):
    """A number in an address: larger ones than a column holds name nothing, so they are a 404."""

    def __init__(self, url_map: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST_NUMBER, **kwargs})


def row_number(text: str) -> int:
    """Read a row's number in a query or a form (`type=`). Raises ValueError for one that names nothing."""
    number = int(text)
    if abs(number) > LARGEST_NUMBER:
        raise ValueError("larger than a column holds")
    return number


class Hub(Flask):
    """One request, one transaction: committed once, only for an unsafe method whose answer is below 400."""

    def dispatch_request(self) -> Any:
        """Begin a writing transaction where the method may write, and end it as the answer says."""
        if request.endpoint == "static":
            return super().dispatch_request()
        unsafe = request.method not in SAFE_METHODS
        try:
            if unsafe and not hasattr(self.view_functions.get(request.endpoint or ""), "hub_looks_first"):
                begin_write(db.session())
            answer = self.make_response(super().dispatch_request())
            if unsafe and answer.status_code < FIRST_REFUSAL:
                db.session.commit()
        finally:
            db.session.rollback()
        return answer

    def send_static_file(self, filename: str) -> flask.Response:
        """Send it compressed where it can be; let browsers keep for good what is named by its content."""
        answer = self._send_variant(filename) or super().send_static_file(filename)
        if HASHED.fullmatch(filename):
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            answer.vary.add("Accept-Encoding")
        return answer

    def _send_variant(self, filename: str) -> flask.Response | None:
        """Send a file of the build in the smallest coding that the browser reads."""
        found = compression.best_variant(self.static_folder, filename) if HASHED.fullmatch(filename) else None
        if found is None:
            return None
        variant, coding = found
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        answer = send_from_directory(self.static_folder or "", variant, mimetype=kind)
        answer.headers["Content-Encoding"] = coding
        return answer


def init_app(app: Flask) -> None:
    """Wire the foundation: database, languages, CSRF, limits, headers, error pages, words for templates."""
    logs.guard()
    app.url_map.converters["int"] = RowNumber
    if app.config["PROXIES"]:
        # Limits count by the reader's address; what a header tells is believed of our own proxies only.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=app.config["PROXIES"], x_proto=app.config["PROXIES"]
        )
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        db.session.session_factory.configure(info={"site": site})
    i18n.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    app.extensions.setdefault(access.LOADER, lambda: None)
    app.after_request(secure_headers)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(CSRFError, show_error)
    app.register_error_handler(DomainError, show_refusal)
    app.register_error_handler(DBAPIError, show_database_error)
    app.register_error_handler(PoolTimeoutError, show_database_error)
    app.register_error_handler(OSError, show_system_error)
    app.register_error_handler(Exception, show_crash)
    app.context_processor(template_words)
    add_filters(app)


def site() -> Site:
    """Return what mails say of the network."""
    row = network()
    config = current_app.config
    return Site(
        base_url=config["BASE_URL"], name=row.name, sender=config["MAIL_FROM"] or row.contact_email,
        language=config["LANGUAGES"][0],
    )  # fmt: skip


def network() -> settings.NetworkSettings:
    """Return the network's settings, read once a request."""
    if "network" not in g:
        g.network = settings.get(db.session())
    found: settings.NetworkSettings = g.network
    return found


def asset(name: str) -> str:
    """Return the address of a built asset; its name holds a hash of its content."""
    found: dict[str, str] = g.setdefault("assets", {})  # each icon of a page asks for the same file
    if name not in found:
        path = Path(current_app.static_folder or "") / "dist" / "manifest.json"
        built = path.stat().st_mtime_ns if path.exists() else 0
        found[name] = url_for("static", filename=f"dist/{manifest(path, built).get(name, name)}")
    return found[name]


@lru_cache(maxsize=1)
def manifest(path: Path, built: int) -> dict[str, str]:
    """Return plain name → hashed name; the moment of building is a key, so a new build is seen at once."""
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if built else {}
    return found


def template_words() -> dict[str, Any]:
    """Return what every template may use."""
    now = clock.now()
    return {
        "network": network(),
        "user": access.current_user(),
        "demo": current_app.config["DEMO"],
        "now": now,
        "today": clock.today(now),
        "language": i18n.chosen_language(),
        "languages": {code: i18n.LANGUAGES[code] for code in current_app.config["LANGUAGES"]},
        "theme": request.cookies.get("theme") if request.cookies.get("theme") in {"light", "dark"} else None,
    }


def endpoint_exists(name: str) -> bool:
    """Say whether the page is there in this installation."""
    return name in current_app.view_functions


def may_open(name: str, thing: object = None) -> bool:
    """Say whether the page is there and open to the person of this request.

    `thing` is the row that the page is about; none for pages of no particular row, such as a navigation's.
    """
    rule = getattr(current_app.view_functions.get(name), "hub_rule", None)
    return rule is not None and access.may(rule, thing)


def add_filters(app: Flask) -> None:
    """Give templates dates, figures and texts as people here write them."""
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        endpoint_exists=endpoint_exists,
        may_open=may_open,
        may=access.may,
        daterange=_range,
        field_options=choices.options,
        options_of=choices.marked,
        table_cell=cells.cell,
        coordinator=access.coordinator,
    )
    app.jinja_env.filters.update(
        date=_speak(i18n.format_date),
        shortdate=_speak(i18n.format_short_date),
        datetime=_speak(i18n.format_datetime),
        time=_speak(i18n.format_time),
        number=_speak(i18n.format_number),
        percent=_speak(i18n.format_percent),
        markdown=text.markdown,
        truncate=text.truncate,
        iso=_iso,
    )


def _speak(formatter: Any) -> Any:
    def formatted(value: Any) -> str:
        return "" if value is None else str(formatter(value, i18n.chosen_language()))

    return formatted


def _range(start: datetime, end: datetime) -> str:
    return i18n.format_range(start, end, i18n.chosen_language())


def _iso(value: datetime) -> str:
    return clock.local(value).isoformat(timespec="minutes")


def secure_headers(response: Response) -> Response:
    """Add the headers that keep pages from being framed, sniffed or scripted from elsewhere."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if g.get("user"):
        headers.setdefault("Cache-Control", "private, no-store")
    if "token" in (request.view_args or {}):
        access.private(response)
    return response


def show_error(problem: HTTPException) -> Response:
    """Show the page of an error in the product's look; it tells nothing of the inside (S16)."""
    if problem.response is not None:
        return problem.response  # type: ignore[return-value]
    if isinstance(problem, CSRFError):
        view = current_app.view_functions.get(request.endpoint or "")
        typed = kept.page(400, again=access.current_user() is not None or access.is_open(view))
        if typed is not None:
            return typed
    page = error_page(problem.code or 500, message=problem.description if problem.code == 422 else None)  # noqa: PLR2004
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        page.allow.update(problem.valid_methods)
    return page


def show_refusal(problem: DomainError) -> Response:
    """Say what an operation refused where the page itself has no place for it."""
    return error_page(422, message=gettext(problem.msgid, **problem.params))


def error_page(code: int, message: str | None = None) -> Response:
    """Return the page of that error, or of the nearest one that exists."""
    if request_ctx.url_adapter is None:
        # The Host was refused (S8): no page of ours can be addressed from here.
        return make_response(fallback_page(code), code)
    page = code if code in ERROR_PAGES else (400 if code < 500 else 500)  # noqa: PLR2004
    page = {405: 404, 410: 404}.get(page, page)
    try:
        body: str | Markup = render_template(f"errors/{page}.html", code=code, message=message)
    except Exception:
        # The page itself may need the database that is away.
        log.exception("the error page %s could not be made", code)
        body = fallback_page(code)
    response = make_response(body, code)
    if code == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = "10"
    return response


def fallback_page(code: int) -> Markup:
    """Return a page that needs neither database nor assets."""
    if code < 500:  # noqa: PLR2004
        title = gettext("Cette adresse n’est pas la bonne")
        advice = gettext("Vérifiez l’adresse, ou revenez à la page d’accueil.")
    else:
        title = gettext("Le service est momentanément indisponible")
        advice = gettext("Rien de ce qui était confirmé n’est perdu. Réessayez dans quelques instants.")
    return Markup(
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head>'
        "<body><main><h1>{title}</h1><p>{advice}</p><p>{code}</p></main></body></html>"
    ).format(title=title, advice=advice, code=code)


def show_database_error(problem: DBAPIError | PoolTimeoutError) -> Response:
    """Show what a failure of the database means for whoever asked."""
    code = database_code(problem)
    log.error("database, %s: %s", code, described(problem))
    db.session.rollback()
    return unavailable() if code == 503 else error_page(code)  # noqa: PLR2004


def database_code(problem: DBAPIError | PoolTimeoutError) -> int:
    """Return 503 where the database is away, busy or full (R2, R3); a defect of ours is a 500."""
    if isinstance(problem, IntegrityError):
        return 409  # somebody stored the same thing, or took away what this one needs, in the same instant
    if isinstance(problem, DataError):
        return 400  # what was sent fits no column: a NUL sign, a number beyond all bounds
    if isinstance(problem, OperationalError | PoolTimeoutError) or problem.connection_invalidated:
        return 503
    return 500


def show_system_error(problem: OSError) -> Response:
    """Answer 503 where a file finds no room (R2); anything else is a defect."""
    if problem.errno not in DISK_FULL:
        return show_crash(problem)
    log.error("disk full: %s", problem)
    db.session.rollback()
    return unavailable()


def unavailable() -> Response:
    """Return the page for now and soon, without asking the database for the network's name or the reader."""
    g.network, g.user = settings.defaults(), None
    return error_page(503)


def show_crash(problem: Exception) -> Response:
    """Write the error to the log and show a kind page."""
    # Whoever reads the log must not open somebody's page.
    path = SECRET.sub(r"\1…", request.path)
    log.error("unhandled: %s %s\n%s", request.method, path, described(problem))
    if current_app.testing and current_app.config.get("RAISE_ERRORS", True):
        raise problem
    db.session.rollback()
    return error_page(500)
