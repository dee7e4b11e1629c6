"""Who has answered a call, and what was noted on the way: the list, its file, notes by phone."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.core import audit, clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.search import fold
from hub.recommendations.forms.calls import NoteForm
from hub.recommendations.models.calls import Campaign, Invitation, InvitationNote
from hub.recommendations.operations import notes
from hub.recommendations.queries import follow_up as queries
from hub.recommendations.queries.filters import Order
from hub.recommendations.rules import erase_note, manage
from hub.recommendations.values.standing import Reached, Standing
from hub.recommendations.views.blueprint import argument, blame, blueprint, chips, page_number
from hub.recommendations.views.invitations import invitation_page

Answer = str | Response | tuple[str, int]
RANK = {standing: place for place, standing in enumerate(Standing)}
STANDINGS = {
    Standing.NO_ADDRESS: _l("Sans adresse"),
    Standing.TO_SEND: _l("À envoyer"),
    Standing.UNDELIVERED: _l("Mail non remis"),
    Standing.SENT: _l("Invitée, rien encore"),
    Standing.DRAFT: _l("Brouillon commencé"),
    Standing.ANSWERED: _l("A répondu"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation asked, and how far it is; `note` is what was noted last."""

    invitation: Invitation
    reached: Reached
    note: InvitationNote | None = None


def _stands(standing: Standing) -> Callable[[Reached], bool]:
    return lambda one: one.standing is standing


# What the list is narrowed to: word of the address → words, and which lines stay.
FILTERS: dict[str, tuple[Any, Callable[[Reached], bool]]] = {
    "silent": (_l("Sans réponse"), lambda one: not one.sent),
    **{standing.value: (words, _stands(standing)) for standing, words in STANDINGS.items()},
    "to_confirm": (_l("À confirmer par l’organisation"), lambda one: one.to_confirm > 0),
    "voiced": (_l("A répondu à la consultation"), lambda one: one.positions > 0),
    "unvoiced": (_l("Pas encore à la consultation"), lambda one: one.positions == 0),
    "signed": (_l("A co-signé"), lambda one: one.signatures > 0),
    "noted": (_l("Avec une note"), lambda one: one.notes > 0),
}
SORTS: dict[str, Callable[[Line], Any]] = {
    "organisation": lambda line: line.invitation.organisation.search_text,
    "standing": lambda line: (RANK[line.reached.standing], line.reached.sent),
    "sent": lambda line: (line.invitation.sent_at is not None, line.invitation.sent_at),
}


@blueprint.get("/appels/<slug>/suivi")
@permit(manage, Campaign, key="slug")
def follow_up(campaign: Campaign) -> Any:
    """List those asked and how far each is; the same list as CSV or xlsx."""
    session = db.session()
    every = _lines(session, campaign)
    consulted = session.scalar(queries.consulted(campaign)) or 0
    wanted, text = argument("standing"), argument("q")
    lines = [line for line in every if _is_wanted(line, wanted, text)]
    order = Order(
        argument("sort") if argument("sort") in SORTS else "organisation", argument("direction") == "desc"
    )
    lines.sort(key=SORTS[order.sort], reverse=order.descending)
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, campaign, lines, consulted, _all_notes(session, campaign))
    reached = [line.reached for line in every]
    return render_template(
        "recommendations/follow_up.html",
        campaign=campaign,
        state=campaign.state(clock.now()),
        today=clock.today(clock.now()),
        page=paging.cut(lines, page_number()),
        total=len(every),
        order=order,
        text=text,
        options=[_option(wanted, reached, consulted)],
        active=chips(
            ("q", text, gettext("Recherche : %(text)s", text=text)),
            ("standing", wanted, str(FILTERS[wanted][0]) if wanted in FILTERS else ""),
        ),
        consulted=consulted,
        words=STANDINGS,
        questions=len(campaign.questions),
        to_send=sum(one.standing is Standing.TO_SEND for one in reached),
        without_address=sum(one.standing is Standing.NO_ADDRESS for one in reached),
        unanswered=sum(one.may_be_reminded for one in reached),
        answered=sum(one.sent > 0 for one in reached),
        history=list(session.scalars(audit.history(campaign))),
    )


@blueprint.post("/appels/invitations/<int:id>/notes")
@permit(manage, Invitation)
def add_note(row: Invitation) -> Answer:
    """Note what was said by phone or at a visit."""
    form = NoteForm()
    if form.validate():
        try:
            notes.add(db.session(), row, form.text.data or "", actor=current_user(), now=clock.now())
        except DomainError as refusal:
            blame(form, refusal)
        else:
            flash(gettext("C’est noté."), "success")
            return redirect(url_for("recommendations.invitation", id=row.id, _anchor="notes"), 303)
    return invitation_page(row, noting=form), 422


@blueprint.post("/appels/notes/<int:id>/effacer")
@permit(erase_note, InvitationNote)
def erase_invitation_note(row: InvitationNote) -> Response:
    """Erase one's own note."""
    number = row.invitation_id
    notes.erase(db.session(), row, actor=current_user(), now=clock.now())
    flash(gettext("La note est effacée."))
    return redirect(url_for("recommendations.invitation", id=number, _anchor="notes"), 303)


def _lines(session: Session, campaign: Campaign) -> list[Line]:
    last: dict[int, InvitationNote] = {}
    for note in session.scalars(queries.notes(campaign)):
        last.setdefault(note.invitation_id, note)
    return [
        Line(
            row,
            Reached(
                has_address=bool(row.email),
                times_sent=row.times_sent,
                is_undelivered=bool(undelivered),
                draft_saved_at=saved_at,
                sent=sent,
                to_confirm=to_confirm,
                positions=positions,
                signatures=signatures,
                notes=noted,
            ),
            last.get(row.id),
        )
        for row, sent, to_confirm, saved_at, positions, signatures, noted, undelivered in session.execute(
            queries.reached(campaign)
        )
    ]


def _all_notes(session: Session, campaign: Campaign) -> dict[int, list[InvitationNote]]:
    found: dict[int, list[InvitationNote]] = defaultdict(list)
    for note in session.scalars(queries.notes(campaign)):
        found[note.invitation_id].append(note)
    return found


def _is_wanted(line: Line, wanted: str, text: str) -> bool:
    holds = all(word in line.invitation.organisation.search_text for word in fold(text).split())
    return holds and (wanted not in FILTERS or FILTERS[wanted][1](line.reached))


def _option(wanted: str, reached: Sequence[Reached], consulted: int) -> dict[str, Any]:
    choices = []
    for word, (label, keeps) in FILTERS.items():
        if word in {"voiced", "unvoiced", "signed"} and not consulted:
            continue
        number = sum(map(keeps, reached))
        if number or word == wanted:
            choices.append((word, f"{label} ({number})"))
    return {
        "name": "standing",
        "label": gettext("Où elle en est"),
        "value": wanted if wanted in FILTERS else "",
        "choices": choices,
        "all": gettext("Toutes"),
    }


def _export(
    kind: str,
    campaign: Campaign,
    lines: Sequence[Line],
    consulted: int,
    noted: dict[int, list[InvitationNote]],
) -> Response:
    header = [
        gettext("Organisation"),
        gettext("Commune"),
        gettext("Adresse"),
        gettext("Où elle en est"),
        gettext("Dernier envoi"),
        gettext("Envois"),
        gettext("Brouillon enregistré le"),
        gettext("Contributions"),
        gettext("À confirmer"),
        gettext("Positions données"),
        gettext("Recommandations en consultation"),
        gettext("Co-signatures"),
        gettext("Notes"),
    ]
    rows = (
        [
            line.invitation.organisation.name,
            line.invitation.organisation.commune.name if line.invitation.organisation.commune else "",
            line.invitation.email,
            str(STANDINGS[line.reached.standing]),
            line.invitation.sent_at,
            line.invitation.times_sent,
            line.reached.draft_saved_at,
            line.reached.sent,
            line.reached.to_confirm,
            line.reached.positions,
            consulted,
            line.reached.signatures,
            "\n".join(
                f"{clock.today(note.created_at).isoformat()} : {note.text}"
                for note in noted[line.invitation.id]
            ),
        ]
        for line in lines
    )
    return exports.answer(kind, f"suivi-{campaign.slug}", header, rows)
