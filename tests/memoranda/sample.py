"""Editions to print in tests: real demands of the sector as titles, invented organisations around them."""

import math
from datetime import date

from memoranda import content
from memoranda.content import (
    Chapter,
    Edition,
    Figure,
    Item,
    Knot,
    Level,
    Origin,
    Signatory,
    Term,
    Threads,
)

COMMUNE = Level(code="commune", label="Commune / CPAS")
REGION = Level(code="region_wallonne", label="Région wallonne")
FEDERAL = Level(code="federal", label="État fédéral")

FINDING = (
    "Les personnes ne savent pas à qui s’adresser : les démarches changent d’un service à l’autre.\n\n"
    "- des informations dispersées ;\n- des délais de **six mois**."
)
REASON = (
    "Là où un accompagnement stable existe, chacun·e trouve plus vite un logement. "
    "Voir [*la* page](https://reseau.example/logement)."
)
INTRODUCTION = "Ce que *nous* voyons."
PREAMBLE = "Depuis 2006, nous parlons ensemble.\n\n### Comment lire\n\nChapitre par chapitre."
SIGNATORIES = (Signatory(name="جمعية النور", commune="Namur"), Signatory(name="Association d’exemple 1"))
TITLES = (
    ("Accueil", ("Recourir à l’interprétariat social", "Former les CPAS au droit des étrangers")),
    (
        "Logement : agir",
        ("Étendre le parc public de logements", "Accompagner la sortie des centres d’accueil"),
    ),
    ("Séjour", ("Rendre transparents les critères de visa", "Ne plus détenir d’enfants")),
)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60">'
    '<line x1="10" y1="10" x2="90" y2="50" stroke="#0f5c5c"/>'
    '<circle cx="10" cy="10" r="4" fill="#0072B2"/><circle cx="90" cy="50" r="4" fill="#0072B2"/></svg>'
)


def item(position: int, title: str = "Une demande", **changes: object) -> Item:
    """Make a recommendation; `changes` replace its fields."""
    fields: dict[str, object] = {
        "anchor": f"rec-{position}",
        "number": str(position),
        "title": title,
        "text": f"Prévoir un point de contact, doté d’un budget n° {position}.",
        "finding": FINDING,
        "justification": REASON,
        "levels": (COMMUNE, FEDERAL) if position % 3 == 0 else (REGION,),
        "beneficiaries": ("toutes et tous",),
        "bearers": (f"Association d’exemple {position}",),
        "origins": (Origin(text="CIRÉ, mémorandum 2014", url="https://memo.example/2014"),),
    }
    return Item(**(fields | changes))


def edition(*, repeat: int = 1, **changes: object) -> Edition:
    """Make an edition of three chapters, with two recommendations each, `repeat` times."""
    chapters, number = [], 0
    for place, (title, demands) in enumerate(TITLES):
        items = []
        for demand in demands * repeat:
            number += 1
            items.append(item(number, demand))
        chapters.append(
            Chapter(
                anchor=f"chapitre-{place}",
                title=title,
                introduction=INTRODUCTION,
                items=tuple(items),
            )
        )
    fields: dict[str, object] = {
        "title": "Mémorandum d’exemple",
        "network": "Réseau d’exemple",
        "day": date(2024, 3, 1),
        "version": "Version 2",
        "subtitle": "Pour une société où chacun·e trouve sa place",
        "election": "Élections communales",
        "election_day": date(2024, 10, 13),
        "territory": "Province de Namur",
        "is_draft": False,
        "preamble": PREAMBLE,
        "chapters": tuple(chapters),
        "threads": ring(12),
        "figure": Figure(svg=DRAWING, caption="Deux organisations", alternative="Deux organisations reliées"),
        "signatories": SIGNATORIES,
        "sources": (Origin(text="CIRÉ, mémorandum 2014", url="https://memo.example/2014"),),
        "glossary": (Term(term="CPAS", definition="centre public d’action sociale"),),
        "contact": "Coordination\ncoordination@reseau.example",
    }
    return Edition(**(fields | changes))


def ring(size: int) -> Threads:
    """Draw a ring of knots, each tied to the next."""
    angles = [index * math.tau / size for index in range(size)]
    knots = tuple(Knot(x=math.cos(angle), y=math.sin(angle)) for angle in angles)
    return Threads(knots=knots, lines=tuple((index, (index + 1) % size) for index in range(size)))


NOTED = (
    "Les délais dépassent **six mois**[^1], et [les démarches](https://reseau.example/a) changent.\n\n"
    "[^1]: Enquête de demande {number}."
)


RANKED, SECOND = {1, 5}, 2


def full(**changes: object) -> Edition:
    """Make an edition with something in each of its parts, an own part between others."""
    chapters = []
    for chapter in edition(repeat=2).chapters:
        items = [_full_item(one) for one in chapter.items]
        picture = content.Picture(
            kind="positions",
            svg=DRAWING,
            caption="Qui porte quoi",
            alternative="Deux",
            source="Positions, 2024",
        )
        chapters.append(
            Chapter(anchor=chapter.anchor, title=chapter.title, items=tuple(items), figures=(picture,))
        )
    texts = {"preamble": PREAMBLE, "consulted": "Nous avons *écouté*[^a].\n\n[^a]: De mars à juin."}
    parts = [content.usual(kind, text=texts.get(kind, "")) for kind in content.USUAL_SECTIONS]
    own = content.Section(kind="own", anchor="partie-methode", title="Notre méthode", text="Lire, discuter.")
    fields: dict[str, object] = {
        "chapters": tuple(chapters),
        "sections": (*parts[:4], own, *parts[4:]),
        "consultations": (
            content.Consultation(what="Appel 2024", when="2023", organisations=31, contributions=84),
        ),
        "sponsors": (content.Sponsor(name="Fondation d’exemple", mention="Avec l’aide de la Fondation"),),
        "questions": (content.Question(text="Ouvrirez-vous un guichet ?", number="2024/1"),),
        "dropped": (
            content.Dropped(number="2019/4", title="Créer un fonds", year=2019, kind="obtained"),
            content.Dropped(number="2019/9", title="Supprimer une taxe", year=2019),
        ),
    }
    return edition(**(fields | changes))


def _full_item(one: Item) -> Item:
    number = int(one.number)
    dinant = content.Authority(code="dinant", label="Commune de Dinant")
    said = content.Testimony(text="J’ai attendu.", who="Amal", may_post=True)
    kind = "new" if number % 2 else "repeated"
    return item(
        number, one.title, number=f"2024/{number}", anchor=one.anchor, indicator="Un guichet par commune.",
        finding=NOTED.format(number=number), short="Un guichet.", plain="Un guichet.",
        theme=f"Thème {number % 3}", right="Droit au logement", is_cross_cutting=number == SECOND,
        priority=number if number in RANKED else None, authorities=(dinant,) if number == 1 else (),
        testimonies=(said,) if number == 1 else (), descent=content.Descent(kind=kind, since=2019),
    )  # fmt: skip
