"""An index of texts: the nearest to a text, pairs that are near, kept as bytes.

A text is a row of features (`features.py`), weighed by how rare each is among the texts of the index (ln((1 +
texts) / (1 + texts that have it)) + 0.5, to the power 0.85), and brought to length 1; the score of two texts
is the cosine of their rows on the scale of scores (`SCALE`), 0 to 1. An index never changes: `put` and `drop`
return another one, equal bit for bit to one that was built anew of the same texts, in whatever order they
came.

Memory: 12 bytes for each feature of each text (some 450 for 35 words), and a few MB besides (`Index.size`).
Texts themselves aren't kept.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from memoranda.similarity import features
from memoranda.similarity.decisions import VERY_CLOSE, Decided, Decisions, Group, Match, arrange, fold
from memoranda.similarity.features import BUCKETS
from memoranda.similarity.thesaurus import Thesaurus

VERSION = 2
"""Raise it when the features of a text, or what they weigh, change: indexes kept as bytes are then built
anew."""
MOST, BESIDE, LEAST = 5, 3, 0.20
BLOCK = 64
"""Texts that `closest` asks for at once."""
LOOKED_AT = 40
"""Texts that are put in groups for a question."""
FLOOR = 0.5
"""Added to the rarity of a feature, so that what every text has still counts a little."""
DAMPED = 0.85
"""The power of a feature's rarity: what one text alone says shouldn't outweigh what both say."""
SCALE = (0.0, 0.25, 0.56, 1.0), (0.0, 0.20, 0.40, 1.0)
"""Cosines and the scores that they are, straight in between: texts that only share a theme have cosines up to
0.56, which « very close » should not be."""
DIGITS = 6
"""Decimals of a score."""
LONGEST = 20_000
"""Characters of a text that are read; what follows is left out."""


class StaleIndexError(ValueError):
    """The bytes are of another version or thesaurus, or no index: build it anew."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text by a key of the caller's, unique in an index."""

    key: str
    body: str


class Index:
    """Texts by key. Made by `build`, `put`, `drop` and `from_bytes`."""

    def __init__(self, keys: tuple[str, ...], rows: csr_array, thesaurus: Thesaurus) -> None:
        self.keys = keys
        """In the order of their code points."""
        self.thesaurus = thesaurus
        self._rows = rows
        self._places = {key: place for place, key in enumerate(keys)}

    @classmethod
    def build(cls, texts: Iterable[Text], thesaurus: Thesaurus) -> "Index":
        """Return the index of texts; of two with one key the last counts."""
        return cls((), features.rows([], thesaurus), thesaurus).put(texts)

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    @property
    def size(self) -> int:
        """Return the bytes of memory that the index takes."""
        return _bytes(self._rows) + int(self._rarity.nbytes + self._lengths.nbytes)

    def put(self, texts: Iterable[Text]) -> "Index":
        """Return the index with these texts, added or in place of those with their keys."""
        new = {text.key: text for text in texts}
        if not new:
            return self
        found = {key: place for key, place in self._places.items() if key not in new}
        found |= {key: len(self) + number for number, key in enumerate(new)}
        return self._of(found, _stacked(self._rows, self._read(text.body for text in new.values())))

    def drop(self, keys: Iterable[str]) -> "Index":
        """Return the index without the texts of these keys; unknown ones change nothing."""
        gone = set(keys)
        return self._of({key: place for key, place in self._places.items() if key not in gone}, self._rows)

    def nearest(
        self,
        body: str,
        *,
        most: int = MOST,
        least: float = LEAST,
        decided: Decisions = (),
        key: str = "",
    ) -> tuple[Match, ...]:
        """Return the texts nearest to a body, at most `most` of those that score at least `least`.

        `key` is what the body is known by, if it is: it isn't told to be near itself, and what was decided
        about it moves the others (see `arrange`).
        """
        scores = self._scores(self._read([body]))
        return self._best(scores, most, least, decided, key)

    def groups(
        self,
        body: str,
        *,
        most: int = MOST,
        beside: int = BESIDE,
        least: float = LEAST,
        decided: Decisions = (),
        key: str = "",
    ) -> tuple[Group, ...]:
        """Return the nearest texts as `nearest` does, those very close to each other as one (`fold`).

        At most `most` groups, each with `beside` more texts at most, out of the 40 best texts.
        """
        made = Decided.by(decided)
        matches = self.nearest(body, most=LOOKED_AT, least=least, decided=made, key=key)
        near = _weigh(self._rows[[self._places[match.key] for match in matches]], self._rarity)
        scores = _scored((near @ near.T).toarray())
        places = {match.key: place for place, match in enumerate(matches)}

        def alike(first: str, second: str) -> bool:
            return bool(scores[places[first], places[second]] >= VERY_CLOSE)

        return fold(matches, made, alike, beside=beside)[:most]

    def nearest_to(
        self, key: str, *, most: int = MOST, least: float = LEAST, decided: Decisions = ()
    ) -> tuple[Match, ...]:
        """Return the texts nearest to one of the index. Raise `KeyError` if it isn't there."""
        return self._best(self._scores(self._rows[[self._places[key]]]), most, least, decided, key)

    def closest(
        self, keys: Iterable[str], *, most: int, least: float = VERY_CLOSE
    ) -> Iterator[tuple[str, tuple[Match, ...]]]:
        """Yield each of these texts with those nearest to it, as `nearest_to` does without decisions.

        For a job that asks for many: a feature's texts are then looked up at once, which takes a part of the
        time and, while it lasts, as much memory again as the index.
        """
        wanted = list(keys)
        having = csr_array(self._rows.T)
        for start in range(0, len(wanted), BLOCK):
            block = wanted[start : start + BLOCK]
            asked = _weigh(self._rows[[self._places[key] for key in block]], self._rarity)
            asked.data *= self._rarity[asked.indices]
            found = csr_array(asked @ having)
            for row, key in enumerate(block):
                part = slice(found.indptr[row], found.indptr[row + 1])
                places = found.indices[part]
                scores = np.zeros(len(self))
                scores[places] = _scored(found.data[part] / self._lengths[places])
                yield key, self._best(scores, most, least, (), key)

    def pairs(self, *, least: float = VERY_CLOSE) -> Iterator[tuple[str, str, float]]:
        """Yield each pair of texts that scores at least `least`, by keys: for a job, one text at a time."""
        for place, key in enumerate(self.keys):
            scores = self._scores(self._rows[[place]])
            for other in np.flatnonzero(scores >= least):
                if other > place:
                    yield key, self.keys[other], float(scores[other])

    def score(self, first: str, second: str) -> float:
        """Return the score of two bodies, 0 to 1, by what is rare in this index; equal texts score 1."""
        weighed = _weigh(self._read((first, second)), self._rarity)
        return float(_scored((weighed[[0]] @ weighed[[1]].T).toarray())[0, 0])

    def to_bytes(self) -> bytes:
        """Return the index as bytes, a .npz without pickles: equal indexes give equal bytes."""
        head = {"version": VERSION, "thesaurus": self.thesaurus.digest, "keys": self.keys}
        written = io.BytesIO()
        np.savez(
            written,
            allow_pickle=False,
            head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8),
            starts=self._rows.indptr.astype("<i8"),
            numbers=self._rows.indices.astype("<i4"),
            weights=self._rows.data.astype("<f4"),
        )
        return written.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, thesaurus: Thesaurus) -> "Index":
        """Read what `to_bytes` wrote with that thesaurus. Raise `StaleIndexError` for all else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                head = json.loads(kept["head"].tobytes())
                rows = [kept[name] for name in ("starts", "numbers", "weights")]
            version, digest, keys = head["version"], head["thesaurus"], tuple(head["keys"])
        except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise StaleIndexError("These bytes are no index.") from error
        if version != VERSION or digest != thesaurus.digest:
            raise StaleIndexError("This index is of another version or thesaurus.")
        if not _sound(keys, *rows):
            raise StaleIndexError("These bytes are no index.")
        return cls(keys, _rows(*rows), thesaurus)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the index as bytes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def _of(self, places: Mapping[str, int], rows: csr_array) -> "Index":
        """Return the index of those rows that keys name, in the keys' order."""
        keys = tuple(sorted(places))
        return Index(keys, _whole(rows[[places[key] for key in keys]]), self.thesaurus)

    @cached_property
    def _rarity(self) -> NDArray[np.float64]:
        having = np.bincount(self._rows.indices, minlength=BUCKETS)
        rarity: NDArray[np.float64] = (np.log((1 + len(self)) / (1 + having)) + FLOOR) ** DAMPED
        return rarity

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        """Return how long each row is once weighed; 1 for a row without features."""
        squares = csr_array((self._rows.data**2, self._rows.indices, self._rows.indptr), self._rows.shape)
        lengths: NDArray[np.float64] = np.sqrt(squares @ self._rarity**2)
        lengths[lengths == 0] = 1.0
        return lengths

    def _read(self, bodies: Iterable[str]) -> csr_array:
        return features.rows([body[:LONGEST] for body in bodies], self.thesaurus)

    def _scores(self, row: csr_array) -> NDArray[np.float64]:
        asked = _weigh(row, self._rarity)
        dense = np.zeros(BUCKETS)
        dense[asked.indices] = asked.data
        return _scored(self._rows @ (dense * self._rarity) / self._lengths)

    def _best(
        self,
        scores: NDArray[np.float64],
        most: int,
        least: float,
        decided: Decisions,
        key: str,
    ) -> tuple[Match, ...]:
        found = np.flatnonzero(scores >= least)
        best_first = found[np.argsort(-scores[found], kind="stable")].tolist()
        near = [place for place in best_first if self.keys[place] != key]
        made = Decided.by(decided)
        if not made:
            near = near[:most]
        matches = [
            Match(self.keys[place], score) for place, score in zip(near, scores[near].tolist(), strict=True)
        ]
        return arrange(matches, made, key)[:most]


def _rows(starts: NDArray[Any], numbers: NDArray[Any], weights: NDArray[Any]) -> csr_array:
    """Return rows with numbers of 32 bits: enough for four million texts."""
    parts = (
        weights.astype(np.float64, copy=False),
        numbers.astype(np.int32, copy=False),
        starts.astype(np.int32, copy=False),
    )
    return csr_array(parts, shape=(len(starts) - 1, BUCKETS))


def _whole(rows: csr_array) -> csr_array:
    return _rows(rows.indptr, rows.indices, rows.data)


def _stacked(above: csr_array, below: csr_array) -> csr_array:
    return _rows(
        np.concatenate([above.indptr, below.indptr[1:] + above.indptr[-1]]),
        np.concatenate([above.indices, below.indices]),
        np.concatenate([above.data, below.data]),
    )


def _weigh(rows: csr_array, rarity: NDArray[np.float64]) -> csr_array:
    """Return rows of length 1, each feature weighed by its rarity."""
    weights = rows.data * rarity[rows.indices]
    counts = np.diff(rows.indptr)
    owners = np.repeat(np.arange(len(counts)), counts)
    lengths = np.sqrt(np.bincount(owners, weights=weights**2, minlength=len(counts)))
    lengths[lengths == 0] = 1.0
    return csr_array((weights / lengths[owners], rows.indices, rows.indptr), shape=rows.shape)


def _scored(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(np.interp(scores, *SCALE), DIGITS)


def _bytes(rows: csr_array) -> int:
    return int(rows.data.nbytes + rows.indices.nbytes + rows.indptr.nbytes)


def _sound(
    keys: tuple[object, ...], starts: NDArray[Any], numbers: NDArray[Any], weights: NDArray[Any]
) -> bool:
    """Say whether these are rows of that many texts: nothing is read beyond its end."""
    return bool(
        all(isinstance(key, str) for key in keys)
        and list(keys) == sorted(set(map(str, keys)))
        and starts.ndim == numbers.ndim == weights.ndim == 1
        and len(starts) == len(keys) + 1
        and len(numbers) == len(weights) == starts[-1]
        and starts[0] == 0
        and (np.diff(starts) >= 0).all()
        and ((numbers >= 0) & (numbers < BUCKETS)).all()
        and np.isfinite(weights).all()
    )
