"""The one blueprint of the network's pages."""

from flask import Blueprint

blueprint = Blueprint("network", __name__, url_prefix="/reseau")
