"""Every part of the interface on one page, for whoever develops it."""

from flask import Blueprint, render_template

from hub.core.access import everyone, permit

style = Blueprint("style", __name__)


@style.get("/style")
@permit(everyone)
def index() -> str:
    """Show all macros, with invented contents."""
    return render_template("style/index.html")
