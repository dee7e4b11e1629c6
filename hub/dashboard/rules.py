"""Who may see the settings and what runs behind the pages."""

from flask import current_app

from hub.accounts.models import User
from hub.core.access import administrator, coordinator, everyone, signed_in

see_front = everyone
see_home = signed_in
see_settings = coordinator
see_outbox = coordinator
change_identity = administrator
manage_jobs = coordinator


def read_mail(user: User | None, thing: object = None) -> bool:
    """Allow administrators to read kept mails, for they hold personal links.

    In a demonstration coordinators may too: its addresses are invented and its mails go nowhere.
    """
    return administrator(user, thing) or (coordinator(user, thing) and bool(current_app.config["DEMO"]))
