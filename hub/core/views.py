"""Pages of the installation itself: is it well, its colours, its logo, its language."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from hub.core import colour, files
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.i18n import LANGUAGES
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
    """Send the network's logo."""
    row = db.session.get(files.StoredFile, network().logo_id or 0)
    if row is None:
        abort(404)
    return files.answer(row, inline=True)


@blueprint.post("/langue")
@permit(everyone)
def language() -> BaseResponse:
    """Remember the language that the person chose."""
    response = redirect(url_for("front.home"))
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        response.set_cookie("language", wanted, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
    return response


@blueprint.post("/apparence")
@permit(everyone)
def appearance() -> BaseResponse:
    """Remember light or dark; works without JavaScript."""
    response = redirect(request.form.get("next", "/") if _is_local(request.form.get("next", "")) else "/")
    wanted = request.form.get("theme", "")
    if wanted in {"light", "dark"}:
        response.set_cookie("theme", wanted, max_age=YEAR_SECONDS, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response


def _is_local(target: str) -> bool:
    return target.startswith("/") and not target.startswith(("//", "/\\"))
