"""Bring the pages and jobs into the application, and the threads onto the actors' cards."""

from typing import Any

from flask import Flask, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.rules import represents
from hub.actors.signals import LinkGroup, card_links
from hub.core.access import coordinator
from hub.events.signals import conclusion_links
from hub.plans.words import WAYS
from hub.recommendations.jobs import batches as batch_jobs
from hub.recommendations.jobs import carrying as carrying_jobs
from hub.recommendations.jobs import documents as document_jobs
from hub.recommendations.jobs import fates, group_news, links
from hub.recommendations.jobs import notes as note_jobs
from hub.recommendations.jobs import recognition as recognition_jobs
from hub.recommendations.jobs import tables as tables_jobs
from hub.recommendations.jobs import testimonies as testimony_jobs
from hub.recommendations.models.contributions import (
    BENEFICIARIES,
    CHANNELS,
    CONFIRMATIONS,
    CONTRIBUTION_STATES,
)
from hub.recommendations.models.documents import DOCUMENT_KINDS
from hub.recommendations.models.recommendations import (
    IN_WORK,
    OUTCOMES,
    RECOMMENDATION_STATES,
    SCOPES,
    SET_ASIDE,
)
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import filters
from hub.recommendations.queries import recommendations as recommendation_queries
from hub.recommendations.views import (
    actions,
    amending,
    amendments,
    answers,
    ballots,
    batches,
    bearing,
    calls,
    competences,
    conclusions,
    confirming,
    consultations,
    contributions,
    decisions,
    documents,
    endorsements,
    following,
    invitations,
    lineage,
    listing,
    meetings,
    news,
    paper_form,
    positions,
    preparing,
    priorities,
    questions,
    readings,
    recognition,
    recommendations,
    resemblances,
    splitting,
    support,
    surveys,
    table_dots,
    tables,
    taking,
    testimonies,
    thesaurus,
    triage,
    versions,
    wordings,
    workshop_results,
    workshops,
)
from hub.recommendations.views.blueprint import blueprint
from hub.spaces.signals import captured_links, thing_links
from hub.spaces.signals import card_links as space_links

# The modules whose routes and jobs are known once they are imported.
PARTS = (
    ballots, bearing, priorities, support, carrying_jobs, consultations, endorsements, positions,
    actions, answers, calls, conclusions, confirming, contributions, decisions, documents, fates,
    following, group_news, invitations, lineage, links, meetings, note_jobs, news, recommendations, splitting,
    paper_form, triage,
    questions, recognition, recognition_jobs, resemblances, thesaurus,
    tables, tables_jobs, workshops, preparing, wordings, table_dots, workshop_results, surveys,
    amending, amendments,
    competences, listing, versions,
    document_jobs, batch_jobs, testimony_jobs, batches, readings, taking, testimonies,
)  # fmt: skip
LONGEST_LABEL = 90


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["recommendation_words"] = {
        "contribution_states": CONTRIBUTION_STATES,
        "recommendation_states": RECOMMENDATION_STATES,
        "outcomes": OUTCOMES,
        "in_work": IN_WORK,
        "set_aside": SET_ASIDE,
        "channels": CHANNELS,
        "confirmations": CONFIRMATIONS,
        "document_kinds": DOCUMENT_KINDS,
        "beneficiaries": BENEFICIARIES,
        "ways": WAYS,
        "scopes": SCOPES,
    }
    card_links.connect(links_on_card)
    captured_links.connect(meetings.captured)
    thing_links.connect(meetings.links_of_meeting)
    thing_links.connect(actions.links_of_action)
    thing_links.connect(decisions.links_of_thing)
    space_links.connect(decisions.links_of_space)
    conclusion_links.connect(conclusions.links_of_conclusions)


def links_on_card(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return an organisation's contributions, and for coordinators the recommendations made from them."""
    wanted = filters.ContributionFilter(organisation=organisation.slug)
    if not coordinator(user):
        return _links_of_own(wanted, session) if represents(user, organisation) else []
    sent = [
        (_short(row.proposal), url_for("recommendations.contribution", id=row.id))
        for row in session.scalars(contribution_queries.contributions(wanted))
    ]
    made = [
        (f"{row.code} · {row.title}", url_for("recommendations.show", code=row.code))
        for row in session.scalars(recommendation_queries.recommendations_of(organisation))
    ]
    return [LinkGroup(gettext("Contributions"), sent, 3), LinkGroup(gettext("Recommandations"), made, 4)]


def _links_of_own(wanted: filters.ContributionFilter, session: Session) -> list[LinkGroup]:
    sent = [
        (_short(row.proposal), url_for("recommendations.contribution_of_mine", id=row.id))
        for row in session.scalars(contribution_queries.contributions(wanted))
    ]
    return [LinkGroup(gettext("Nos contributions"), sent, 3)]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LABEL else line[:LONGEST_LABEL].rsplit(" ", 1)[0] + "…"
