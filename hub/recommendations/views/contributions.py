"""What came in: the list, one of them, and what a coordinator enters in the name of an organisation."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as BaseResponse

from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, exports
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events.forms.questions import STEPS, YES_NO
from hub.events.models.registrations import QuestionKind
from hub.events.values.answers import SCALE, field_of
from hub.recommendations.forms.contributions import EntryForm, asking
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.models.calls import Campaign, CampaignQuestion
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
from hub.recommendations.queries import choices, filters, lineage, lists
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import documents as document_queries
from hub.recommendations.queries import questions as question_queries
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
from hub.recommendations.views.offered import offered
from hub.recommendations.views.reading import typed_words

Answer = str | BaseResponse | tuple[str, int]
TO_READ, TO_CONFIRM = "to_read", "to_confirm"  # words of the address beside the states
PER_PAGE = 25
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
    questions = _chosen_questions(wanted.campaign)
    answered = [
        question_queries.answers_with(question, value)
        for question in questions
        if (value := _value_of(question, argument(field_of(question)))) is not None
    ]
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        rows = contribution_queries.contributions(wanted, order).where(*answered)
        in_full = rows.options(selectinload(Contribution.levels), selectinload(Contribution.answers))
        return _export(kind, session.scalars(in_full).unique().all())
    options = [*_options(wanted), *map(_question_option, questions)]
    return render_template(
        "recommendations/contributions.html",
        page=lists.contribution_lines(
            session, wanted, order, answered, number=page_number(), per_page=PER_PAGE
        ),
        to_read=session.scalar(contribution_queries.waiting()) or 0,
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
    wanted, questions = argument("campaign"), _questions(argument("campaign"))
    form = asking(EntryForm, questions)(
        formdata=None,
        data={
            "campaign": wanted,
            "asked": wanted,
            "organisation": argument("organisation"),
            "channel": Channel.PAPER if argument("channel") == Channel.PAPER else Channel.PHONE,
        },
    )
    return _entry_page(form)


@blueprint.post("/recommandations/contributions/nouvelle")
@permit(manage)
def store_contribution() -> Answer:
    """Store it as sent."""
    session = db.session()
    form = asking(EntryForm, _questions(request.form.get("campaign", "")))()
    form.fill(session)
    problem = None
    if form.validate() and _shows_its_questions(form):
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
    made = session.scalars(contribution_queries.made_from(row)).all()
    heirs = session.scalars(lineage.heirs(each.id for each in made)).all() if made else []
    return render_template(
        "recommendations/contribution.html",
        contribution=row,
        kept_as=_kept_as() if row.saved_by_page and row.entered_by_id == current_user().id else "",
        form=form,
        gesture=gesture,
        made=made,
        heirs=heirs,
        places=places(session, [each.id for each in (*made, *heirs)]),
        history=list(session.scalars(audit.history(row))),
        meetings=meeting_items(session.scalars(tie_queries.meeting_of(row))),
        concluded=conclusion_items(session.scalars(tie_queries.concluded_in(row)).all()),
        parts=session.scalars(document_queries.parts(row)).all(),
    )


def _questions(campaign: str) -> Sequence[CampaignQuestion]:
    """Return what the call of that address asks of its own; nothing outside of a call."""
    session = db.session()
    row = session.scalar(call_queries.campaigns().where(Campaign.slug == campaign)) if campaign else None
    return session.scalars(question_queries.asked(row)).all() if row else []


def _shows_its_questions(form: EntryForm) -> bool:
    """Say whether the page showed the chosen call's questions; if not, it does so now, with why."""
    chosen = form.campaign.data or ""
    if not form.questions or form.asked.data == chosen:
        return True
    form.asked.data = chosen
    form.campaign.errors = [
        gettext(
            "Cet appel pose ses propres questions : les voici au bas du formulaire. "
            "Notez ce que l’organisation y répond, ou laissez vide, puis enregistrez."
        )
    ]
    return False


def _chosen_questions(campaign: str) -> list[CampaignQuestion]:
    return [row for row in _questions(campaign) if row.kind in question_queries.CHOSEN]


def _choices_of(question: CampaignQuestion) -> list[tuple[str, str]]:
    if question.kind == QuestionKind.YES_NO:
        return [("yes", gettext("Oui")), ("no", gettext("Non"))]
    if question.kind == QuestionKind.SCALE:
        return [(str(step), str(step)) for step in SCALE]
    return [(option, option) for option in question.options]


def _value_of(question: CampaignQuestion, word: str) -> Any:
    """Return the answer that the address looks for, None for none or one that can't be."""
    if question.kind == QuestionKind.YES_NO:
        return YES_NO.get(word)
    if question.kind == QuestionKind.SCALE:
        return STEPS.get(word)
    return word if word in question.options else None


def _question_option(question: CampaignQuestion) -> dict[str, Any]:
    word = argument(field_of(question))
    return {
        "name": field_of(question),
        "label": question.label,
        "value": word if _value_of(question, word) is not None else "",
        "choices": _choices_of(question),
        "seldom": True,
    }


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
        replace(typed_words(form, session), answers=form.answers()),
        channel=Channel(form.channel.data),
        campaign=campaign,
        page=(form.page.data or "")[:40],
        actor=current_user(),
        now=clock.now(),
    )


def _kept_as() -> str:
    """Return how this person's device calls what was typed here and not stored yet."""
    return f"entry-{current_user().id}"


def _entry_page(form: EntryForm, problem: str | None = None) -> str:
    session = db.session()
    form.fill(session)
    return render_template(
        "recommendations/entry.html",
        form=form,
        kept_as=_kept_as(),
        problem=problem,
        levels=list(session.scalars(choices.levels())),
    )


def _options(wanted: ContributionFilter) -> list[dict[str, Any]]:
    found = offered()
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
            "choices": found.calls,
        },
        {
            "name": "theme",
            "label": gettext("Thème"),
            "value": wanted.theme,
            "choices": found.themes,
            "search": True,
        },
        {
            "name": "organisation",
            "label": gettext("Organisation"),
            "value": wanted.organisation,
            "choices": found.heard,
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


def _export(kind: str, rows: Sequence[Contribution]) -> Response:
    calls = {row.campaign.id: row.campaign.title for row in rows if row.campaign}
    questions = db.session.scalars(question_queries.of_calls(calls)).all() if calls else []
    asked = [row.label if len(calls) == 1 else f"{calls[row.campaign_id]} – {row.label}" for row in questions]
    lines = ([*_told(row), *_answers(row, questions)] for row in rows)
    return exports.answer(kind, "contributions", [*_header(), *asked], lines)


def _header() -> list[str]:
    return [
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


def _told(row: Contribution) -> list[Any]:
    return [
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


def _answers(row: Contribution, questions: Iterable[CampaignQuestion]) -> list[Any]:
    given = {answer.question_id: answer.value for answer in row.answers}
    said = (given.get(question.id) for question in questions)
    return [" ; ".join(map(str, value)) if isinstance(value, list) else value for value in said]
