"""Who may see and do what with a day. Signing up needs no account; one's own sign-up needs its link."""

from hub.accounts.models import Role, User
from hub.core.access import coordinator
from hub.events.models.days import Event, EventState

manage = coordinator


def see(user: User | None, event: Event) -> bool:
    """Allow everybody to see a day that was published, called off or not; a draft is for coordinators."""
    return event.state != EventState.DRAFT or coordinator(user)


def see_needs(user: User | None, event: Event) -> bool:
    """Allow the coordination alone to see whose diet and needs: not who administers, not the door (G3)."""
    del event
    return user is not None and user.is_active and user.role == Role.COORDINATOR
