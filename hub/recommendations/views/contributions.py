"""What came in: the list, one of them, and what a coordinator enters in the name of an organisation."""

from collections.abc import Iterable
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.contributions import EntryForm
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.contributions import (
    BENEFICIARIES,
    CHANNELS,
    CONFIRMATIONS,
    CONTRIBUTION_STATES,
    Channel,
    Contribution,
    ContributionState,
)
from hub.recommendations.operations import contributions as writing
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import choices, filters
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import documents as document_queries
from hub.recommendations.queries import ties as tie_queries
from hub.recommendations.queries.filters import ContributionFilter, Order
from hub.recommendations.rules import manage, read_contribution
from hub.recommendations.signals import places
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    chips,
    order_of,
    page_number,
    word_of,
)
from hub.recommendations.views.conclusions import conclusion_items
from hub.recommendations.views.meetings import meeting_items
from hub.recommendations.views.reading import typed_words

Answer = str | BaseResponse | tuple[str, int]
TO_READ, TO_CONFIRM = "to_read", "to_confirm"  # words of the address beside the states
NEWEST_FIRST = Order("received", descending=True)


@blueprint.get("/recommandations/contributions")
@permit(manage)
def inbox() -> Answer:
    """List what came in, those to be read marked; the same list as CSV or xlsx."""
    session = db.session()
    wanted = ContributionFilter(
        text=argument("q"),
        state=word_of(ContributionState, "state"),
        to_read=argument("state") == TO_READ,
        to_confirm=argument("state") == TO_CONFIRM,
        channel=word_of(Channel, "channel"),
        campaign=argument("campaign"),
        theme=argument("theme"),
        organisation=argument("organisation"),
    )
    order = order_of(filters.CONTRIBUTION_SORTS, NEWEST_FIRST)
    rows = contribution_queries.contributions(wanted, order)
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, session.scalars(rows).unique())
    options = _options(wanted)
    return render_template(
        "recommendations/contributions.html",
        page=paging.paginate(session, rows, page_number()),
        to_read=paging.paginate(session, contribution_queries.to_triage(), 1, per_page=1).total,
        wanted=wanted,
        options=options,
        active=chips(
            ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
            *(
                (each["name"], each["value"], f"{each['label']} : {_word(each)}")
                for each in options
                if each["value"]
            ),
        ),
        order=order,
    )


@blueprint.get("/recommandations/contributions/nouvelle")
@permit(manage)
def enter_contribution() -> str:
    """Show the form by which a coordinator enters what an organisation said."""
    form = EntryForm(campaign=argument("campaign"), organisation=argument("organisation"))
    return _entry_page(form)


@blueprint.post("/recommandations/contributions/nouvelle")
@permit(manage)
def store_contribution() -> Answer:
    """Store it as sent."""
    session = db.session()
    form = EntryForm()
    form.fill(session)
    problem = None
    if form.validate():
        try:
            row = _enter(form)
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("La contribution est enregistrée au nom de %(name)s.", name=row.author))
            return redirect(url_for("recommendations.contribution", id=row.id), 303)
    return _entry_page(form, problem), 422


@blueprint.get("/recommandations/contributions/<int:id>")
@permit(read_contribution, Contribution)
def contribution(row: Contribution) -> str:
    """Show one contribution as it was sent, and what became of it."""
    return contribution_page(row, ReasonForm(formdata=None))


def contribution_page(row: Contribution, form: ReasonForm, *, gesture: str = "") -> str:
    """Return the page of a contribution; `gesture` says whose reason the form holds."""
    session = db.session()
    made = [source.recommendation for source in row.sources]
    return render_template(
        "recommendations/contribution.html",
        contribution=row,
        form=form,
        gesture=gesture,
        made=made,
        places=places(session, [each.id for each in made]),
        history=list(session.scalars(audit.history(row))),
        meetings=meeting_items(session.scalars(tie_queries.meeting_of(row))),
        concluded=conclusion_items(session.scalars(tie_queries.concluded_in(row)).all()),
        parts=session.scalars(document_queries.parts(row)).all(),
    )


def _enter(form: EntryForm) -> Contribution:
    session = db.session()
    organisation = session.scalars(
        choices.active_organisations().where(Organisation.slug == form.organisation.data)
    ).one()
    campaign = None
    if form.campaign.data:
        campaign = session.scalar(call_queries.campaigns().where(Campaign.slug == form.campaign.data))
    return writing.enter(
        session,
        organisation,
        typed_words(form, session),
        channel=Channel(form.channel.data),
        campaign=campaign,
        actor=current_user(),
        now=clock.now(),
    )


def _entry_page(form: EntryForm, problem: str | None = None) -> str:
    session = db.session()
    form.fill(session)
    return render_template(
        "recommendations/entry.html",
        form=form,
        problem=problem,
        levels=list(session.scalars(choices.levels())),
    )


def _options(wanted: ContributionFilter) -> list[dict[str, Any]]:
    session = db.session()
    heard = session.scalars(choices.organisations_heard())
    return [
        {
            "name": "state",
            "label": gettext("État"),
            "value": argument("state") if wanted.state or wanted.to_read or wanted.to_confirm else "",
            "choices": [
                (TO_READ, gettext("À lire")),
                (TO_CONFIRM, gettext("À confirmer par l’organisation")),
                *(
                    (word.value, gettext(text))
                    for word, text in CONTRIBUTION_STATES.items()
                    if word != ContributionState.DRAFT
                ),
            ],
        },
        {
            "name": "campaign",
            "label": gettext("Appel"),
            "value": wanted.campaign,
            "choices": [(row.slug, row.title) for row in session.scalars(call_queries.campaigns())],
        },
        {
            "name": "theme",
            "label": gettext("Thème"),
            "value": wanted.theme,
            "choices": [(row.code, row.label) for row in session.scalars(choices.themes())],
            "search": True,
        },
        {
            "name": "organisation",
            "label": gettext("Organisation"),
            "value": wanted.organisation,
            "choices": [(row.slug, row.short_label) for row in heard],
            "search": True,
        },
        {
            "name": "channel",
            "label": gettext("Canal"),
            "value": wanted.channel.value if wanted.channel else "",
            "choices": [(word.value, gettext(text)) for word, text in CHANNELS.items()],
        },
    ]


def _word(option: dict[str, Any]) -> str:
    return str(dict(option["choices"]).get(option["value"], option["value"]))


def _export(kind: str, rows: Iterable[Contribution]) -> Response:
    header = [
        gettext("Numéro"),
        gettext("Reçue le"),
        gettext("Organisation"),
        gettext("Appel"),
        gettext("Canal"),
        gettext("État"),
        gettext("Confirmée le"),
        gettext("Confirmée"),
        gettext("Raison"),
        gettext("Thème"),
        gettext("Niveaux de pouvoir"),
        gettext("Bénéficiaires"),
        gettext("Constat"),
        gettext("Recommandation"),
        gettext("Origine"),
        gettext("Document"),
        gettext("Année"),
        gettext("Adresse web"),
        gettext("Page"),
        gettext("Citation"),
        gettext("Recommandations faites"),
    ]
    lines = (
        [
            row.id,
            row.submitted_at,
            row.author,
            row.campaign.title if row.campaign else "",
            gettext(CHANNELS[row.channel]),
            gettext(CONTRIBUTION_STATES[row.state]),
            row.confirmed_at or "",
            gettext(CONFIRMATIONS[row.confirmed_how]) if row.confirmed_how else "",
            row.triage_reason,
            row.theme.label if row.theme else "",
            " ; ".join(level.label for level in row.levels),
            gettext(BENEFICIARIES[row.beneficiaries]) if row.beneficiaries else "",
            row.finding,
            row.proposal,
            row.origin,
            row.document.title if row.document else "",
            (row.document.year or "") if row.document else "",
            row.document.url if row.document else "",
            row.source_page,
            row.quote,
            " ; ".join(source.recommendation.code for source in row.sources),
        ]
        for row in rows
    )
    return exports.answer(kind, "contributions", header, lines)
