"""Writing and reading a network in every format: size, CPU time, memory, and how time grows with the network.

Memory is what Python itself holds at most while a file is written or read, beyond the network and the file.
"""

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date

from graph.exchange.formats import Format, write
from graph.exchange.model import About, Actor, Exchange, Moment, Precision, Term, Tie
from graph.exchange.reading import read

SMALL, LARGE = 1_000, 5_000
TIES = 3  # for each actor
SEED = 2026
SENTENCE = "Une association qui accueille, informe et oriente. "


def network(size: int) -> Exchange:
    """Make a network of so many actors, with texts as long as people write them."""
    chance = random.Random(SEED)  # noqa: S311 - the same network each time
    themes = [Term(f"theme_{number}", f"Thème numéro {number}") for number in range(70)]
    kinds = [Term(f"kind_{number}", f"Type d’acteur {number}") for number in range(48)]
    relations = [Term(f"relation_{number}", f"est en relation {number} avec") for number in range(28)]
    actors = tuple(
        Actor(
            id=f"association-des-amis-{number}",
            name=f"Association des amis de la maison numéro {number}",
            acronym=f"AAM{number}",
            kind=chance.choice(kinds),
            family=Term("association", "Associations et services"),
            commune=Term("92094", "Namur"),
            latitude=50 + chance.random(),
            longitude=4 + chance.random(),
            scope="province de Namur (38 communes)",
            themes=tuple(chance.sample(themes, 3)),
            languages=(Term("fr", "français"),),
            founded=chance.randint(1960, 2020),
            state=Term("active", "Actif"),
            website=f"https://amis-{number}.example.org",
            description=SENTENCE * 4,
            source="rapport d’activités 2024",
        )
        for number in range(size)
    )
    ties = tuple(
        Tie(
            id=f"t{number}",
            source=chance.choice(actors).id,
            target=chance.choice(actors).id,
            kind=chance.choice(relations),
            reverse_label="est en relation avec",
            start=Moment(date(chance.randint(2000, 2024), 1, 1), Precision.YEAR),
            origin=Term("declared", "Relations déclarées"),
            evidence="rapport d’activités 2024",
        )
        for number in range(TIES * size)
    )
    return Exchange(About("Réseau d’essai", date(2026, 3, 10)), actors, ties)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor's time for some work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def megabytes(work: Callable[[], object]) -> float:
    """Return what Python holds at most, beyond what it held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def send(exchange: Exchange, form: Format) -> None:
    """Write a network and let go of each piece, as an answer does."""
    for _piece in write(exchange, form):
        pass


def measured(form: Format, small: Exchange, large: Exchange) -> str:
    """Return what a format costs, in words."""
    content, few = (b"".join(write(one, form)) for one in (large, small))
    written, read_in = seconds(lambda: send(large, form)), seconds(lambda: read(content))
    before, read_before = seconds(lambda: send(small, form)), seconds(lambda: read(few))
    held, read_held = megabytes(lambda: send(large, form)), megabytes(lambda: read(content))
    return (
        f"{form.value:10} {len(content) / 1e6:5.1f} MB, written in {written:4.1f} s "
        f"({written / before:3.1f}×) and {held:4.0f} MB, read in {read_in:4.1f} s "
        f"({read_in / read_before:3.1f}×) and {read_held:4.0f} MB"
    )


def run() -> Iterator[str]:
    """Yield a line for each format."""
    small, large = network(SMALL), network(LARGE)
    yield f"{LARGE} actors, {TIES * LARGE} ties; in brackets, times as much as {SMALL} actors"
    for form in Format:
        yield measured(form, small, large)
