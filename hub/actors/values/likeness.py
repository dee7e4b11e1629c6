"""Names that are nearly the same: an accent, a letter, the order of the words or the legal form apart."""

from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz import fuzz, process

from hub.actors.values.names import key

NEAR = 88
"""From this score (0 to 100) two names are so near that somebody should look: one letter in eight or so."""
SHORTEST = 4
"""Shorter names are near too many others."""


def sorted_key(name: str) -> str:
    """Return the folded words of a name without its legal form, in alphabetical order."""
    return " ".join(sorted(key(name).split()))


class Names:
    """The names by which things are known, to look up what is near; a thing may have several."""

    def __init__(self, names: Iterable[tuple[int, str]]) -> None:
        found = [(thing, sorted_key(name)) for thing, name in names]
        kept = [(thing, word) for thing, word in found if len(word) >= SHORTEST]
        self.things = [thing for thing, _ in kept]
        self.keys = [word for _, word in kept]

    def near(self, name: str, *, at_least: int = NEAR, limit: int = 5) -> list[tuple[int, int]]:
        """Return the things whose name is near this one, with the score (0 to 100), nearest first."""
        word = sorted_key(name)
        if len(word) < SHORTEST:
            return []
        found: dict[int, int] = {}
        for _, score, place in process.extract(
            word, self.keys, scorer=fuzz.ratio, score_cutoff=at_least, limit=limit
        ):
            thing = self.things[place]
            found[thing] = max(found.get(thing, 0), round(score))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    def pairs(self, *, at_least: int = NEAR) -> Mapping[tuple[int, int], int]:
        """Return each pair of things (the lesser first) with a near name, and the score of the nearest."""
        return _greatest(self._scored(at_least))

    def _scored(self, at_least: int) -> Iterator[tuple[tuple[int, int], int]]:
        if not self.keys:
            return
        scores = process.cdist(self.keys, self.keys, scorer=fuzz.ratio, score_cutoff=at_least)
        for first, second in zip(*scores.nonzero(), strict=True):
            one, other = self.things[first], self.things[second]
            if one < other:
                yield (one, other), int(scores[first, second])


def _greatest(scored: Iterable[tuple[tuple[int, int], int]]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for pair, score in scored:
        found[pair] = max(found.get(pair, 0), score)
    return found
