"""Who may see and change what, on the network page."""

from typing import Any

from hub.core.access import coordinator

change_views = coordinator


def open_view(user: Any, view: Any) -> bool:
    """Allow everybody to open a view that is shared, coordinators all of them."""
    return bool(view.shared) or coordinator(user)
