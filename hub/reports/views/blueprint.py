"""The one blueprint of reports and exports."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("reports", __name__)
Answer = str | Response | tuple[str, int]
