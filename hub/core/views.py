"""Pages of the installation itself: is it well, its colours, its logo, its language."""

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from hub.core import colour, files
from hub.core.access import everyone, local_path, permit
from hub.core.db import db
from hub.core.web import network

blueprint = Blueprint("core", __name__)
YEAR_SECONDS = 365 * 24 * 3600


@blueprint.get("/healthz")
@permit(everyone)
def health() -> dict[str, str]:
    """Answer when the database does."""
    db.session.execute(text("SELECT 1"))
    return {"state": "ok"}


@blueprint.get("/theme.css")
@permit(everyone)
def theme_css() -> Response:
    """Send the network's own colours as custom properties."""
    body = render_template("layout/theme.css", theme=colour.theme(network().primary_colour))
    response = Response(body, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/logo")
@permit(everyone)
def logo() -> Response:
    """Send the network's logo; the address that pages give changes with it."""
    row = db.session.get(files.StoredFile, network().logo_id or 0)
    if row is None:
        abort(404)
    response = files.answer(row, inline=True)
    if request.args.get("v") == str(row.id):
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}"
    return response


@blueprint.post("/langue")
@permit(everyone)
def language() -> BaseResponse:
    """Remember the language that the person chose."""
    response = back()
    wanted = request.form.get("language", "")
    if wanted in current_app.config["LANGUAGES"]:
        remember(response, "language", wanted)
    return response


@blueprint.post("/apparence")
@permit(everyone)
def appearance() -> BaseResponse:
    """Remember light or dark; works without JavaScript."""
    response = back()
    wanted = request.form.get("theme", "")
    if wanted in {"light", "dark"}:
        remember(response, "theme", wanted)
    else:
        response.delete_cookie("theme")
    return response


def back() -> BaseResponse:
    """Lead to the page that the form names, or to the first one."""
    return redirect(local_path(request.form.get("next")) or "/", 303)


def remember(response: BaseResponse, name: str, value: str) -> None:
    """Keep a choice that is no secret on this browser, for a year; scripts change it, too."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", secure=secure)
