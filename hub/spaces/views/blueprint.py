"""The pages of spaces, meetings, decisions and actions."""

from flask import Blueprint

blueprint = Blueprint("spaces", __name__)
