"""By which line a tie is drawn: ties of like meaning share one, on the page and in print.

Nobody tells twenty-eight dashes apart. What stands in the register is grouped by what it says; what the hub
knows by itself has a line for each origin.
"""

from enum import StrEnum

from hub.network.values.register import Link, Origin


class Thread(StrEnum):
    """A group of ties; its line is in `graph.style.THREADS` and assets/js/network/style.js."""

    STEER = "steer"  # who runs or oversees whom
    BELONG = "belong"  # who is part of what
    WORK = "work"  # who works with whom
    MEANS = "means"  # money, people, rooms
    REFER = "refer"  # people and knowledge passed on
    SPEAK = "speak"  # who speaks to, for or about whom
    PLACE = "place"  # who stands near whom
    PROJECT = "project"
    HOSTING = "hosting"
    COSIGNING = "cosigning"
    SPACE = "space"
    DAY = "day"


GROUPS = {
    Thread.STEER: ("pilots", "co_manages", "supervises"),
    Thread.BELONG: ("member_of", "part_of", "network_of"),
    Thread.WORK: ("partner_in", "co_organises", "supports", "inspires"),
    Thread.MEANS: ("funds", "makes_staff_available", "hosts"),
    Thread.REFER: ("orients_public_to", "informs", "provides_data_to"),
    Thread.SPEAK: (
        "authors_for", "interpellates", "approached", "invites", "speaks_at", "produces_for", "films",
        "broadcasts", "publishes_about",
    ),
    Thread.PLACE: ("context_of", "neighbour_of", "near"),
}  # fmt: skip
THREAD_OF = {code: thread for thread, codes in GROUPS.items() for code in codes}


def thread_of(link: Link) -> Thread:
    """Return the line of a tie; a kind of relation that somebody added is work together."""
    if link.origin is not Origin.DECLARED:
        return Thread(link.origin.value)
    return THREAD_OF.get(link.kind, Thread.WORK)
