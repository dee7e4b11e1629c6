"""What of a text is compared: its terms, each as a whole and as character n-grams of its stem."""

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array

from memoranda.similarity.actions import acts
from memoranda.similarity.thesaurus import Thesaurus
from memoranda.similarity.words import STOP_WORDS, listed, small_words, stem

BUCKETS = 1 << 18
"""Features are numbered by a hash, so that new texts need no new numbers: two share one now and then."""
SHORTEST, LONGEST = 3, 5
"""Characters of an n-gram; a stem's begin and end count as one."""
WHOLE = 0.35
"""The share of a term's weight that it keeps as a whole; its n-grams share the rest."""
TERM = 1.3
"""What a term of the thesaurus weighs, in whatever words it is said; a word that tells something weighs 1."""
INSIDE = 0.2
"""What a word weighs, of its own weight, that stands inside a term of the thesaurus."""
ACT = 0.5
"""What a kind of act weighs."""
DOING = 0.2
"""What a word weighs that only says what is to be done: demands about anything share those."""
THEME = 1.75
"""What a theme weighs that words of the text belong to."""
DENIAL = 0.15
"""What a negation weighs: enough for texts that differ in it alone not to score 1."""
DENIALS = listed("ne n pas plus moins jamais aucun aucune ni non sans avec")
WEAK = 0.5
"""What a word weighs that stands in demands about anything."""
GROUP, DEED, FIELD, WORD = "=", "!", "~", "+"
"""What a feature's name begins with: a group of the thesaurus, an act, a whole word; an n-gram has none."""

_WEAK = """
personne gens chaque besoin nécessaire mesure politique pouvoir niveau public service accès accessible
demande demander prévoir disposer rendre mettre donner prendre tenir matière cadre question effet manière
façon objectif Belgique belge place année mois jour recevoir adulte habitant réel réellement effectif
effectivement véritable nouveau nouvel nouvelle premier sérieux sérieusement actif activement territoire
ensemble domaine concerner travers
"""
WEAK_STEMS = frozenset(stem(word.lower()) for word in listed(_WEAK))

_MANY = 50
_DAMPED = [1.0, *(1 + math.log(count) for count in range(1, _MANY + 1))]
"""What a term weighs more for being said so many times."""


def terms(body: str, thesaurus: Thesaurus) -> dict[str, float]:
    """Return the terms of a text and what each weighs: stems, groups, fields, acts, negations."""
    every = small_words(body)
    stems = [stem(word) for word in every]
    telling = [each for word, each in zip(every, stems, strict=True) if word not in STOP_WORDS] or stems
    weights = [_weight(each) for each in telling]
    found = [(WORD + word, DENIAL) for word in every if word in DENIALS]
    found += [(DEED + hit.names[0], ACT) for hit in acts().hits(stems)]
    found += [(FIELD + name, THEME) for hit in thesaurus.themes.hits(telling) for name in hit.names]
    for hit in thesaurus.lexicon.hits(telling):
        found.append((GROUP + hit.names[0], TERM))
        for place in range(hit.first, hit.last):
            weights[place] *= INSIDE
    found += [(WORD + each, weight) for each, weight in zip(telling, weights, strict=True)]
    if not every and body.strip():  # signs alone: they are what there is to compare
        found.append((body.strip(), 1.0))
    counts = Counter(name for name, _ in found)
    heaviest: dict[str, float] = {}
    for name, weight in found:
        heaviest[name] = max(weight, heaviest.get(name, 0.0))
    return {name: weight * _DAMPED[min(counts[name], _MANY)] for name, weight in heaviest.items()}


def rows(bodies: Sequence[str], thesaurus: Thesaurus) -> csr_array:
    """Return a row of features for each text, and what each weighs before its rarity is known.

    The product of what terms each text has and what features each term has. Terms stand by alphabet, so that
    sums are made in the same order whatever the other texts are: a row never depends on them, to the last
    bit.
    """
    found = [terms(body, thesaurus) for body in bodies]
    names = sorted(set().union(*found))
    places = {name: place for place, name in enumerate(names)}
    having = [sorted((places[name], weight) for name, weight in each.items()) for each in found]
    texts = _matrix(having, len(names))
    made = texts @ _matrix([parts(name) for name in names], BUCKETS)
    made.sort_indices()
    return csr_array(
        (made.data.astype(np.float32), made.indices.astype(np.int32), made.indptr.astype(np.int32)),
        shape=(len(bodies), BUCKETS),
    )


def _matrix(found: Sequence[Sequence[tuple[int, float]]], width: int) -> csr_array:
    starts = np.zeros(len(found) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in found], out=starts[1:])
    numbers = np.fromiter((number for row in found for number, _ in row), dtype=np.int64, count=starts[-1])
    weights = np.fromiter((weight for row in found for _, weight in row), dtype=np.float64, count=starts[-1])
    return csr_array((weights, numbers, starts), shape=(len(found), width))


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
    return DOING if next(acts().hits((each,)), None) else 1.0
