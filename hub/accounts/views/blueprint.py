"""The one blueprint that every page of accounts belongs to."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
