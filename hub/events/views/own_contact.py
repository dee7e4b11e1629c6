"""What is held of who signed others up, gives names for an organisation, or was invited: for them alone."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import permit_token
from hub.core.db import db
from hub.core.web import limiter
from hub.events.forms.sign_up import ConfirmForm
from hub.events.models.registrations import EventInvitation, GroupSignUp, ReservedPlaces
from hub.events.operations import groups, own_contact, retention
from hub.events.operations.letters import INVITATION_PURPOSE, RESERVED_PURPOSE
from hub.events.views.blueprint import blueprint
from hub.events.views.retention import as_file

Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class Way:
    """One of the three pages: its part of what is held, its endpoints, the page that it hangs on."""

    part: str
    name: str
    home: str

    def url(self, page: str, token: str, **more: Any) -> str:
        """Return the address of « page », « file » or « erase »."""
        return url_for(f"events.{self.name}_data_{page}", token=token, **more)


GROUP = Way("inscription_de_groupe", "group", "events.group")
PLACES = Way("places_reservees", "places", "events.names")
INVITATION = Way("invitation", "invitation", "events.invitation")


def _show(way: Way, row: own_contact.Role, token: str) -> str:
    session = db.session()
    held = own_contact.collect(session, row)
    return render_template(
        "events/contact_data.html",
        way=way,
        row=row,
        token=token,
        held=held,
        mine=held[way.part],
        rules={rule.kept.value: rule for rule in retention.rules(session, row.event)},
        unreachable=own_contact.unreachable(session, row),
        comes_too=own_contact.comes_too(session, row),
        is_over=clock.now() >= row.event.ends_at,
    )


def _erase(way: Way, row: own_contact.Role, token: str) -> Answer:
    if not ConfirmForm().validate_on_submit():
        return _show(way, row, token), 422
    own_contact.erase(db.session(), row, now=clock.now())
    return redirect(url_for("events.erased"), 303)


def _file(row: own_contact.Role) -> Response:
    return as_file(own_contact.collect(db.session(), row))


# --- Who signed others up -------------------------------------------------------------------------


@blueprint.get("/groupe/<token>/mes-donnees")
@permit_token(groups.PURPOSE, GroupSignUp)
def group_data_page(row: GroupSignUp, *, token: str) -> str:
    """Show what is held of who signed others up."""
    return _show(GROUP, row, token)


@blueprint.get("/groupe/<token>/mes-donnees/fichier")
@permit_token(groups.PURPOSE, GroupSignUp)
def group_data_file(row: GroupSignUp, *, token: str) -> Response:
    """Send what is held of who signed others up."""
    del token
    return _file(row)


@blueprint.post("/groupe/<token>/mes-donnees")
@permit_token(groups.PURPOSE, GroupSignUp)
@limiter.limit("20 per hour")
def group_data_erase(row: GroupSignUp, *, token: str) -> Answer:
    """Forget who signed others up; they keep their seats."""
    return _erase(GROUP, row, token)


# --- Who gives the names for an organisation ------------------------------------------------------


@blueprint.get("/places/<token>/mes-donnees")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
def places_data_page(row: ReservedPlaces, *, token: str) -> str:
    """Show what is held of who gives the names for an organisation."""
    return _show(PLACES, row, token)


@blueprint.get("/places/<token>/mes-donnees/fichier")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
def places_data_file(row: ReservedPlaces, *, token: str) -> Response:
    """Send what is held of who gives the names for an organisation."""
    del token
    return _file(row)


@blueprint.post("/places/<token>/mes-donnees")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
@limiter.limit("20 per hour")
def places_data_erase(row: ReservedPlaces, *, token: str) -> Answer:
    """Forget who gives the names for an organisation; places and names stay."""
    return _erase(PLACES, row, token)


# --- Who was invited ------------------------------------------------------------------------------


@blueprint.get("/invitation-journee/<token>/mes-donnees")
@permit_token(INVITATION_PURPOSE, EventInvitation)
def invitation_data_page(row: EventInvitation, *, token: str) -> str:
    """Show what is held of who was invited."""
    return _show(INVITATION, row, token)


@blueprint.get("/invitation-journee/<token>/mes-donnees/fichier")
@permit_token(INVITATION_PURPOSE, EventInvitation)
def invitation_data_file(row: EventInvitation, *, token: str) -> Response:
    """Send what is held of who was invited."""
    del token
    return _file(row)


@blueprint.post("/invitation-journee/<token>/mes-donnees")
@permit_token(INVITATION_PURPOSE, EventInvitation)
@limiter.limit("20 per hour")
def invitation_data_erase(row: EventInvitation, *, token: str) -> Answer:
    """Forget who was invited; who came by the invitation keeps their seat."""
    return _erase(INVITATION, row, token)
