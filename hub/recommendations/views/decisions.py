"""Bringing recommendations from state to state, one or several at once; taking a source back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.actors.signals import LinkGroup
from hub.core import clock
from hub.core.access import coordinator, current_user, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events.models.days import Event
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.forms.steps import StepForm
from hub.recommendations.models.lineage import RecommendationStep
from hub.recommendations.models.recommendations import (
    RECOMMENDATION_STATES,
    Outcome,
    Recommendation,
    RecommendationState,
)
from hub.recommendations.operations import steps, triage
from hub.recommendations.operations.steps import Ground, MovedError, Need, Step
from hub.recommendations.queries import recommendations as recommendation_queries
from hub.recommendations.queries import steps as queries
from hub.recommendations.rules import manage, works_on
from hub.recommendations.signals import places
from hub.recommendations.views.blueprint import argument, blame, blueprint, sentence
from hub.recommendations.views.recommendations import recommendation_page
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space
from hub.spaces.rules import edit as edit_space

Answer = str | Response | tuple[str, int]
RECENT = timedelta(days=400)
OFFERED = 60
MOST_AT_ONCE = 200
ASKED = frozenset({"reason", "space", "place", "outcome"})  # by the form: they keep nothing from going on
KNOWN = {word.value for word in RecommendationState}
VERBS = {
    RecommendationState.PROPOSED: _l("Remettre en travail"),
    RecommendationState.IN_GROUP: _l("Confier à un espace"),
    RecommendationState.STABILISED: _l("Déclarer stabilisée"),
    RecommendationState.IN_CONSULTATION: _l("Mettre en consultation"),
    RecommendationState.ADOPTED: _l("Adopter"),
    RecommendationState.ADOPTED_WITH_RESERVATIONS: _l("Adopter avec réserves"),
    RecommendationState.POSTPONED: _l("Reporter"),
    RecommendationState.DROPPED: _l("Écarter"),
    RecommendationState.PUBLISHED: _l("Déclarer publiée"),
    RecommendationState.FOLLOWED: _l("Commencer le suivi"),
    RecommendationState.CLOSED: _l("Clore"),
}
REASONS = {
    RecommendationState.ADOPTED_WITH_RESERVATIONS: _l("Les réserves"),
    RecommendationState.CLOSED: _l("Ce qui en est venu"),
}
FOLLOWED_ON = {
    RecommendationState.FOLLOWED: _l("Dire ce qui est obtenu"),
    RecommendationState.CLOSED: _l("Reprendre le suivi"),
}
MEANINGS = {
    RecommendationState.PROPOSED: _l("Elle redevient une proposition, et son texte peut changer."),
    RecommendationState.IN_GROUP: _l("Un espace y travaille : qui l’anime pourra la déclarer stabilisée."),
    RecommendationState.STABILISED: _l("Son texte est prêt : le groupe n’y change plus rien d’important."),
    RecommendationState.IN_CONSULTATION: _l("Les organisations donnent leur position et l’amendent."),
    RecommendationState.ADOPTED: _l("Le réseau la porte : elle peut entrer dans un mémorandum."),
    RecommendationState.ADOPTED_WITH_RESERVATIONS: _l(
        "Le réseau la porte, avec des réserves qui restent écrites ici."
    ),
    RecommendationState.POSTPONED: _l("Elle attend : on y reviendra."),
    RecommendationState.DROPPED: _l(
        "Le réseau ne la demande pas. Qui l’a proposée en lira la raison. Rien n’est effacé."
    ),
    RecommendationState.PUBLISHED: _l("Elle est publique : elle ne change plus, et ses soutiens non plus."),
    RecommendationState.FOLLOWED: _l("Le réseau suit ce que les responsables politiques en font."),
    RecommendationState.CLOSED: _l("Le suivi est terminé : elle garde ce qui en est venu."),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A step as pages show it: its state, its verb, and whether it is the usual next one."""

    step: Step
    verb: str
    is_usual: bool

    @property
    def code(self) -> str:
        """The state's word in addresses."""
        return self.step.after.value


@blueprint.app_template_global()
def recommendation_steps(row: Recommendation) -> Sequence[RecommendationStep]:
    """Return through which states a recommendation went, the first first."""
    return db.session.scalars(queries.of(row.id)).all()


@blueprint.app_template_global()
def recommendation_ways(row: Recommendation, stands_in: Iterable[Any] = ()) -> list[Way]:
    """Return the ways on that this person may take; `stands_in`: the documents in which it stands."""
    is_printed = any(place.is_published for place in stands_in)
    found = steps.open_to(current_user(), row)
    return [
        Way(each, _verb(row, each.after), place == 0)
        for place, each in enumerate(found)
        if is_printed or Need.PRINTED not in each.needs
    ]


def links_of_space(space: Space, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return what a space works on, to coordinators and to who facilitates it."""
    if not edit_space(user, space):
        return []
    page = "recommendations.show" if coordinator(user) else "recommendations.amendments"
    links = [
        (f"{row.code} · {row.title}", url_for(page, code=row.code))
        for row in session.scalars(queries.in_group(space.id))
    ]
    return [LinkGroup(gettext("Recommandations en groupe"), links)] if links else []


def links_of_thing(thing: Any, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return which recommendations a meeting or a decision brought into which state, for coordinators."""
    if not isinstance(thing, Meeting | Decision) or not coordinator(user):
        return []
    links = [
        (
            f"{step.recommendation.code} · {_word(step.after)}",
            url_for("recommendations.show", code=step.recommendation.code),
        )
        for step in session.scalars(queries.taken_at(thing))
    ]
    return [LinkGroup(gettext("Recommandations décidées ici"), links)] if links else []


@blueprint.get("/recommandations/<code>/etape/<state>")
@permit(works_on, Recommendation, key="code")
def step(row: Recommendation, *, state: str) -> str:
    """Ask what this step needs, or say why it can't be taken."""
    form = StepForm(formdata=None, seen=row.state.value)
    return _step_page(row, _state(state), form)


@blueprint.post("/recommandations/<code>/etape/<state>")
@permit(works_on, Recommendation, key="code")
def take_step(row: Recommendation, *, state: str) -> Answer:
    """Take it; what goes wrong is said beside the field."""
    after, form = _state(state), StepForm()
    _fill(form, row)
    if not form.validate():
        return _step_page(row, after, form), 422
    try:
        seen = RecommendationState(form.seen.data) if form.seen.data in KNOWN else None
        moved = steps.take(
            db.session(), row, after, _ground(form), seen=seen, actor=current_user(), now=clock.now()
        )
    except MovedError as refusal:
        form.seen.data = row.state.value
        return _step_page(row, after, form, problem=sentence(refusal)), 409
    except DomainError as refusal:
        return _step_page(row, after, form, problem=blame(form, refusal)), 422
    if moved:
        flash(gettext("%(code)s : %(state)s.", code=row.code, state=_word(after)), "success")
    else:
        flash(gettext("%(code)s est déjà dans cet état.", code=row.code))
    if not may(coordinator):
        # Once its space has said that it is stable, its page is no longer the space's.
        group = db.session.scalar(queries.group_of(row.id))
        return redirect(url_for("spaces.show", slug=group.slug) if group else url_for("dashboard.home"), 303)
    return redirect(url_for("recommendations.show", code=row.code), 303)


@blueprint.get("/recommandations/etapes")
@permit(manage)
def batch() -> str:
    """Show where the chosen ones may go together, and which can't go there and why."""
    return _batch_page(request.args.getlist("code"), argument("state"), StepForm(formdata=None))


@blueprint.post("/recommandations/etapes")
@permit(manage)
def take_batch() -> Answer:
    """Bring those that can move into the state; all of them or none."""
    session, form = db.session(), StepForm()
    codes, state = request.form.getlist("code"), request.form.get("state", "")
    _fill(form)
    if state not in VERBS or not form.validate():
        return _batch_page(codes, state, form), 422
    after = RecommendationState(state)
    rows = _chosen(codes)
    try:
        number = steps.take_all(session, rows, after, _ground(form), actor=current_user(), now=clock.now())
    except DomainError as refusal:
        return _batch_page(codes, state, form, problem=blame(form, refusal)), 422
    flash(
        ngettext(
            "%(num)s recommandation passe à « %(state)s ».",
            "%(num)s recommandations passent à « %(state)s ».",
            number,
            state=_word(after),
        ),
        "success",
    )
    return redirect(url_for("recommendations.index", state=after.value), 303)


@blueprint.post("/recommandations/<code>/sources/<int:number>/detacher")
@permit(manage, Recommendation, key="code")
def detach(row: Recommendation, *, number: int) -> Answer:
    """Take a source back, with a reason."""
    source = next((each for each in row.sources if each.id == number), None)
    if source is None:
        abort(404)
    form = ReasonForm()
    if form.validate():
        try:
            triage.detach(
                db.session(), source, reason=form.reason.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            blame(form, refusal)
        else:
            flash(gettext("La contribution est détachée ; la raison est gardée."))
            return redirect(url_for("recommendations.show", code=row.code), 303)
    return recommendation_page(row, form, gesture=f"detach-{number}"), 422


def _state(word: str) -> RecommendationState:
    if word not in VERBS:
        abort(404)
    return RecommendationState(word)


def _verb(row: Recommendation, after: RecommendationState) -> str:
    """Return the gesture that brings it there from where it stands."""
    on = FOLLOWED_ON.get(row.state) if after is RecommendationState.FOLLOWED else None
    return str(on or VERBS[after])


def _word(state: RecommendationState) -> str:
    return str(gettext(RECOMMENDATION_STATES[state]))


def _fill(form: StepForm, row: Recommendation | None = None) -> None:
    """Offer what may be chosen; to who facilitates a space, the meetings of that space alone."""
    session, now = db.session(), clock.now()
    own = None
    if row is not None and not may(coordinator):
        group = session.scalar(queries.group_of(row.id))
        own = group.id if group is not None else None
    form.fill(
        [] if own else session.scalars(queries.active_spaces()).all(),
        session.scalars(queries.recent_meetings(now - RECENT, now, own).limit(OFFERED)).all(),
        [] if own else session.scalars(queries.recent_days(now - RECENT, now).limit(OFFERED)).all(),
        session.scalars(queries.decisions_taken(now - RECENT, now, own).limit(OFFERED)).all(),
    )


def _ground(form: StepForm) -> Ground:
    """Return what was typed; a decision alone brings its meeting along."""
    session = db.session()
    kind, number = (form.place.data or "")[:1], (form.place.data or "")[1:]
    outcome = Outcome(form.outcome.data) if form.outcome.data else None
    found = Ground(reason=form.reason.data or "", outcome=outcome)
    if form.space.data:
        found = replace(found, space=session.get(Space, int(form.space.data)))
    if kind == "m":
        found = replace(found, meeting=session.get(Meeting, int(number)))
    if kind == "e":
        found = replace(found, event=session.get(Event, int(number)))
    if form.decision.data:
        decision = session.get(Decision, int(form.decision.data))
        if decision is not None and not kind:
            found = replace(found, meeting=decision.meeting)
        found = replace(found, decision=decision)
    return found


def _step_page(row: Recommendation, after: RecommendationState, form: StepForm, **more: Any) -> str:
    session = db.session()
    _fill(form, row)
    way = steps.step_to(row, after)
    needs = _needs(form, after, [way] if way else [])
    if not may(coordinator):
        needs.add("place")
    blocked = None
    if way is None or Need.LEVEL in way.needs or Need.PRINTED in way.needs:
        blocked = _blocked(row, after)
    return render_template(
        "recommendations/step.html",
        recommendation=session.scalars(recommendation_queries.whole(row)).unique().one(),
        after=after,
        way=way,
        verb=_verb(row, after),
        meaning=MEANINGS[after],
        needs=needs,
        blocked=blocked,
        form=form,
        is_coordinator=may(coordinator),
        **more,
    )


def _blocked(row: Recommendation, after: RecommendationState) -> str | None:
    """Return why it can't go there whatever is typed, None if it can."""
    problem = steps.obstacle(db.session(), row, after, Ground(), actor=current_user(), now=clock.now())
    return None if problem is None or problem.field in ASKED else sentence(problem)


def _needs(form: StepForm, after: RecommendationState | None, ways: Iterable[Step]) -> set[str]:
    """Return what these steps can't do without, once the form asks for it by its name.

    Where an outcome may be told but needn't, it stands beside them as `may-outcome`.
    """
    needs = {need.value for way in ways for need in way.needs}
    asked = RecommendationState.CLOSED if Need.OUTCOME in needs else after
    form.reason.label.text = str(REASONS[asked] if asked in REASONS else _l("Raison"))
    if Need.OUTCOME in needs:
        form.insist_on_outcome()
    elif after in steps.TELLS_OUTCOME:
        needs.add("may-outcome")
    return needs


def _chosen(codes: Iterable[str]) -> list[Recommendation]:
    wanted = list(dict.fromkeys(codes))[:MOST_AT_ONCE]
    return list(db.session.scalars(queries.by_codes(wanted)))


def _batch_page(codes: list[str], state: str, form: StepForm, **more: Any) -> str:
    rows = _chosen(codes)
    after = RecommendationState(state) if state in VERBS else None
    ready, blocked = _sorted(rows, after) if after else ([], [])
    _fill(form)
    ways = [way for row in ready if after and (way := steps.step_to(row, after))]
    counts = {
        word: sum(row.state != word and steps.step_to(row, word) is not None for row in rows)
        for word in VERBS
    }
    return render_template(
        "recommendations/steps.html",
        rows=rows,
        after=after,
        ready=ready,
        blocked=blocked,
        needs=_needs(form, after, ways),
        choices=[(word, VERBS[word], counts[word]) for word in VERBS if counts[word]],
        verb=VERBS[after] if after else "",
        meaning=MEANINGS[after] if after else "",
        form=form,
        **more,
    )


def _sorted(
    rows: list[Recommendation], after: RecommendationState
) -> tuple[list[Recommendation], list[tuple[Recommendation, str]]]:
    """Return those that may go there, and those that can't with the reason."""
    session, now, user = db.session(), clock.now(), current_user()
    stands = places(session, [row.id for row in rows])
    ready: list[Recommendation] = []
    blocked: list[tuple[Recommendation, str]] = []
    for row in rows:
        if row.state == after:
            blocked.append((row, gettext("Elle y est déjà.")))
            continue
        printed = any(place.is_published for place in stands[row.id])
        problem = steps.obstacle(session, row, after, Ground(), actor=user, now=now, printed=printed)
        if problem is None or problem.field in ASKED:
            ready.append(row)
        else:
            blocked.append((row, sentence(problem)))
    return ready, blocked
