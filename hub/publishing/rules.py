"""Who may see and change memoranda."""

from hub.accounts.models import User
from hub.core.access import coordinator
from hub.publishing.models.editions import PUBLIC, Edition

# What is in the making is the coordination's; nothing of it reaches the public.
manage = coordinator


def read(user: User | None, edition: Edition) -> bool:
    """Allow everybody to read a published edition, coordinators to read them all (S3)."""
    return edition.state in PUBLIC or coordinator(user)
