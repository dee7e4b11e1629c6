"""The register, the coordinators' working list of actors; others are led to the directory."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family
from hub.actors.queries import organisations as queries
from hub.actors.queries.organisations import Filters
from hub.actors.rules import edit, see
from hub.actors.values import consent, enterprise, words
from hub.actors.views.blueprint import blueprint
from hub.core import exports, paging
from hub.core.access import may, permit
from hub.core.db import db

Word = TypeVar("Word", bound=StrEnum)


def _chosen(words_of: type[Word], name: str) -> Word | None:
    text = request.args.get(name, "")
    return words_of(text) if text in set(words_of) else None


def asked_filters() -> Filters:
    """Return the filters that the address asks for."""
    return Filters(
        words=request.args.get("q", "")[:200],
        family=_chosen(Family, "family"),
        kind=request.args.get("kind", ""),
        theme=request.args.get("theme", ""),
        commune=request.args.get("commune", ""),
        territory=request.args.get("territory", ""),
        state=_chosen(OrganisationState, "state"),
    )


@blueprint.get("/acteurs")
@permit(see)
def index() -> Response | str:
    """List the actors; whoever doesn't coordinate finds the same filters in the directory."""
    if not may(edit):
        return redirect(url_for("actors.directory", **_in_directory()))
    filters = asked_filters()
    sort = request.args.get("sort", "name")
    sort = sort if sort in queries.SORTS else "name"
    descending = request.args.get("direction") == "desc"
    session = db.session()
    page = paging.paginate(
        session,
        queries.listed(filters, sort=sort, descending=descending),
        request.args.get("page", 1, type=int),
    )
    options = _options()
    return render_template(
        "actors/index.html",
        page=page,
        filters=filters,
        options=options,
        chips=_chips(filters, options),
        sort=sort,
        direction="desc" if descending else "asc",
        in_register=session.scalar(queries.number_in_register()) or 0,
        kept_args=request.args.to_dict(),
    )


def _in_directory() -> dict[str, Any]:
    """Return the address's filters under the names that the directory has for them."""
    kept = ("q", "kind", "theme", "commune", "territory", "family", "state", "sort")
    found: dict[str, Any] = {name: request.args[name] for name in kept if request.args.get(name)}
    if "commune" in found:
        found["radius"] = 0  # the register's filter means the seat
    return found


def _options() -> list[dict[str, Any]]:
    """Return the filters to choose from, with only what some actor has."""
    session = db.session()
    return [
        {
            "name": "family",
            "label": gettext("Famille"),
            "choices": [(family.value, gettext(text)) for family, text in words.FAMILIES.items()],
        },
        {
            "name": "kind",
            "label": gettext("Type"),
            "choices": [(kind.code, kind.label) for kind in session.scalars(queries.kinds_in_use())],
        },
        {
            "name": "theme",
            "label": gettext("Thème"),
            "choices": [(theme.code, theme.label) for theme in session.scalars(queries.themes_in_use())],
        },
        {
            "name": "commune",
            "label": gettext("Siège"),
            "choices": [(place.code, place.name) for place in session.scalars(queries.communes_in_use())],
        },
        {
            "name": "territory",
            "label": gettext("Territoire"),
            "choices": [(place.code, place.name) for place in session.scalars(queries.territories_in_use())],
        },
        {
            "name": "state",
            "label": gettext("État"),
            "choices": [(state.value, gettext(text)) for state, text in words.STATES.items()],
        },
    ]


def _chips(filters: Filters, options: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Mark what is chosen in the options, and return a chip for each."""
    found = []
    if filters.words:
        found.append(
            {"name": "q", "value": request.args["q"], "label": gettext("Mot : %(word)s", word=filters.words)}
        )
    for option in options:
        value = str(getattr(filters, option["name"]) or "")
        option["value"] = value
        word = dict(option["choices"]).get(value, value)
        if value:
            found.append({"name": option["name"], "value": value, "label": f"{option['label']} : {word}"})
    return found


EXPORT_HEADER = (
    "identifiant", "nom", "sigle", "anciens noms", "type", "forme juridique", "numéro BCE", "siège", "NIS",
    "territoire", "territoires desservis", "thèmes", "publics", "langues", "année de création", "état",
    "structurée", "champ d’action", "moyens", "état depuis", "adresse mail", "téléphone", "adresse", "site",
    "description", "source", "fiabilité", "note", "vérifié le", "montré au public", "accord donné par",
)  # fmt: skip


@blueprint.get("/acteurs/export.<ending>")
@permit(edit)
def export(ending: str) -> Response:
    """Send what the list shows, filters included, as CSV or xlsx; the import reads it back."""
    if ending not in {"csv", "xlsx"}:
        abort(404)
    rows = db.session.scalars(queries.exported(asked_filters())).unique()
    return exports.answer(ending, "acteurs", EXPORT_HEADER, _export_rows(rows))


def _export_rows(rows: Any) -> Iterator[list[Any]]:
    for row in rows:
        yield _export_row(row)


def _export_row(row: Organisation) -> list[Any]:
    return [
        row.slug, row.name, row.acronym, " | ".join(row.former_names.splitlines()), row.kind.label,
        gettext(words.LEGAL_FORMS[row.legal_form]), enterprise.show(row.enterprise_number),
        row.commune.name if row.commune else "", row.commune.code if row.commune else "", row.scope,
        " | ".join(place.name for place in row.territories),
        " | ".join(theme.label for theme in row.themes),
        " | ".join(audience.label for audience in row.audiences),
        " | ".join(row.languages), row.founded, gettext(words.STATES[row.state]),
        gettext(words.STRUCTURED[row.structured]), row.field_of_action,
        " | ".join(gettext(words.FUNDING_SOURCES[one]) for one in row.funding_sources),
        row.state_since, row.email, row.phone, row.address, row.website, row.description, row.source,
        gettext(words.CONFIDENCES[row.confidence]), row.note, row.checked_on,
        " | ".join(gettext(consent.FIELDS[field]) for field in consent.in_order(row.public_fields)),
        row.agreement,
    ]  # fmt: skip
