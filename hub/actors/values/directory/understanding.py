"""What a request in plain words means: « aide juridique près de Dinant » → a theme and a place.

No guess is final: each part that was understood is a filter that can be taken away (`asking.without`), and
words that nobody could place are told.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from hub.actors.values.directory import asking
from hub.actors.values.directory.asking import Asked
from hub.actors.values.directory.vocabulary import (
    LONGEST_PHRASE,
    SHORT_PLACE,
    Meaning,
    Phrase,
    Vocabulary,
    stem,
)
from hub.core.search import fold

LONGEST_REQUEST = 200
MOST_READ = 40
ONE_SLIP, TWO_SLIPS = 5, 9  # from so many letters on, that many slips of the finger are forgiven
KILOMETRES = {"km", "kilometre", "kilometres"}
LANGUAGE_BEFORE = {"en", "parle", "parlent", "parlant", "langue"}
FOR = {"pour"}
NUMBER = re.compile(r"(\d{1,4})(km)?")
# Words before a place; the longest that fits is taken. The second says whether it means « around ».
BEFORE_PLACE: dict[Phrase, bool] = {
    tuple(words.split()): around
    for words, around in {
        "a": False, "au": False, "aux": False, "dans": False, "sur": False, "vers": True, "de": False,
        "d": False, "en": False, "du": False, "commune de": False, "ville de": False,
        "pres de": True, "pres d": True, "pres du": True, "proche de": True, "proche d": True,
        "autour de": True, "autour d": True, "a cote de": True, "a cote d": True, "aux environs de": True,
        "environs de": True, "aux alentours de": True, "alentours de": True, "region de": True,
        "dans la region de": True, "du cote de": True, "non loin de": True, "pas loin de": True,
        "proximite de": True, "a proximite de": True, "province de": False, "dans la province de": False,
        "province du": False, "dans la province du": False, "near": True, "around": True, "in": False,
    }.items()
}  # fmt: skip
LONGEST_BEFORE = max(map(len, BEFORE_PLACE))
# After these a misspelt place is looked for before anything else.
STRONG = {phrase for phrase in BEFORE_PLACE if phrase not in {("de",), ("d",), ("en",), ("du",), ("sur",)}}
PROVINCE = {phrase for phrase in BEFORE_PLACE if "province" in phrase}


class Correction(NamedTuple):
    """A word that was read as another: what was written, what was read."""

    written: str
    read: str


@dataclass(frozen=True)
class Understood:
    """A request as it was understood.

    `aside` are words that nobody in the directory uses, left out; `corrections` what was read otherwise than
    it was written; `is_cut` says that the request was longer than is read.
    """

    asked: Asked = field(default_factory=Asked)
    aside: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    is_cut: bool = False


@dataclass
class _Reading:
    """What was read so far."""

    asked: Asked = field(default_factory=Asked)
    radius: int | None = None
    around: bool = False
    loose: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)


def understand(text: str, vocabulary: Vocabulary, names: Iterable[str], known: frozenset[str]) -> Understood:
    """Return what the text means.

    `names` are the folded names of actors, one each; `known` all folded words that some actor's record holds.
    """
    folded = fold(text[:LONGEST_REQUEST])
    words = folded.split()[:MOST_READ]
    is_cut = len(text) > LONGEST_REQUEST or len(folded.split()) > MOST_READ
    if not words:
        return Understood(is_cut=is_cut)
    if _is_name(words, vocabulary, names):
        return Understood(Asked(words=(" ".join(words)[: asking.LONGEST_WORD],)), is_cut=is_cut)
    reading = _read(words, vocabulary, known)
    _place_loose_words(reading, known)
    asked = reading.asked
    if asked.near:
        usual = asking.NEAR_PLACE if reading.around else asking.IN_PLACE
        asked = replace(asked, radius=usual if reading.radius is None else reading.radius)
    return Understood(asked, tuple(dict.fromkeys(reading.aside)), tuple(reading.corrections), is_cut)


def _is_name(words: Sequence[str], vocabulary: Vocabulary, names: Iterable[str]) -> bool:
    """Say whether the whole request is the name of an actor, or a good part of it."""
    phrase, whole = tuple(map(stem, words)), " ".join(words)
    if phrase in vocabulary.meanings or phrase in vocabulary.places or set(words) <= vocabulary.empty:
        return False
    if len(words) == 1:
        return any(whole == name for name in names)
    return any(f" {whole} " in f" {name} " for name in names)


def _read(words: Sequence[str], vocabulary: Vocabulary, known: frozenset[str]) -> _Reading:
    reading, at = _Reading(), 0
    readers: tuple[Callable[..., int], ...] = (
        _read_distance, _read_language, _read_place, _read_phrase, _read_bare_place, _read_bare_language,
        _read_slip,
    )  # fmt: skip
    while at < len(words):
        taken = next(
            (taken for reader in readers if (taken := reader(reading, words, at, vocabulary, known))), 0
        )
        if not taken:
            if not _says_nothing(words[at], vocabulary):
                reading.loose.append(words[at])
            taken = 1
        at += taken
    return reading


def _says_nothing(word: str, vocabulary: Vocabulary) -> bool:
    """Say whether a word narrows nothing by itself: little words, single letters, small figures."""
    return word in vocabulary.empty or len(word) == 1 or (word.isdigit() and len(word) < SHORT_PLACE)


def _read_distance(reading: _Reading, words: Sequence[str], at: int, *_rest: object) -> int:
    """Read « 30 km », « 15km » with what leads to it: « à moins de », « dans un rayon de »."""
    start = at
    while at < len(words) and words[at] in {"a", "moins", "de", "dans", "un", "rayon"}:
        at += 1
    number = NUMBER.fullmatch(words[at]) if at < len(words) else None
    if number is None:
        return 0
    apart = at + 1 < len(words) and words[at + 1] in KILOMETRES
    if not (number[2] or apart):
        return 0
    reading.radius = min(int(number[1]), asking.FARTHEST)
    return at - start + (2 if apart else 1)


def _read_language(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, *_rest: object
) -> int:
    if words[at] not in LANGUAGE_BEFORE or at + 1 >= len(words):
        return 0
    return 1 + taken if (taken := _take_language(reading, words, at + 1, vocabulary)) else 0


def _read_bare_language(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, *_rest: object
) -> int:
    return _take_language(reading, words, at, vocabulary, exactly=True)


def _take_language(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, *, exactly: bool = False
) -> int:
    phrase: Phrase | None = (stem(words[at]),)
    if phrase not in vocabulary.languages:
        phrase = None if exactly else _nearest(words[at : at + 1], vocabulary.languages)
    if phrase is None:
        return 0
    _note_correction(reading, words[at : at + 1], phrase, vocabulary)
    code = vocabulary.languages[phrase]
    reading.asked = replace(reading.asked, languages=_with(reading.asked.languages, code))
    return 1


def _read_place(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, known: frozenset[str]
) -> int:
    """Read a place after « à », « près de », « autour de »…; after most of them its name may be misspelt."""
    for size in range(min(LONGEST_BEFORE, len(words) - at - 1), 0, -1):
        before = tuple(words[at : at + size])
        if before not in BEFORE_PLACE:
            continue
        if before in PROVINCE and (taken := _take_province(reading, words, at, at + size, vocabulary)):
            return taken
        taken = _take_place(reading, words, at + size, vocabulary)
        means_something = _phrase_at(words, at + size, vocabulary.meanings)
        if not taken and before in STRONG and not means_something:
            taken = _take_misspelt_place(reading, words, at + size, vocabulary, known)
        if taken:
            reading.around = reading.around or BEFORE_PLACE[before]
            return size + taken
    return 0


def _take_province(
    reading: _Reading, words: Sequence[str], start: int, at: int, vocabulary: Vocabulary
) -> int:
    """Read « province de Namur » as the province, not as the town of that name."""
    for size in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        for link in ("de", "du"):
            phrase = ("province", link, *map(stem, words[at : at + size]))
            if phrase in vocabulary.places:
                _set_place(reading, words[start : at + size], vocabulary.places[phrase], vocabulary)
                return at - start + size
    return 0


def _read_bare_place(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, *_rest: object
) -> int:
    """Read a place without anything before it; short names are words too (« 18 ans », « Ans »)."""
    phrase = _phrase_at(words, at, vocabulary.places)
    if phrase is None or (len(words) > 1 and len("".join(phrase)) < SHORT_PLACE):
        return 0
    return _take_place(reading, words, at, vocabulary)


def _take_place(reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary) -> int:
    phrase = _phrase_at(words, at, vocabulary.places)
    if phrase is None:
        return 0
    _set_place(reading, words[at : at + len(phrase)], vocabulary.places[phrase], vocabulary)
    return len(phrase)


def _take_misspelt_place(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, known: frozenset[str]
) -> int:
    for size in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        gram = words[at : at + size]
        if size == 1 and gram[0] in vocabulary.empty | known:
            continue
        phrase = _nearest(gram, vocabulary.places)
        if phrase is not None:
            _note_correction(reading, gram, phrase, vocabulary)
            _set_place(reading, gram, vocabulary.places[phrase], vocabulary)
            return size
    return 0


def _set_place(reading: _Reading, written: Sequence[str], code: str, vocabulary: Vocabulary) -> None:
    """Keep the first place; a second one is told as left aside."""
    asked = reading.asked
    if asked.near or asked.territory:
        if code not in {asked.near, asked.territory}:
            reading.aside.append(" ".join(written))
    elif vocabulary.places_by_code[code].is_point:
        reading.asked = replace(asked, near=code)
    else:
        reading.asked = replace(asked, territory=code)


def _read_phrase(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, *_rest: object
) -> int:
    phrase = _phrase_at(words, at, vocabulary.meanings)
    place = _phrase_at(words, at, vocabulary.places)
    if phrase is None or (place is not None and len(place) > len(phrase)):
        return 0
    _set_meaning(reading, words, at, phrase, vocabulary)
    return len(phrase)


def _read_slip(
    reading: _Reading, words: Sequence[str], at: int, vocabulary: Vocabulary, known: frozenset[str]
) -> int:
    """Read what is nearly a phrase, then what is nearly a place; words of the register stay as they are."""
    for size in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        gram = words[at : at + size]
        if all(word in known or word in vocabulary.empty for word in gram):
            continue
        phrase = _nearest(gram, vocabulary.meanings)
        if phrase is not None:
            _note_correction(reading, gram, phrase, vocabulary)
            _set_meaning(reading, words, at, phrase, vocabulary)
            return size
    return _take_misspelt_place(reading, words, at, vocabulary, known)


def _set_meaning(
    reading: _Reading, words: Sequence[str], at: int, phrase: Phrase, vocabulary: Vocabulary
) -> None:
    """Keep what the phrase means; after « pour » it is rather a public than a theme."""
    asked, meanings = reading.asked, vocabulary.meanings[phrase]
    for_whom = bool(FOR & set(words[max(0, at - 2) : at]))
    meaning = min(meanings, key=lambda one: (one.list == "audience") != for_whom)
    reading.asked = _with_meaning(asked, meaning)
    if reading.asked == asked and not _holds(asked, meaning):
        reading.aside.append(" ".join(words[at : at + len(phrase)]))


def _with_meaning(asked: Asked, meaning: Meaning) -> Asked:
    if meaning.list == "theme":
        themes = _with(asked.themes, meaning.code)
        return asked if len(themes) > asking.MOST_THEMES else replace(asked, themes=themes)
    if meaning.list == "audience":
        return replace(asked, audiences=_with(asked.audiences, meaning.code))
    return asked if asked.kind else replace(asked, kind=meaning.code)


def _holds(asked: Asked, meaning: Meaning) -> bool:
    return meaning.code in (*asked.themes, *asked.audiences, asked.kind)


def _with(held: tuple[str, ...], code: str) -> tuple[str, ...]:
    return held if code in held else (*held, code)


def _phrase_at(words: Sequence[str], at: int, phrases: Iterable[Phrase]) -> Phrase | None:
    """Return the longest phrase that the words from there on are, None if there is none."""
    for size in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        phrase = tuple(map(stem, words[at : at + size]))
        if phrase in phrases:
            return phrase
    return None


def _nearest(gram: Sequence[str], phrases: Iterable[Phrase]) -> Phrase | None:
    """Return the phrase that the words nearly are: one slip from five letters on, two from nine on.

    The first letter is right: it hardly ever is mistyped, and without this rule too much looks alike.
    """
    written = " ".join(map(stem, gram))
    slips = _slips(written)
    if not slips:
        return None
    like = [phrase for phrase in phrases if len(phrase) == len(gram) and phrase[0][:1] == written[:1]]
    found = process.extractOne(
        written, [" ".join(phrase) for phrase in like], scorer=OSA.distance, score_cutoff=slips
    )
    return like[found[2]] if found else None


def _slips(word: str) -> int:
    return 0 if len(word) < ONE_SLIP or word.isdigit() else 1 if len(word) < TWO_SLIPS else 2


def _note_correction(reading: _Reading, written: Sequence[str], read: Phrase, vocabulary: Vocabulary) -> None:
    if tuple(map(stem, written)) != read:
        reading.corrections.append(Correction(" ".join(written), vocabulary.spelling[read]))


def _place_loose_words(reading: _Reading, known: frozenset[str]) -> None:
    """Keep the words that some record holds, corrected where one letter is wrong; leave the others aside.

    Where nothing at all was understood they are kept: the answer is then that nobody is found, not everybody.
    """
    kept, unknown = [], []
    for word in reading.loose:
        found = word if _some_begins_with(word, known) else _nearest_word(word, known)
        if found is None:
            unknown.append(word)
        else:
            kept.append(found)
            if found != word:
                reading.corrections.append(Correction(word, found))
    if not kept and reading.asked.is_empty:
        kept, unknown = unknown, []
    kept = list(dict.fromkeys(word[: asking.LONGEST_WORD] for word in kept))
    reading.asked = replace(reading.asked, words=tuple(kept[: asking.MOST_WORDS]))
    reading.aside += [*kept[asking.MOST_WORDS :], *unknown]


def _some_begins_with(word: str, known: frozenset[str]) -> bool:
    return word in known or any(other.startswith(word) for other in known)


def _nearest_word(word: str, known: frozenset[str]) -> str | None:
    slips = _slips(word)
    if not slips:
        return None
    like = sorted(other for other in known if other[:1] == word[:1])
    found = process.extractOne(word, like, scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found else None
