"""Whom to invite to a space, a day or a call, and who is concerned by a recommendation and said nothing."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Family
from hub.actors.values.words import FAMILIES
from hub.core import clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events.models.days import Event
from hub.events.rules import manage as manage_day
from hub.network.forms.decisions import DecisionForm
from hub.network.models.invitations import Decision, InvitationChoice
from hub.network.operations import invitations as deciding
from hub.network.operations.invitations import OvertakenError, Verdict
from hub.network.queries import invitations as asking
from hub.network.queries import scene as scenes
from hub.network.values.landscape import Doer, Landscape
from hub.network.values.proposals import NEAR_KM, Proposal, Scene, Subject, Where, propose
from hub.network.views import asked as addresses
from hub.network.views import labels
from hub.network.views.blueprint import blueprint
from hub.network.views.reasons import Teller, kindred_themes, points_of_reasons, teller
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import invitations as inviting
from hub.recommendations.queries.calls import campaigns
from hub.recommendations.rules import manage
from hub.spaces.models.spaces import MembershipRole, Space
from hub.spaces.operations import spaces as seating
from hub.spaces.rules import edit as edit_space

Answer = str | Response | BaseResponse | tuple[str, int]
Thing = asking.Thing
PER_PAGE = 20
DISTANCES = (5, 10, 20, 40)
LONGEST = 60
KEPT = ("told", "theme", "audience", "territory", "km", "where", "family", "bridge", "set_aside", "page")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the address asks for; `where` empty takes everybody, wherever they are."""

    subject: Subject
    where: Where | None
    family: Family | None
    bridge: bool
    set_aside: bool


@dataclass(frozen=True)
class Board:
    """One page of proposals: what they are for, what is asked, what was found and decided."""

    thing: Thing
    scene: Scene
    criteria: Criteria
    present: frozenset[int]
    found: list[Proposal]
    choices: dict[int, InvitationChoice]

    @property
    def landscape(self) -> Landscape:
        """Who does what where."""
        return self.scene.landscape

    @property
    def open(self) -> list[Proposal]:
        """The proposals that nobody has decided about, or those set aside where these are asked for."""
        return [one for one in self.found if self._shown(one) and self._passes(one)]

    @property
    def elsewhere(self) -> int:
        """How many more there would be without the condition on the place."""
        anywhere = replace(self.criteria, where=None)
        return sum(self._shown(one) and _passes(one, anywhere) for one in self.found) - len(self.open)

    def decided(self, *decisions: Decision) -> list[InvitationChoice]:
        """Return the decisions of these kinds, by the names of whom they are about."""
        found = [choice for choice in self.choices.values() if choice.decision in decisions]
        return sorted(found, key=lambda choice: (choice.organisation.search_text, choice.id))

    def reasons(self, organisation: int) -> Proposal | None:
        """Return the proposal of an actor, if it still is one."""
        return next((one for one in self.found if one.doer.id == organisation), None)

    def _shown(self, one: Proposal) -> bool:
        choice = self.choices.get(one.doer.id)
        if self.criteria.set_aside:
            return choice is not None and choice.decision == Decision.SET_ASIDE
        return choice is None

    def _passes(self, one: Proposal) -> bool:
        return _passes(one, self.criteria)


def _passes(one: Proposal, criteria: Criteria) -> bool:
    near = {Where.HERE: {Where.HERE}, Where.NEAR: {Where.HERE, Where.NEAR}}
    return (
        (criteria.where is None or one.where in near.get(criteria.where, {criteria.where}))
        and (criteria.family is None or one.doer.family == criteria.family)
        and (not criteria.bridge or one.bridges)
    )


# --- Routes ----------------------------------------------------------------------------------


@blueprint.get("/inviter/espaces/<slug>")
@permit(edit_space, Space, key="slug")
def invite_to_space(space: Space) -> Answer:
    """Propose whom to invite to a space."""
    return _page(space)


@blueprint.post("/inviter/espaces/<slug>")
@permit(edit_space, Space, key="slug")
def choose_for_space(space: Space) -> Answer:
    """Keep a choice for a space."""
    return _choose(space)


@blueprint.post("/inviter/espaces/<slug>/membres")
@permit(edit_space, Space, key="slug")
def seat_chosen(space: Space) -> Answer:
    """Give somebody chosen a seat in the space, from today."""
    now = clock.now()
    organisation = _organisation(request.form.get("organisation", 0, type=row_number))
    try:
        seating.add_member(
            db.session(), space, organisation, MembershipRole.MEMBER,
            starts_on=clock.today(now), actor=current_user(), now=now,
        )  # fmt: skip
    except DomainError as refusal:
        flash(gettext(refusal.msgid, **refusal.params), "error")
    else:
        flash(gettext("« %(name)s » siège maintenant dans cet espace.", name=organisation.name), "success")
    return redirect(_address(space), 303)


@blueprint.get("/inviter/journees/<slug>")
@permit(manage_day, Event, key="slug")
def invite_to_day(event: Event) -> Answer:
    """Propose whom to invite to a day."""
    return _page(event)


@blueprint.post("/inviter/journees/<slug>")
@permit(manage_day, Event, key="slug")
def choose_for_day(event: Event) -> Answer:
    """Keep a choice for a day."""
    return _choose(event)


@blueprint.get("/inviter/appels/<slug>")
@permit(manage, Campaign, key="slug")
def invite_to_call(campaign: Campaign) -> Answer:
    """Propose whom to invite to a call."""
    return _page(campaign)


@blueprint.post("/inviter/appels/<slug>")
@permit(manage, Campaign, key="slug")
def choose_for_call(campaign: Campaign) -> Answer:
    """Keep a choice for a call."""
    return _choose(campaign)


@blueprint.post("/inviter/appels/<slug>/liste")
@permit(manage, Campaign, key="slug")
def list_chosen_for_call(campaign: Campaign) -> Answer:
    """Add all who are chosen to those whom the call asks; nothing leaves yet."""
    return _add_to_call(campaign, campaign)


@blueprint.get("/inviter/recommandations/<code>")
@permit(manage, Recommendation, key="code")
def concerned(recommendation: Recommendation) -> Answer:
    """Show who is concerned by a recommendation and hasn't been heard on it."""
    return _page(recommendation)


@blueprint.post("/inviter/recommandations/<code>")
@permit(manage, Recommendation, key="code")
def choose_concerned(recommendation: Recommendation) -> Answer:
    """Keep a choice for a recommendation."""
    return _choose(recommendation)


@blueprint.post("/inviter/recommandations/<code>/appel")
@permit(manage, Recommendation, key="code")
def list_concerned(recommendation: Recommendation) -> Answer:
    """Add all who are chosen to those whom an open call asks."""
    slug = request.form.get("call", "")
    call = next((row for row in _open_calls(db.session()) if row.slug == slug), None)
    if call is None:
        flash(gettext("Choisissez un appel ouvert."), "error")
        return redirect(_address(recommendation), 303)
    return _add_to_call(recommendation, call)


# --- What the routes do ----------------------------------------------------------------------


def _page(thing: Thing) -> Answer:
    board = _board(thing)
    said = teller(db.session(), board.landscape)
    if request.args.get("format") in {"csv", "xlsx"}:
        return _export(request.args["format"], board, said)
    return _shown(board, said, DecisionForm(formdata=None))


def _choose(thing: Thing) -> Answer:
    session, form = db.session(), DecisionForm()
    if not form.validate() and form.organisation.data is None:
        abort(400)
    organisation = _organisation(form.organisation.data or 0)
    decision = next((word for word in Decision if word.value == form.decision.data), None)
    try:
        if form.validate():
            verdict = Verdict(decision, form.reason.data or "", form.seen.data or 0)
            deciding.decide(session, thing, organisation, verdict, actor=current_user(), now=clock.now())
            flash(_told(decision, organisation.name), "success")
            return redirect(_address(thing) + "#propositions", 303)
    except OvertakenError as refusal:
        board = _board(thing)
        page = _shown(board, teller(session, board.landscape), form, overtaken=(organisation, refusal.other))
        return page, 409
    except DomainError as refusal:
        form.reason.errors = [*form.reason.errors, gettext(refusal.msgid, **refusal.params)]
    board = _board(thing)
    return _shown(board, teller(session, board.landscape), form), 422


def _told(decision: Decision | None, name: str) -> str:
    words = {
        Decision.CHOSEN: gettext("« %(name)s » est à inviter.", name=name),
        Decision.LATER: gettext("« %(name)s » est gardée pour plus tard.", name=name),
        Decision.SET_ASIDE: gettext("« %(name)s » est écartée ; elle ne sera plus proposée ici.", name=name),
        None: gettext("Le choix est retiré : « %(name)s » est de nouveau proposée.", name=name),
    }
    return str(words[decision])


def _organisation(number: int) -> Organisation:
    found = db.session.get(Organisation, number)
    if found is None:
        abort(404)
    return found


def _add_to_call(thing: Thing, call: Campaign) -> Answer:
    session, now = db.session(), clock.now()
    chosen = session.scalars(
        asking.told(asking.choices_for(thing)).where(InvitationChoice.decision == Decision.CHOSEN)
    ).all()
    able = [row.organisation for row in chosen if asking.is_at_work(row.organisation)]
    number = inviting.invite(
        session, call, [(row, row.email) for row in able],
        actor=current_user(), now=now,
    )  # fmt: skip
    if not number:
        flash(gettext("Toutes les organisations retenues sont déjà dans la liste de l’appel."), "warning")
        return redirect(_address(thing), 303)
    flash(
        ngettext(
            "%(num)s organisation est ajoutée. Relisez son adresse, puis envoyez l’invitation.",
            "%(num)s organisations sont ajoutées. Relisez les adresses, puis envoyez les invitations.",
            number,
        ),
        "success",
    )
    return redirect(url_for("recommendations.follow_up", slug=call.slug), 303)


def _open_calls(session: Session) -> list[Campaign]:
    now = clock.now()
    return [row for row in session.scalars(campaigns()) if row.is_published and now < row.closes_at]


def _board(thing: Thing) -> Board:
    session, today = db.session(), addresses.today()
    scene = scenes.read(session, today, addresses.sight())
    criteria = _criteria(scene.landscape, asking.subject_of(session, thing))
    present = asking.present_at(session, thing, today)
    choices = {row.organisation_id: row for row in session.scalars(asking.told(asking.choices_for(thing)))}
    itself = asking.itself(session, thing)
    found = [one for one in propose(scene, criteria.subject, present) if one.doer.id not in itself]
    return Board(thing, scene, criteria, present, found, choices)


def _criteria(landscape: Landscape, subject: Subject) -> Criteria:
    """Return what is asked: what the thing says of itself, until the address says otherwise (`told`)."""
    args = request.args
    if "told" in args:
        place = landscape.geography.by_code(args.get("territory", "")[:LONGEST])
        subject = replace(
            subject,
            themes=frozenset(args.getlist("theme")) & landscape.themes.keys(),
            audiences=frozenset(args.getlist("audience")) & landscape.audiences.keys(),
            places=(place.id,) if place else (),
        )
    km = args.get("km", type=row_number)
    subject = replace(subject, near_km=float(km) if km in DISTANCES else NEAR_KM)
    where = _word(Where, args["where"]) if "where" in args else (Where.HERE if subject.places else None)
    return Criteria(
        subject=subject,
        where=where if subject.places else None,
        family=_word(Family, args.get("family", "")),
        bridge=bool(args.get("bridge")),
        set_aside=bool(args.get("set_aside")),
    )


def _word(kind: Any, text: str) -> Any:
    return kind(text) if text in set(kind) else None


def _shown(board: Board, said: Teller, form: DecisionForm, *, overtaken: Any = None) -> str:
    thing, found = board.thing, board.open
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    page = paging.Page(found[(number - 1) * PER_PAGE : number * PER_PAGE], number, PER_PAGE, len(found))
    chosen = board.decided(Decision.CHOSEN)
    return render_template(
        "network/invitations/page.html",
        board=board,
        thing=thing,
        words=_words(thing),
        page=page,
        said=said,
        chosen=chosen,
        later=board.decided(Decision.LATER),
        set_aside=len(board.decided(Decision.SET_ASIDE)),
        writable=_writable(board, chosen),
        options=_options(board),
        distances=DISTANCES,
        calls=_open_calls(db.session()) if isinstance(thing, Recommendation) else [],
        points=points_of_reasons(),
        kindred=kindred_themes(board.landscape),
        form=form,
        overtaken=overtaken,
        Decision=Decision,
        decisions=decision_words(),
        labels=labels,
        action=_address(thing),
        today=addresses.today(),
    )


def _writable(board: Board, chosen: list[InvitationChoice]) -> dict[str, list[Any]]:
    """Return the chosen who aren't there yet: those with an address of their own, and those without."""
    doers = [board.landscape.doers.get(row.organisation_id) for row in chosen]
    waiting = [doer for doer in doers if doer is not None and doer.id not in board.present]
    return {
        "with": [doer for doer in waiting if doer.email],
        "without": [doer for doer in waiting if not doer.email],
    }


ENDPOINTS: dict[type, tuple[str, str, str]] = {
    Space: ("network.invite_to_space", "slug", "spaces.show"),
    Event: ("network.invite_to_day", "slug", "events.show"),
    Campaign: ("network.invite_to_call", "slug", "recommendations.follow_up"),
    Recommendation: ("network.concerned", "code", "recommendations.show"),
}


def _address(thing: Thing) -> str:
    """Return the address of the page with what is asked of it."""
    endpoint, key, _own = ENDPOINTS[type(thing)]
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in KEPT if name in request.args}
    return url_for(endpoint, **{key: getattr(thing, key)}, **kept)


def _words(thing: Thing) -> dict[str, str]:
    """Return how the page speaks of what it is for."""
    endpoint, key, own = ENDPOINTS[type(thing)]
    told = {
        "url": url_for(own, **{key: getattr(thing, key)}),
        "clear": url_for(endpoint, **{key: getattr(thing, key)}),
        "name": thing.name if isinstance(thing, Space) else thing.title,
    }
    by_kind: dict[type, tuple[str, str, str]] = {
        Space: (gettext("Qui inviter ?"), gettext("Espaces"), gettext("siègent déjà dans cet espace")),
        Event: (gettext("Qui inviter ?"), gettext("Journées"), gettext("viennent déjà à cette journée")),
        Campaign: (gettext("Qui inviter ?"), gettext("Appels"), gettext("sont déjà dans cet appel")),
        Recommendation: (
            gettext("Qui est concerné et ne s’est pas exprimé ?"),
            gettext("Recommandations"),
            gettext("se sont déjà exprimées"),
        ),
    }
    title, parent, there = by_kind[type(thing)]
    return {**told, "title": title, "parent": parent, "there": there, "kind": type(thing).__tablename__}


def _options(board: Board) -> dict[str, Any]:
    landscape = board.landscape
    subject = board.criteria.subject
    return {
        "themes": list(landscape.themes.items()),
        "chosen_themes": subject.themes,
        "audiences": list(landscape.audiences.items()),
        "chosen_audiences": subject.audiences,
        "territories": [(place.code, place.name) for place in landscape.geography.places.values()],
        "territory": landscape.geography.places[subject.places[0]].code if subject.places else "",
        "families": [(family.value, gettext(word)) for family, word in FAMILIES.items()],
        "wheres": [
            (Where.HERE.value, gettext("Sur le territoire")),
            (Where.NEAR.value, gettext("Sur le territoire ou à proximité")),
            ("", gettext("Partout")),
        ],
    }


def _export(kind: str, board: Board, said: Teller) -> Response:
    """Send the proposals with their reasons, or only those chosen, with the addresses to write to."""
    chosen_only = request.args.get("list") == "chosen"
    header = [
        gettext("Organisation"), gettext("Type"), gettext("Siège"), gettext("Choix"), gettext("Points"),
        gettext("Raisons"), gettext("Adresse mail de l’organisation"), gettext("Relevé le"),
    ]  # fmt: skip
    wanted: list[tuple[Doer, Proposal | None]] = [(one.doer, one) for one in board.open]
    if chosen_only:
        doers = (board.landscape.doers.get(row.organisation_id) for row in board.decided(Decision.CHOSEN))
        wanted = [(doer, board.reasons(doer.id)) for doer in doers if doer is not None]
    decisions = decision_words()
    rows = (
        (
            doer.name,
            doer.kind,
            labels.place_word(board.landscape, doer.seat),
            decisions[board.choices[doer.id].decision] if doer.id in board.choices else "",
            one.score if one else None,
            " ; ".join(said.say(reason) for reason in one.reasons) if one else "",
            doer.email,
            addresses.today(),
        )
        for doer, one in wanted
    )
    return exports.answer(kind, "a-inviter" if chosen_only else "propositions", header, rows)


def decision_words() -> dict[Decision, str]:
    """Return what was decided, in a word."""
    return {
        Decision.CHOSEN: gettext("Retenue"),
        Decision.SET_ASIDE: gettext("Écartée"),
        Decision.LATER: gettext("Plus tard"),
    }
