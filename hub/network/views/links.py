"""Who has no tie, and with whom one would make sense; what coordinators decided of it."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from hub.actors.models.organisations import Organisation
from hub.core import clock, exports, paging
from hub.core.access import coordinator, current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.network.forms.decisions import DecisionForm
from hub.network.models.invitations import LinkChoice, LinkDecision
from hub.network.operations import invitations as deciding
from hub.network.operations.invitations import OvertakenError, Verdict
from hub.network.queries import scene as scenes
from hub.network.queries.invitations import link_choices
from hub.network.values.landscape import Doer
from hub.network.values.links import Partner, few_ties, partners
from hub.network.values.proposals import Scene
from hub.network.values.register import Origin
from hub.network.views import asked as addresses
from hub.network.views import labels
from hub.network.views.blueprint import blueprint
from hub.network.views.reasons import points_of_links, teller
from hub.network.words import ORIGINS

Answer = str | Response | BaseResponse | tuple[str, int]
PER_PAGE = 10
SHOWN = 4
MOST = 3
KEPT = ("most", "actor", "page", addresses.ORIGINS)
Pair = tuple[int, int]


@blueprint.get("/liens-possibles")
@permit(coordinator)
def possible_links() -> Answer:
    """Show who has no tie, each with the most plausible partners and why."""
    if request.args.get("format") in {"csv", "xlsx"}:
        return _export(request.args["format"])
    return _page(DecisionForm(formdata=None))


@blueprint.post("/liens-possibles/<slug>")
@permit(coordinator, Organisation, key="slug")
def decide_link(organisation: Organisation) -> Answer:
    """Keep what was decided of one pair."""
    session, form = db.session(), DecisionForm()
    other = session.get(Organisation, form.organisation.data or 0)
    if other is None:
        abort(404)
    decision = next((word for word in LinkDecision if word.value == form.decision.data), None)
    if not form.validate():
        return _page(form), 422
    try:
        verdict = Verdict(decision, form.reason.data or "", form.seen.data or 0)
        deciding.decide_link(session, (organisation, other), verdict, actor=current_user(), now=clock.now())
    except OvertakenError as refusal:
        return _page(form, overtaken=(organisation, other, refusal.other)), 409
    except DomainError as refusal:
        abort(422, description=gettext(refusal.msgid, **refusal.params))
    flash(_told(decision, organisation, other), "success")
    return redirect(_address() + f"#acteur-{organisation.slug}", 303)


def _told(decision: LinkDecision | None, one: Organisation, other: Organisation) -> str:
    words = {
        LinkDecision.PROPOSED: gettext(
            "Le lien entre « %(one)s » et « %(other)s » est proposé. Quand il existe, notez-le.",
            one=one.short_label, other=other.short_label,
        ),
        LinkDecision.IRRELEVANT: gettext(
            "« %(one)s » et « %(other)s » ne seront plus rapprochés.",
            one=one.short_label, other=other.short_label,
        ),
        None: gettext("Le choix est retiré."),
    }  # fmt: skip
    return str(words[decision])


def _address() -> str:
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in KEPT if name in request.args}
    return url_for("network.possible_links", **kept)


def _page(form: DecisionForm, *, overtaken: Any = None) -> str:
    session, today = db.session(), addresses.today()
    scene = _scene(session)
    choices = _choices(session)
    doers = _wanted(scene)
    pages = max(1, -(-len(doers) // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    page = paging.Page(doers[(number - 1) * PER_PAGE : number * PER_PAGE], number, PER_PAGE, len(doers))
    return render_template(
        "network/links/page.html",
        page=page,
        proposals=[(doer, _partners(scene, doer, choices)[:SHOWN]) for doer in page.rows],
        proposed=_proposed(session, scene, choices),
        apart=sum(choice.decision == LinkDecision.IRRELEVANT for choice in choices.values()),
        choices=choices,
        pair=pair_of,
        actor=_actor(scene),
        most=_most(),
        mosts=range(MOST + 1),
        actors=[(doer.slug, doer.name) for doer in scene.landscape.doers.values()],
        origins=[(origin.value, gettext(ORIGINS[origin])) for origin in Origin],
        switched=addresses.origins(),
        origin_argument=addresses.ORIGINS,
        said=teller(session, scene.landscape),
        scene=scene,
        points=points_of_links(),
        labels=labels,
        form=form,
        overtaken=overtaken,
        address=_address(),
        arguments={name: request.args.getlist(name) for name in KEPT if name in request.args},
        today=today,
    )


def pair_of(one: int, other: int) -> Pair:
    """Return two actors as decisions hold them."""
    return (min(one, other), max(one, other))


def _choices(session: Session) -> dict[Pair, LinkChoice]:
    return {(row.first_id, row.second_id): row for row in session.scalars(link_choices())}


def _most() -> int:
    return min(MOST, max(0, request.args.get("most", 0, type=row_number)))


def _actor(scene: Scene) -> Doer | None:
    slug = request.args.get("actor", "")
    return next((doer for doer in scene.landscape.doers.values() if doer.slug == slug), None)


def _wanted(scene: Scene) -> list[Doer]:
    actor = _actor(scene)
    return [actor] if actor else few_ties(scene, _most())


def _partners(scene: Scene, doer: Doer, choices: dict[Pair, LinkChoice]) -> list[Partner]:
    """Return with whom a tie would make sense; those set aside don't come back."""
    apart = [
        second if first == doer.id else first
        for (first, second), choice in choices.items()
        if choice.decision == LinkDecision.IRRELEVANT and doer.id in {first, second}
    ]
    return partners(scene, doer, apart)


def _proposed(session: Session, scene: Scene, choices: dict[Pair, LinkChoice]) -> list[dict[str, Any]]:
    """Return the pairs to whom a tie was proposed; it is made once the register holds it."""
    wanted = [(pair, row) for pair, row in choices.items() if row.decision == LinkDecision.PROPOSED]
    ends = {end for pair, _row in wanted for end in pair}
    known = select(Organisation).where(Organisation.id.in_(ends), Organisation.merged_into_id.is_(None))
    names = {row.id: row for row in session.scalars(known)} if ends else {}
    return [
        {
            "first": names[pair[0]],
            "second": names[pair[1]],
            "choice": row,
            "made": pair[1] in scene.ties.get(pair[0], frozenset()),
        }
        for pair, row in wanted
        if pair[0] in names and pair[1] in names
    ]


def _export(kind: str) -> Response:
    """Send the pairs that the page proposes, with what they have in common."""
    session, today = db.session(), addresses.today()
    scene = _scene(session)
    choices = _choices(session)
    header = [
        gettext("Acteur"), gettext("Partenaire possible"), gettext("Points"), gettext("Raisons"),
        gettext("Choix"), gettext("Relevé le"),
    ]  # fmt: skip
    said = teller(session, scene.landscape)
    rows = (
        (
            doer.name,
            partner.doer.name,
            partner.score,
            " ; ".join(said.say_shared(shared) for shared in partner.shared),
            gettext("Proposé") if pair_of(doer.id, partner.doer.id) in choices else "",
            today,
        )
        for doer in _wanted(scene)
        for partner in _partners(scene, doer, choices)[:SHOWN]
    )
    return exports.answer(kind, "liens-possibles", header, rows)


def _scene(session: Session) -> Scene:
    """Read the network by the ties that are switched on; groups don't matter here."""
    sight, origins = addresses.sight(), addresses.origins()
    return scenes.read(session, addresses.today(), sight, origins=origins, grouped=False)
