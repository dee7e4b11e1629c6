"""The network's letterhead, as printed documents bear it."""

from dataclasses import replace

from sqlalchemy.orm import Session

from hub.core import settings
from hub.core.files import Store, StoredFile
from memoranda import plain
from memoranda.letter import Letterhead


def of(session: Session) -> Letterhead:
    """Return the network's letterhead, without its logo."""
    network = settings.get(session)
    address = ", ".join(line.strip(" ,") for line in network.address.splitlines() if line.strip(" ,"))
    lines = (address, network.contact_phone, network.contact_email)
    return Letterhead(
        network=plain.without_invisible(network.name), primary=network.primary_colour,
        lines=tuple(plain.without_invisible(line) for line in lines if line.strip()),
    )  # fmt: skip


def logo_sha256(session: Session) -> str:
    """Return what the network's logo is kept by; empty where there is none."""
    number = settings.get(session).logo_id
    logo = session.get(StoredFile, number) if number else None
    return logo.sha256 if logo else ""


def with_logo(session: Session, head: Letterhead, store: Store) -> Letterhead:
    """Return the letterhead with the logo; one that is gone must not keep anybody from a document."""
    sha256 = logo_sha256(session)
    if not sha256:
        return head
    try:
        return replace(head, logo=store.read(sha256))
    except FileNotFoundError:
        return head
