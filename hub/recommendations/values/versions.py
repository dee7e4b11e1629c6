"""What differs between two versions of a recommendation, part by part, word by word."""

from collections.abc import Mapping

from hub.core.errors import N_
from hub.spaces.values.differences import Part, pieces

# The parts of a version, as its columns are called, in the order of its page; levels come last.
PARTS = {
    "title": N_("Titre"),
    "finding": N_("Constat"),
    "text": N_("Recommandation"),
    "justification": N_("Justification"),
    "indicator": N_("Indicateur"),
    "short_text": N_("Version courte"),
    "plain_text": N_("En français facile"),
    "levels": N_("Niveaux de pouvoir"),
}


def differing(old: Mapping[str, str], new: Mapping[str, str], titles: Mapping[str, str]) -> list[Part]:
    """Return the parts that differ, as `titles` orders and names them."""
    return [
        Part(title, tuple(pieces(old[name], new[name])))
        for name, title in titles.items()
        if old[name] != new[name]
    ]
