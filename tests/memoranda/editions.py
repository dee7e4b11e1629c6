"""Random editions, for what must hold of all of them. Titles and names are invented."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from memoranda.content import (
    LEVEL_ORDER,
    Authority,
    Chapter,
    Edition,
    Item,
    Level,
    Origin,
    Question,
    Signatory,
    Testimony,
    usual,
)

LEVELS = tuple(Level(code=code, label=code.replace("_", " ").capitalize()) for code in LEVEL_ORDER)
AUTHORITIES = (
    Authority(code="dinant", label="Commune de Dinant", level="commune"),
    Authority(code="ciney", label="Commune de Ciney", level="commune"),
    Authority(code="wallonie", label="Région wallonne", level="region_wallonne"),
    Authority(code="forem", label="Forem"),
)
THEMES = ("", "Logement", "Santé", "Accès aux droits", "Œuvre & vie")
WORDS = st.text(
    st.sampled_from("abcdéèàœç 0123456789'’«»<>&\"=+-@*_[](){}#;:!?…\u00a0\u202f"), min_size=1, max_size=60
).filter(lambda text: bool(text.strip()))
TEXTS = st.one_of(
    st.just(""),
    WORDS,
    st.lists(WORDS, min_size=2, max_size=3).map("\n\n".join),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda lines: "\n".join(f"- {line}" for line in lines)),
)
SECTIONS = ("cover", "preamble", "priorities", "chapters", "levels", "signatories", "questions", "contact")


@st.composite
def items(draw: st.DrawFn, number: int) -> Item:
    """Draw an item of that place; it always has a level of power."""
    return Item(
        anchor=f"r-2024-{number:03d}",
        number=f"2024/{number}",
        title=draw(WORDS),
        text=draw(TEXTS),
        finding=draw(TEXTS),
        justification=draw(TEXTS),
        indicator=draw(TEXTS),
        plain=draw(TEXTS),
        levels=tuple(draw(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=3, unique=True))),
        authorities=tuple(draw(st.lists(st.sampled_from(AUTHORITIES), max_size=2, unique=True))),
        theme=draw(st.sampled_from(THEMES)),
        right=draw(st.sampled_from(THEMES)),
        bearers=tuple(draw(st.lists(WORDS, max_size=2))),
        origins=tuple(Origin(text=text) for text in draw(st.lists(WORDS, max_size=1))),
        testimonies=tuple(
            Testimony(text=text, who="une habitante") for text in draw(st.lists(WORDS, max_size=1))
        ),
        is_cross_cutting=draw(st.booleans()),
    )


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """Draw an edition that can be printed: chapters of items, ranked priorities, questions, its parts."""
    sizes = draw(st.lists(st.integers(min_value=1, max_value=4), min_size=1, max_size=4))
    chapters, number = [], 0
    for place, size in enumerate(sizes, start=1):
        held = []
        for _ in range(size):
            number += 1
            held.append(draw(items(number)))
        chapters.append(
            Chapter(
                anchor=f"chapitre-{place}", title=draw(WORDS), introduction=draw(TEXTS), items=tuple(held)
            )
        )
    ranks = draw(st.permutations(range(1, number + 1)))[: draw(st.integers(min_value=0, max_value=3))]
    chapters = _ranked(chapters, ranks)
    parts = draw(st.one_of(st.just(()), st.permutations(SECTIONS).map(tuple)))
    return Edition(
        title="Mémorandum d’exemple",
        network="Réseau d’exemple",
        day=date(2024, 3, 1),
        version="Édition 1",
        is_draft=draw(st.booleans()),
        preamble=draw(TEXTS),
        chapters=tuple(chapters),
        sections=tuple(usual(kind) for kind in parts),
        signatories=(Signatory(name="Association d’exemple", commune="Namur"),),
        questions=tuple(Question(text=text, number="2024/1") for text in draw(st.lists(WORDS, max_size=8))),
        contact="Coordination",
    )


def _ranked(chapters: list[Chapter], ranks: list[int]) -> list[Chapter]:
    """Give the items at those places the ranks 1, 2, 3."""
    order = {place: rank for rank, place in enumerate(ranks, start=1)}
    place, made = 0, []
    for chapter in chapters:
        held = []
        for item in chapter.items:
            place += 1
            held.append(replace(item, priority=order.get(place)))
        made.append(replace(chapter, items=tuple(held)))
    return made
