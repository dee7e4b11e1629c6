"""The public directory: a box for plain words, filters, cards, exports, of what everybody may read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family
from hub.actors.queries import directory as queries
from hub.actors.rules import see
from hub.actors.values import words
from hub.actors.values.consent import Record
from hub.actors.values.directory import asking, finding
from hub.actors.values.directory.asking import Asked, Part
from hub.actors.values.directory.finding import Change, Entry, Found, Sort, Try
from hub.actors.values.directory.understanding import LONGEST_REQUEST, Understood, understand
from hub.actors.values.directory.vocabulary import Vocabulary
from hub.actors.views.blueprint import blueprint
from hub.core import clock, exports, paging
from hub.core.access import permit
from hub.core.db import db
from hub.core.i18n import chosen_language
from hub.core.search import fold
from hub.core.web import row_number

PER_PAGE = 20
EXAMPLES = ("aide juridique près de Dinant", "cours de français à Namur", "collectif citoyen", "CPAS")


@dataclass(frozen=True)
class Directory:
    """All that one look into the directory needs, read once."""

    vocabulary: Vocabulary
    entries: list[Entry]

    def understand(self, text: str) -> Understood:
        """Return what a request in plain words means here."""
        names = [name for entry in self.entries for name in entry.names]
        known = frozenset(word for entry in self.entries for word in entry.text.split())
        return understand(text, self.vocabulary, names, known)


@dataclass(frozen=True)
class Line:
    """One actor in the list: what the public may read of it, and where it is from the place asked for."""

    record: Record
    found: Found
    nearest: str  # the name of its nearest place
    serves: str  # the name of the territory by which it serves the place

    @property
    def kilometres(self) -> int | None:
        """The distance in whole kilometres."""
        return None if self.found.kilometres is None else round(self.found.kilometres)


def read_directory() -> Directory:
    """Read the words and the entries."""
    session = db.session()
    return Directory(queries.words_of(session), queries.entries(session, clock.today(clock.now())))


@blueprint.get("/annuaire")
@permit(see)
def directory() -> Response | str:
    """Show who answers; a request in plain words first becomes filters in the address."""
    book = read_directory()
    text = request.args.get("q", "").strip()
    if text:
        understood = book.understand(text)
        found = asking.arguments(asked_for(book.vocabulary)) | asking.arguments(understood.asked)
        return redirect(url_for("actors.directory", **found, asked=text[:LONGEST_REQUEST]))
    asked = asked_for(book.vocabulary)
    sort = _sort(asked)
    found_all = finding.in_order(finding.find(book.entries, asked, book.vocabulary), sort)
    page = _page(found_all, request.args.get("page", 1, type=int))
    around = book.vocabulary.places_by_code.get(asked.near or asked.territory)
    today = clock.today(clock.now())
    request_text = " ".join(request.args.get("asked", "").split())[:LONGEST_REQUEST]
    return render_template(
        "actors/directory/index.html",
        asked=asked,
        page=page,
        lines=lines(page.rows, book.vocabulary),
        chips=_chips(asked, book.vocabulary),
        options=_options(book, asked),
        communes=_communes(book.vocabulary),
        radii=asking.RADII,
        request_text=request_text,
        understood=book.understand(request_text) if request_text else None,
        sort="" if sort is _usual_sort(asked) else sort.value,
        sorts=_sorts(asked),
        place=book.vocabulary.places_by_code.get(asked.near),
        around=around,
        labels=db.session.scalars(queries.labels_of(around.code, today)).all() if around else [],
        tries=[] if found_all else _tries(book, asked),
        nearest=[] if found_all else lines(_nearest(book, asked), book.vocabulary),
        kept_args=request.args.to_dict(flat=False),
        examples=EXAMPLES,
        in_directory=len(finding.find(book.entries, Asked(), book.vocabulary)),
    )


def asked_for(vocabulary: Vocabulary) -> Asked:
    """Return what the address asks for; a value that nothing bears is no filter but its absence."""
    args = request.args
    radius = args.get("radius", asking.NEAR_PLACE, type=row_number)
    commune = args.get("commune", "")
    place = vocabulary.places_by_code.get(commune)
    is_near = place is not None and place.is_point
    territory = args.get("territory", "") or ("" if is_near else commune)
    return Asked(
        words=tuple(filter(None, map(fold, _several("word", asking.MOST_WORDS)))),
        themes=_several("theme", asking.MOST_THEMES),
        audiences=_several("audience", asking.MOST_THEMES),
        languages=_several("language", asking.MOST_THEMES),
        kind=_short(args.get("kind", "")),
        family=_one_of(args.get("family", ""), {family.value for family in Family}),
        near=commune if is_near else "",
        radius=min(max(radius, 0), asking.FARTHEST),
        territory=_one_of(territory, vocabulary.places_by_code),
        state=_one_of(args.get("state", ""), {state.value for state in OrganisationState}),
    )


def _one_of(text: str, known: Any) -> str:
    return text if text in known else ""


def _short(text: str) -> str:
    """Return a code from an address: no longer than codes are, without control characters."""
    return "".join(sign for sign in text if sign.isprintable())[: asking.LONGEST_WORD].strip()


def _several(name: str, most: int) -> tuple[str, ...]:
    found = dict.fromkeys(_short(text) for text in request.args.getlist(name))
    return tuple(text for text in found if text)[:most]


def _sort(asked: Asked) -> Sort:
    text = request.args.get("sort", "")
    wanted = Sort(text) if text in set(Sort) else None
    usual = _usual_sort(asked)
    return usual if wanted is None or (wanted is Sort.DISTANCE and not asked.near) else wanted


def _usual_sort(asked: Asked) -> Sort:
    return Sort.DISTANCE if asked.near else Sort.NAME


def _sorts(asked: Asked) -> list[tuple[str, str]]:
    """Return the orders to choose from; the usual one has no value, so that it changes with the filters."""
    named = {
        Sort.DISTANCE: gettext("Distance"),
        Sort.NAME: gettext("Nom"),
        Sort.COMMUNE: gettext("Commune"),
        Sort.CHECKED: gettext("Vérifié le plus récemment"),
    }
    usual = _usual_sort(asked)
    return [
        ("" if sort is usual else sort.value, word)
        for sort, word in named.items()
        if asked.near or sort is not Sort.DISTANCE
    ]


def _page(found: list[Found], number: int) -> paging.Page[Found]:
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, number), pages)
    return paging.Page(found[(number - 1) * PER_PAGE : number * PER_PAGE], number, PER_PAGE, len(found))


def lines(found: list[Found], vocabulary: Vocabulary) -> list[Line]:
    """Return what the list shows of those who were found, in their order (4 queries at most)."""
    chosen = queries.shown(one.entry.id for one in found)
    rows = {row.id: row for row in db.session().scalars(chosen).unique()} if found else {}
    places = vocabulary.places_by_code
    return [
        Line(
            Record(rows[one.entry.id], everything=False),
            one,
            places[one.nearest].name if one.nearest else "",
            places[one.serves].name if one.serves else "",
        )
        for one in found
        if one.entry.id in rows
    ]


# --- In words -------------------------------------------------------------------------------------


def _chips(asked: Asked, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    return [
        {
            "label": part_in_words(part, asked, vocabulary),
            "url": _address(asking.without(asked, part)),
        }
        for part in asking.parts(asked)
    ]


def _address(asked: Asked) -> str:
    """Return the address of the list with other filters; its order and the request in words stay."""
    kept: dict[str, Any] = {name: request.args[name] for name in ("sort", "asked") if name in request.args}
    return url_for("actors.directory", **kept, **asking.arguments(asked))


def part_in_words(part: Part, asked: Asked, vocabulary: Vocabulary) -> str:
    """Return « Thème : Logement », « Jusqu’à 20 km de Dinant »."""
    value = value_in_words(part, asked, vocabulary)
    named = {
        "words": gettext("Mot : %(value)s", value=value),
        "themes": gettext("Thème : %(value)s", value=value),
        "audiences": gettext("Public : %(value)s", value=value),
        "languages": gettext("Langue : %(value)s", value=value),
        "kind": gettext("Type : %(value)s", value=value),
        "family": gettext("Famille : %(value)s", value=value),
        "territory": gettext("Territoire : %(value)s", value=value),
        "state": gettext("État : %(value)s", value=value),
    }
    return str(named.get(part.name, value))


def value_in_words(part: Part, asked: Asked, vocabulary: Vocabulary) -> str:
    """Return the words for the value of a part alone: « Logement », « jusqu’à 20 km de Dinant »."""
    if part.name != "near":
        return _labels(vocabulary).get((part.name, part.value), part.value)
    place = vocabulary.places_by_code[part.value].name
    if asked.radius == 0:
        return str(gettext("À %(place)s", place=place))
    return str(gettext("Jusqu’à %(km)s km de %(place)s", km=asked.radius, place=place))


def _labels(vocabulary: Vocabulary) -> dict[tuple[str, str], str]:
    """Return the words for the values of filters, by filter and value."""
    plural = {"theme": "themes", "audience": "audiences", "kind": "kind"}
    found = {(plural[name], code): label for (name, code), label in vocabulary.labels.items()}
    found |= {("languages", code): words.language_name(code, chosen_language()) for code in words.LANGUAGES}
    found |= {("family", family.value): gettext(text) for family, text in words.FAMILIES.items()}
    found |= {("state", state.value): gettext(text) for state, text in words.STATES.items()}
    return found | {("territory", place.code): place.name for place in vocabulary.places_by_code.values()}


def _options(book: Directory, asked: Asked) -> list[dict[str, Any]]:
    """Return the filters to choose from; each choice says how many it finds with the other filters."""
    counted = finding.counts(book.entries, asked, book.vocabulary)
    labels = _labels(book.vocabulary)
    chosen = {
        "theme": asked.themes, "audience": asked.audiences, "language": asked.languages,
        "kind": (asked.kind,) if asked.kind else (),
    }  # fmt: skip
    named = {
        "theme": (gettext("Thème"), "themes"), "audience": (gettext("Public"), "audiences"),
        "language": (gettext("Langue"), "languages"), "kind": (gettext("Type"), "kind"),
    }  # fmt: skip
    options = []
    for name, (label, field) in named.items():
        listed = [code for held, code in labels if held == field]
        codes = [code for code in listed if counted[name][code] or code in chosen[name]]
        options.append(
            {
                "name": name,
                "label": label,
                "choices": [(code, labels[field, code], counted[name][code]) for code in codes],
                "value": chosen[name][0] if chosen[name] else "",
                "further": chosen[name][1:],
            }
        )
    return options


def _communes(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Return every place that one can be near, by name: readers may live where no actor is."""
    points = [place for place in vocabulary.places_by_code.values() if place.is_point]
    return [(place.code, place.name) for place in sorted(points, key=lambda place: fold(place.name))]


def _tries(book: Directory, asked: Asked) -> list[tuple[str, str, int]]:
    """Return (words, address, number) of what finds somebody."""
    return [
        (_try_in_words(one, book.vocabulary, asked), _address(one.asked), one.number)
        for one in finding.tries(book.entries, asked, book.vocabulary)
    ]


def _try_in_words(one: Try, vocabulary: Vocabulary, asked: Asked) -> str:
    if one.change is Change.CLOSED:
        return str(gettext("Parmi ceux dont l’activité est terminée"))
    if one.change is Change.WIDER or one.part is None:
        return str(gettext("Jusqu’à %(km)s km", km=one.asked.radius))
    part = value_in_words(one.part, asked, vocabulary)
    if one.change is Change.ONLY:
        return str(gettext("Seulement « %(part)s »", part=part))
    return str(gettext("Sans « %(part)s »", part=part))


def _nearest(book: Directory, asked: Asked) -> list[Found]:
    return finding.next_nearest(book.entries, asked, book.vocabulary)


# --- Exports --------------------------------------------------------------------------------------

EXPORT_HEADER = (
    "nom", "sigle", "type", "siège", "code postal", "distance (km)", "territoires desservis", "thèmes",
    "publics", "langues", "description", "téléphone", "adresse mail", "site", "adresse", "vérifié le",
    "fiche",
)  # fmt: skip


@blueprint.get("/annuaire/export.<ending>")
@permit(see)
def export_directory(ending: str) -> Response:
    """Send what the list shows, filters and order included, as CSV or xlsx: only what everybody may read."""
    if ending not in {"csv", "xlsx"}:
        abort(404)
    book = read_directory()
    asked = asked_for(book.vocabulary)
    found = finding.in_order(finding.find(book.entries, asked, book.vocabulary), _sort(asked))
    rows = (_export_row(line) for line in lines(found, book.vocabulary))
    return exports.answer(ending, "annuaire", EXPORT_HEADER, rows)


def _export_row(line: Line) -> list[Any]:
    record = line.record
    organisation: Organisation = record.organisation
    seat = record.commune
    return [
        record.name, record.acronym, organisation.kind.label, seat.name if seat else "",
        seat.postal_code if seat else "", line.kilometres,
        _joined(place.name for place in record.territories), _joined(theme.label for theme in record.themes),
        _joined(audience.label for audience in record.audiences or ()),
        _joined(words.language_name(code) for code in record.languages or ()),
        record.description, record.phone, record.email, record.website, record.address, record.checked_on,
        url_for("actors.show", slug=record.slug, _external=True),
    ]  # fmt: skip


def _joined(texts: Iterator[str]) -> str:
    return " | ".join(texts)
