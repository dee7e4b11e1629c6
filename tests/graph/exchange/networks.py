"""Networks to write and read: a small one, and any that hypothesis thinks of."""

from datetime import date

from hypothesis import strategies as st

from graph.exchange.model import About, Actor, Exchange, Moment, Precision, Term, Tie

ABOUT = About(
    title="Réseau d’essai",
    made_on=date(2026, 3, 10),
    as_of=date(2026, 3, 10),
    address="http://localhost/reseau",
    description="Organisations et relations inventées pour les essais.",
)
KIND = Term("association", "Association (asbl)")
FAMILY = Term("association", "Associations et services")

SMALL = Exchange(
    ABOUT,
    (
        Actor(
            "maison-des-langues",
            'Maison « des "langues" » & <co>',
            acronym="MdL",
            former_names=("Le Cercle", "Cercle; et amis"),
            kind=KIND,
            family=FAMILY,
            legal_form=Term("asbl", "asbl (association sans but lucratif)"),
            enterprise_number="0123456749",
            commune=Term("92094", "Namur"),
            latitude=50.4669,
            longitude=4.8675,
            scope="province de Namur",
            territories=(Term("90000", "Province de Namur"),),
            themes=(Term("housing", "Logement"), Term("fle", "Français langue étrangère")),
            audiences=(Term("newcomers", "Primo-arrivant·es"),),
            languages=(Term("fr", "français"), Term("ar", "arabe")),
            founded=1998,
            state=Term("active", "Actif"),
            website="https://maison.example.org/?a=1&b=2",
            description="Cours et accueil.\nTous les jours.",
            source="rapport 2024",
            confidence=Term("high", "Sûr"),
        ),
        Actor(
            "ruche",
            "=La Ruche",
            kind=KIND,
            family=FAMILY,
            commune=Term("91034", "Dinant"),
            state=Term("closed", "Activité terminée"),
            state_since=date(2023, 4, 30),
        ),
        Actor("bayt", "بيت اللقاء 🏠", kind=KIND, family=FAMILY),
    ),
    (
        Tie(
            "t1",
            "maison-des-langues",
            "ruche",
            kind=Term("partner_in", "est partenaire de"),
            reverse_label="a pour partenaire",
            start=Moment(date(2016, 1, 1), Precision.YEAR),
            end=Moment(date(2023, 4, 30)),
            origin=Term("declared", "Relation déclarée"),
            evidence="rapport 2024",
            confidence=Term("high", "Sûr"),
        ),
        Tie(
            "t2",
            "ruche",
            "bayt",
            kind=Term("near", "est proche de"),
            reverse_label="est proche de",
            symmetric=True,
            start=Moment(date(2020, 9, 1), Precision.MONTH),
            end=Moment(date(2024, 12, 31), Precision.BEFORE),
            origin=Term("declared", "Relation déclarée"),
            note="même rue",
        ),
        Tie(
            "t3",
            "maison-des-langues",
            "ruche",
            kind=Term("pilots", "pilote"),
            reverse_label="est piloté par",
            origin=Term("declared", "Relation déclarée"),
        ),
        Tie(
            "t4",
            "maison-des-langues",
            "bayt",
            kind=Term("space", "siège avec"),
            reverse_label="siège avec",
            symmetric=True,
            origin=Term("space", "Même espace"),
            about="Plateforme logement",
            strength=0.25,
        ),
    ),
)

# What names are made of in life, and what breaks files: quotes, bars, formulas, other scripts, control signs.
SIGNS = st.one_of(
    st.sampled_from([*"\"'|;,=+-@%\\&<>#/{}\n\t\r a1éœ🏠אב＝", "\r\n", "]]>", "&amp;", "_x000D_", "👩‍👧"]),
    st.sampled_from("\u200f\u202e\u00a0\u2028\ufeff\u200b\x00\x0b\x1b\x85\ufffe"),
    st.characters(exclude_categories=["Cs"]),
)
texts = st.lists(SIGNS, max_size=5).map("".join)
names = st.lists(SIGNS, min_size=1, max_size=6).map("".join)
terms = st.builds(Term, names, texts).filter(lambda term: bool(term.code))
several = st.lists(terms, max_size=3).map(tuple)
days = st.dates(date(1001, 1, 1), date(2200, 12, 31))
moments = st.builds(Moment, days, st.sampled_from(Precision))
slugs = st.text("abcdefghij-0123456789", min_size=1, max_size=12)


def actors(slug: str) -> st.SearchStrategy[Actor]:
    """Think of an actor with that id."""
    return st.builds(
        Actor,
        id=st.just(slug),
        name=names,
        acronym=texts,
        former_names=st.lists(texts, max_size=3).map(tuple),
        kind=st.none() | terms,
        family=st.none() | terms,
        legal_form=st.none() | terms,
        enterprise_number=st.sampled_from(["", "0123456749"]),
        commune=st.none() | terms,
        latitude=st.none() | st.floats(-90, 90),
        longitude=st.none() | st.floats(-180, 180),
        scope=texts,
        territories=several,
        themes=several,
        audiences=several,
        languages=several,
        founded=st.none() | st.integers(1000, 2200),
        state=st.none() | terms | st.just(Term("closed", "Activité terminée")),
        state_since=st.none() | days,
        website=texts,
        description=texts,
        source=texts,
        confidence=st.none() | terms,
    )


def ties(ids: list[str]) -> st.SearchStrategy[Tie]:
    """Think of a tie among those ids."""
    ends = st.sampled_from(ids)
    return st.builds(
        Tie,
        id=st.just("x"),
        source=ends,
        target=ends,
        kind=st.none() | terms,
        reverse_label=texts,
        symmetric=st.booleans(),
        start=st.none() | moments,
        end=st.none() | moments,
        origin=st.none() | terms,
        about=texts,
        evidence=texts,
        confidence=st.none() | terms,
        note=texts,
        strength=st.floats(0, 1),
    )


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    """Think of a whole network of one to four actors."""
    ids = draw(st.lists(slugs, min_size=1, max_size=4, unique=True))
    found = tuple(draw(actors(slug)) for slug in ids)
    tied = draw(st.lists(ties(ids), max_size=4))
    numbered = tuple(
        Tie(**{name: getattr(tie, name) for name in tie.__dataclass_fields__} | {"id": f"t{number}"})
        for number, tie in enumerate(tied)
    )
    return Exchange(ABOUT, found, numbered)
