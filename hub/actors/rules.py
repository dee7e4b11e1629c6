"""Who may see and change what, among the actors."""

from hub.accounts.models import User
from hub.core.access import coordinator, everyone

edit = coordinator
see = everyone


def see_contacts(user: User | None, thing: object = None) -> bool:
    """Allow coordinators to see people and mandates."""
    return coordinator(user, thing)
