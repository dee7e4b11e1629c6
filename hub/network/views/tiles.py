"""A map beneath the actors, where an installation names a server of tiles; none by default.

Only the network page may then load pictures from that server: its content policy is opened for it, no other.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.wrappers import Response

from hub.core.web import CSP


@dataclass(frozen=True, slots=True)
class Tiles:
    """Where tiles come from, with {z}, {x} and {y} in it, and whom to credit for them."""

    address: str
    credit: str


def configured() -> Tiles | None:
    """Return the server of tiles that the installation names, if it does."""
    address = current_app.config["MAP_TILES"]
    return Tiles(address, current_app.config["MAP_CREDIT"]) if address else None


def allow(response: Response) -> Response:
    """Let this page, and no other, load pictures from the server of tiles."""
    found = configured()
    if found is not None:
        host = urlsplit(found.address).netloc
        response.headers["Content-Security-Policy"] = CSP.replace("img-src ", f"img-src https://{host} ")
    return response
