"""The one blueprint that every page of actors belongs to."""

from flask import Blueprint

blueprint = Blueprint("actors", __name__)
