"""Adds the pages and jobs of days and sign-ups to the application."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.signals import LinkGroup, card_links
from hub.core import clock
from hub.core.i18n import format_short_date
from hub.events.jobs import allocation as allocation_jobs
from hub.events.jobs import catering as catering_jobs
from hub.events.jobs import certificates as certificate_jobs
from hub.events.jobs import days as day_jobs
from hub.events.jobs import evaluation as evaluation_jobs
from hub.events.jobs import forgotten as forgotten_jobs
from hub.events.jobs import letters as letter_jobs
from hub.events.jobs import papers as paper_jobs
from hub.events.jobs import retention as retention_jobs
from hub.events.jobs import waitlist as waitlist_jobs
from hub.events.models.days import Event
from hub.events.queries import days as queries
from hub.events.values import answers
from hub.events.views import (
    admission,
    allocation,
    around,
    batches,
    catering,
    certificates,
    codes,
    conclusions,
    correcting,
    day_report,
    days,
    delegations,
    door,
    evaluation,
    groups,
    index,
    letters,
    needs,
    news,
    own_contact,
    papers,
    personal,
    places,
    presence,
    programme,
    public,
    questions,
    registrations,
    retention,
    series,
    signing_up,
    typed_organisations,
    verification,
    waitlist,
)
from hub.events.views.blueprint import blueprint
from hub.spaces.models.spaces import Space
from hub.spaces.signals import card_links as space_links

# The modules whose routes and jobs are known once they are imported.
PARTS = (
    allocation,
    allocation_jobs,
    index,
    series,
    programme,
    around,
    letters,
    admission,
    places,
    day_report,
    catering,
    catering_jobs,
    needs,
    letter_jobs,
    papers,
    paper_jobs,
    retention,
    retention_jobs,
    forgotten_jobs,
    correcting,
    own_contact,
    public,
    personal,
    days,
    registrations,
    batches,
    day_jobs,
    certificate_jobs,
    codes,
    door,
    presence,
    delegations,
    signing_up,
    waitlist,
    waitlist_jobs,
    evaluation_jobs,
    groups,
    certificates,
    verification,
    evaluation,
    conclusions,
    questions,
    news,
    typed_organisations,
)
SHOWN = 8


def init_app(app: Flask) -> None:
    """Add the pages, and the days of an organisation to its card."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["answered_day"] = answers.as_date
    card_links.connect(days_of, weak=False)
    space_links.connect(days_of_space, weak=False)


def days_of_space(space: Space, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return the latest days that are meetings of a space."""
    del user  # only public days are named
    return linked(session.scalars(queries.of_space(space.id).limit(SHOWN)).unique())


def days_of(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return the latest days that an organisation organises, hosts or speaks at."""
    del user  # only public days are named
    rows = session.scalars(queries.of_organisation(organisation.id, clock.now()).limit(SHOWN)).unique()
    return linked(rows)


def linked(rows: Iterable[Event]) -> list[LinkGroup]:
    """Return the days as links, none if there are none."""
    links = [
        (f"{row.title} ({format_short_date(row.starts_at)})", url_for("events.show", slug=row.slug))
        for row in rows
    ]
    return [LinkGroup(_("Journées"), links)] if links else []
