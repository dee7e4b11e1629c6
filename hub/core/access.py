"""Who may do what: a rule on every route, deny by default (S2)."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, Protocol, TypeVar
from urllib.parse import urlencode

from flask import abort, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Load
from werkzeug.wrappers import Response

from hub.core import clock, kept, tokens
from hub.core.db import Base, db


class CurrentUser(Protocol):
    """What the foundation needs to know of an account."""

    id: Any
    name: Any

    @property
    def is_coordinator(self) -> bool:
        """Whether the account coordinates the network (administrators do)."""

    @property
    def is_administrator(self) -> bool:
        """Whether the account administers the installation."""


Rule = Callable[[Any, Any], bool]
View = TypeVar("View", bound=Callable[..., Any])
LOADER = "maillage.user_loader"
# Where the holder of a link that ended asks for another: purpose → the address for its thing, "" if none.
RENEWALS: dict[str, Callable[[Any], str]] = {}
LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def everyone(user: CurrentUser | None, thing: object = None) -> bool:
    """Allow anybody: the page is public."""
    del user, thing
    return True


def signed_in(user: CurrentUser | None, thing: object = None) -> bool:
    """Allow whoever has an account."""
    del thing
    return user is not None


def coordinator(user: CurrentUser | None, thing: object = None) -> bool:
    """Allow coordinators and administrators."""
    del thing
    return user is not None and user.is_coordinator


def administrator(user: CurrentUser | None, thing: object = None) -> bool:
    """Allow administrators."""
    del thing
    return user is not None and user.is_administrator


def current_user() -> Any:
    """Return the account of this request, or None."""
    if "user" not in g:
        g.user = current_app.extensions[LOADER]()
    return g.user


def may(rule: Rule, thing: object = None) -> bool:
    """Ask a rule about the person of this request; templates do too."""
    return rule(current_user(), thing)


def is_open(view: Any) -> bool:
    """Say whether a view lets in readers without account."""
    return getattr(view, "hub_rule", None) in {everyone, permit_token}


def local_path(text: str | None) -> str:
    """Return the text if it is a path of this site, else "": nobody is sent elsewhere.

    Browsers drop tabs and line breaks from addresses, so "/<tab>/evil.example" would lead away.
    """
    return text if text and LOCAL.fullmatch(text) else ""


def refuse() -> NoReturn:
    """Send to the sign-in page whoever isn't signed in, refuse the others; what was typed comes back."""
    if current_user() is None and request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        target = "/connexion?" + urlencode({"suite": request.full_path.rstrip("?")})
        abort(redirect(target))
    typed = kept.page(403, again=False) if current_user() is None else None
    if typed is not None:
        abort(typed)
    abort(403)


def permit(rule: Rule, model: type[Base] | None = None, *, key: str = "id") -> Callable[[View], View]:
    """Guard a view by a rule.

    With a model, the row whose `key` column equals the address's `key` part is loaded (404 if there is
    none) and given to the view as its first argument instead of that part. A row that has become another one
    (its `successor`) leads there: old addresses stay good.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**kwargs: Any) -> Any:
            if model is None:
                if not may(rule):
                    refuse()
                return view(**kwargs)
            asked = select(model).where(getattr(model, key) == kwargs.pop(key))
            thing = db.session.scalar(asked.options(*_along(model)))
            if thing is None:
                abort(404)
            if not may(rule, thing):
                refuse()
            successor = getattr(thing, "successor", None)
            if successor is not None:
                return _moved(successor, key, kwargs)
            return view(thing, **kwargs)

        guarded.hub_rule = rule  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _along(model: type[Base]) -> list[Load]:
    """Return how to load, in the same statement, what every page of a row reads along.

    A model names it in `read_along`: relationships to one row, with a dot for one further on.
    """
    loads = []
    for path in getattr(model, "read_along", ()):
        here, load = model, Load(model)
        for name in path.split("."):
            way = getattr(here, name)
            load, here = load.joinedload(way), way.property.mapper.class_
        loads.append(load)
    return loads


def _moved(successor: Any, key: str, kwargs: dict[str, Any]) -> Response:
    """Lead to the same page of the row that this one became; what was typed for the old one is refused.

    Not for ever: what was made one can be taken apart again.
    """
    if request.method not in {"GET", "HEAD"}:
        abort(409)
    address = url_for(request.endpoint or "", **{**kwargs, **request.args, key: getattr(successor, key)})
    return redirect(address, 302)


def permit_token(purpose: str, model: type[Base]) -> Callable[[View], View]:
    """Guard a view by a personal link.

    The address's `token` part must be a live token of that purpose.

    The view is given the thing, and `token` as it stands in the address. The page of such an address is
    neither stored nor indexed, and tells nobody where it stands (S11): `private` sees to it for every answer.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(token: str, **kwargs: Any) -> Any:
            found = tokens.find(db.session(), token, purpose)
            if found is None or found.subject_type != model.__tablename__:
                return dead_link("unknown", 404)
            if not tokens.is_live(found, clock.now()):
                return dead_link("expired", 410, again=_renewal(purpose, model, found))
            thing = db.session.get(model, found.subject_id, options=_along(model))
            if thing is None:
                abort(404)
            thing = getattr(thing, "successor", None) or thing
            g.token = found
            return view(thing, token=token, **kwargs)

        guarded.hub_rule = permit_token  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _renewal(purpose: str, model: type[Base], found: tokens.Token) -> str:
    thing = db.session.get(model, found.subject_id) if purpose in RENEWALS else None
    return RENEWALS[purpose](thing) if thing is not None else ""


def dead_link(reason: str, code: int, *, again: str = "") -> Response:
    """Say that a link is "unknown" or "expired", and what to do then; `again`: where to ask for another."""
    page = render_template("errors/link.html", reason=reason, again=again)
    return Response(page, code, mimetype="text/html")


def private(response: Response) -> Response:
    """Mark an answer that only the holder of a link should see."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
