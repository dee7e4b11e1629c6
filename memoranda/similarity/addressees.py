"""Whom a demand is addressed to: levels of power and authorities that a text names."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from memoranda.similarity.thesaurus import Form, Lexicon
from memoranda.similarity.words import Word, listed, plain, words


@dataclass(frozen=True)
class Addressee:
    """Somebody whom demands address, by a key of the caller's; without a key, terms that mean nobody."""

    key: str
    terms: tuple[str, ...]


def _terms(text: str) -> tuple[str, ...]:
    return tuple(" ".join(term.split()) for term in text.split(","))


ADDRESSEES = (
    Addressee(
        "commune",
        _terms("""commune, administration communale, autorité communale, conseil communal, collège communal,
        ville, municipalité, bourgmestre, échevin, pouvoir local, autorité locale, service communal"""),
    ),
    Addressee(
        "cpas", _terms("CPAS, centre public d’action sociale, centre public, conseil de l’action sociale")
    ),
    Addressee(
        "province",
        _terms("province, collège provincial, conseil provincial, autorité provinciale, député provincial"),
    ),
    Addressee(
        "region_wallonne",
        _terms("""Région wallonne, Wallonie, gouvernement wallon, parlement wallon, ministre wallon, SPW,
        politique régionale, DPR, déclaration de politique régionale, Forem, AViQ, TEC"""),
    ),
    Addressee(
        "region_bruxelloise",
        _terms("""Région bruxelloise, Région de Bruxelles-Capitale, gouvernement bruxellois, Bruxelles,
        bruxellois, bruxelloise, COCOF, COCOM, Actiris"""),
    ),
    Addressee(
        "fwb",
        _terms("""Wallonie-Bruxelles, Fédération Wallonie-Bruxelles, FWB, Communauté française, politique
        communautaire, déclaration de politique communautaire, ONE"""),
    ),
    Addressee(
        "federal",
        _terms("""État fédéral, État, fédéral, fédérale, gouvernement fédéral, autorité fédérale, ministre
        fédéral, Fedasil, Office des étrangers, SPP Intégration sociale, Unia, SNCB, ONEM,
        secrétaire d’État"""),
    ),
    Addressee("ue", _terms("Union européenne, UE, Commission européenne, Parlement européen, Europe")),
    Addressee("", _terms("état des lieux, état civil, état de santé, politique commune, approche commune")),
)
"""The levels of power of French-speaking Belgium and what stands for them, after the network's matrix of
levels. A caller adds communes by name, or others, in a list of its own."""

_PARTICLES = listed("d de des du l la le les et")


@dataclass(frozen=True, slots=True)
class Named:
    """An addressee named in a text, from `start` up to `end`."""

    start: int
    end: int
    key: str


def named(text: str, addressees: Iterable[Addressee] = ADDRESSEES) -> tuple[Named, ...]:
    """Return where a text names addressees, from left to right."""
    row = _row(text)
    hits = _lexicon(tuple(addressees)).hits([singular(word.small) for word in row])
    return tuple(
        Named(row[hit.first].start, row[hit.last - 1].end, hit.names[0]) for hit in hits if hit.names[0]
    )


def singular(word: str) -> str:
    """Return a small word without accents and plural: « commune » stays apart from « commun »."""
    found = plain(word)
    if found.endswith("aux"):
        return found[:-3] + "al"
    return found[:-1] if found.endswith(("s", "x")) and len(found) > 3 else found  # noqa: PLR2004


def _row(text: str) -> tuple[Word, ...]:
    return tuple(word for word in words(text) if word.small not in _PARTICLES)


@lru_cache(maxsize=16)
def _lexicon(addressees: tuple[Addressee, ...]) -> Lexicon:
    found: dict[Form, tuple[str, ...]] = {}
    for each in addressees:
        for term in each.terms:
            form = tuple(singular(word.small) for word in _row(term))
            if form:
                found.setdefault(form, (each.key,))
    return Lexicon(found)
