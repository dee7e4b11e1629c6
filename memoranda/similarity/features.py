"""What of a text is compared: its terms, each as a whole and as character n-grams of its stem."""

import math
import zlib
from collections import Counter
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from memoranda.similarity.actions import acts
from memoranda.similarity.thesaurus import Thesaurus
from memoranda.similarity.words import kept, stem, words

BUCKETS = 1 << 18
"""Features are numbered by a hash, so that new texts need no new numbers: two share one now and then."""
SHORTEST, LONGEST = 3, 5
"""Characters of an n-gram; a stem's begin and end count as one."""
WHOLE = 0.3
"""The share of a term's weight that it keeps as a whole; its n-grams share the rest."""
INSIDE = 0.3
"""What a word weighs that stands inside a term of the thesaurus; the term weighs 1."""
ACT = 0.4
"""What a word weighs that only says what is to be done: demands about anything share those."""
THEME = 1.5
"""What a theme weighs that words of the text belong to."""
DENIAL = 0.15
"""What a negation weighs: enough for texts that differ in it alone not to score 1."""
DENIALS = frozenset("ne n pas plus moins jamais aucun aucune ni non sans avec".split())
WEAK = 0.4
"""What a word weighs that stands in demands about anything."""
GROUP, DEED, FIELD, WORD = "=", "!", "~", "+"
"""What a feature's name begins with: a group of the thesaurus, an act, a whole word; an n-gram has none."""

_WEAK = """
personne gens chaque besoin nécessaire mesure politique pouvoir niveau public service accès accessible demande
demander prévoir disposer rendre mettre donner prendre tenir matière cadre question effet manière façon objectif
Belgique belge place année mois jour recevoir adulte habitant réel réellement effectif effectivement véritable nouveau
nouvel nouvelle premier sérieux sérieusement actif activement territoire ensemble domaine concerner travers
"""
WEAK_STEMS = frozenset(stem(word.lower()) for word in _WEAK.split())

Row: TypeAlias = tuple[NDArray[np.int32], NDArray[np.float32]]


def terms(body: str, thesaurus: Thesaurus) -> dict[str, float]:
    """Return the terms of a text and what each weighs: stems, groups of the thesaurus, acts."""
    stems = [stem(word.small) for word in kept(body)]
    weights = [_weight(each) for each in stems]
    found: Counter[str] = Counter()
    heaviest: dict[str, float] = {}
    for hit in thesaurus.lexicon.hits(stems):
        found[GROUP + hit.names[0]] += 1
        heaviest[GROUP + hit.names[0]] = 1.0
        for place in range(hit.first, hit.last):
            weights[place] *= INSIDE
    for hit in acts().hits([stem(word.small) for word in words(body)]):
        found[DEED + hit.names[0]] += 1
        heaviest[DEED + hit.names[0]] = ACT
    for hit in thesaurus.themes.hits(stems):
        for name in hit.names:
            found[FIELD + name] += 1
            heaviest[FIELD + name] = THEME
    for each, weight in zip(stems, weights, strict=True):
        found[WORD + each] += 1
        heaviest[WORD + each] = max(weight, heaviest.get(WORD + each, 0.0))
    for word in words(body):
        if word.small in DENIALS:
            found[WORD + word.small] += 1
            heaviest[WORD + word.small] = DENIAL
    if not stems and body.strip():  # signs alone: they are what there is to compare
        found[body.strip()] = 1
        heaviest[body.strip()] = 1.0
    return {each: heaviest[each] * (1 + math.log(count)) for each, count in found.items()}


def row(body: str, thesaurus: Thesaurus) -> Row:
    """Return the features of a text, by number, and what each weighs before its rarity is known."""
    found: dict[int, float] = {}
    for term, weight in sorted(terms(body, thesaurus).items()):
        for feature, share in parts(term):
            found[feature] = found.get(feature, 0.0) + weight * share
    numbers = sorted(found)
    return np.array(numbers, dtype=np.int32), np.array([found[each] for each in numbers], dtype=np.float32)


@lru_cache(maxsize=1 << 15)
def parts(term: str) -> tuple[tuple[int, float], ...]:
    """Return the features of one term; the squares of what they weigh add up to 1."""
    grams = ngrams(term[1:]) if term.startswith(WORD) and term[1:2].isalpha() else []
    if not grams:
        return ((number(term), 1.0),)
    each = math.sqrt((1 - WHOLE) / len(grams))
    return ((number(term), math.sqrt(WHOLE)), *((number(gram), each) for gram in grams))


def ngrams(term: str) -> list[str]:
    """Return the character n-grams of a stem, its begin and end marked."""
    bounded = "_" + term.rstrip("'") + "_"
    return sorted(
        {
            bounded[start : start + size]
            for size in range(SHORTEST, LONGEST + 1)
            for start in range(len(bounded) - size + 1)
        }
    )


def number(feature: str) -> int:
    """Return the number of a feature: the same on every machine."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS


@lru_cache(maxsize=1 << 15)
def _weight(each: str) -> float:
    if each in WEAK_STEMS:
        return WEAK
    return ACT if next(acts().hits((each,)), None) else 1.0
