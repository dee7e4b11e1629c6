"""What exists already, before something new is begun."""

from dataclasses import replace
from typing import Any

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, Theme
from hub.core import clock
from hub.core.access import coordinator, everyone, may, permit
from hub.core.db import db
from hub.core.web import row_number
from hub.network.queries import existing as reading
from hub.network.values.existing import Question, actors, reaches, spots
from hub.network.values.landscape import Landscape
from hub.network.values.proposals import kindred
from hub.network.views import asked as addresses
from hub.network.views import labels
from hub.network.views.blueprint import blueprint
from hub.network.views.coverage import read
from hub.recommendations.signals import places
from hub.spaces.models.spaces import Space
from hub.spaces.rules import see as see_spaces

DISTANCES = (0, 5, 10, 20, 40)
LONGEST = 60
MOST_NUMBERS = 20


@blueprint.get("/existant")
@permit(everyone)
def existing() -> str:
    """Show the actors, drop-ins, spaces, days, projects and recommendations that are there already."""
    session, today = db.session(), addresses.today()
    landscape = read(session, today)
    question = _question(session, landscape)
    return render_template(
        "network/existing/page.html",
        landscape=landscape,
        question=question,
        found=_found(session, landscape, question) if question.asks else None,
        distances=DISTANCES,
        labels=labels,
        today=today,
        now_is=clock.now(),
    )


def _question(session: Session, landscape: Landscape) -> Question:
    """Return what is asked: by codes in the address, or by the numbers that a form carried over."""
    args = request.args
    place = landscape.geography.by_code(args.get("territory", "")[:LONGEST])
    km = args.get("km", type=row_number)
    question = Question(
        themes=frozenset(args.getlist("theme")) & landscape.themes.keys(),
        audiences=frozenset(args.getlist("audience")) & landscape.audiences.keys(),
        place=place.id if place else None,
        km=float(km) if km in DISTANCES else 10.0,
    )
    carried = _carried(session)
    return replace(
        question,
        themes=question.themes | carried.themes,
        place=question.place or carried.place,
    )


def _carried(session: Session) -> Question:
    """Read what the forms « Créer un espace » and « Préparer une journée » carried over."""
    numbers = request.args.getlist("theme_id", type=row_number)[:MOST_NUMBERS]
    themes = set(session.scalars(select(Theme.code).where(Theme.id.in_(numbers)))) if numbers else set()
    place = session.get(Territory, request.args.get("territory_id", 0, type=row_number))
    space = session.get(Space, request.args.get("space_id", 0, type=row_number)) if may(see_spaces) else None
    if space is not None:
        themes |= {theme.code for theme in space.themes}
    territory = place.id if place else (space.territory_id if space else None)
    return Question(themes=frozenset(themes), place=territory)


def _found(session: Session, landscape: Landscape, question: Question) -> dict[str, Any]:
    """Return what is there, stage by stage of the chain, as far as the reader may see it."""
    return {
        "actors": actors(landscape, question),
        "spots": spots(landscape, question),
        "spaces": _spaces(session, landscape, question) if may(see_spaces) else None,
        "days": _days(session, landscape, question),
        "projects": _projects(session, landscape, question),
        "recommendations": _recommendations(session, question),
    }


def _spaces(session: Session, landscape: Landscape, question: Question) -> list[Space]:
    return [
        space
        for space in session.scalars(reading.spaces())
        if _about(question, {theme.code for theme in space.themes})
        and reaches(landscape.geography, question, [space.territory_id])
    ]


def _days(session: Session, landscape: Landscape, question: Question) -> list[Any]:
    """Days have no themes of their own: those of the space whose meeting they are."""
    found = []
    for day in session.scalars(reading.days()):
        themes = {theme.code for theme in day.space.themes} if day.space else set[str]()
        where = [day.venue.commune_id if day.venue else None, day.space.territory_id if day.space else None]
        if _about(question, themes) and reaches(landscape.geography, question, where):
            found.append(day)
    return found


def _projects(session: Session, landscape: Landscape, question: Question) -> list[Any]:
    return [
        project
        for project in session.scalars(reading.projects())
        if _about(question, {theme.code for theme in project.themes})
        and (not question.audiences or question.audiences & {public.code for public in project.audiences})
        and reaches(landscape.geography, question, [place.id for place in project.territories])
    ]


def _about(question: Question, themes: set[str]) -> bool:
    return not question.themes or bool(question.themes & themes)


def _recommendations(session: Session, question: Question) -> list[tuple[Any, Any]]:
    """Return the recommendations of the themes asked for, each with where it can be read.

    Coordinators read them all; others those that stand in a published memorandum.
    """
    wanted = question.themes.union(*(kindred(theme) for theme in question.themes))
    rows = session.scalars(reading.recommendations(wanted)).all() if wanted else []
    stands = places(session, [row.id for row in rows])
    published = {
        row.id: next((place for place in stands[row.id] if place.is_published), None) for row in rows
    }
    if may(coordinator):
        return [(row, None) for row in rows]
    return [(row, place) for row in rows if (place := published[row.id])]
