"""Several demands in one text: where each of them stands, as a suggestion to split it.

A demand begins with an infinitive or the noun of an act at the head of a sentence, of a line of a list, or
after a comma, a semicolon, « et » or « puis »; or with « doit », « doivent » and an infinitive. An infinitive
that a preposition leads in belongs to the demand before it, and so does one that « et » joins to such an
infinitive, or to another at once (« augmenter et mieux cibler »).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from memoranda.similarity.actions import acts
from memoranda.similarity.words import listed, plain, stem, words

LONGEST = 20_000
"""Characters of a text that are read."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a text, from `start` up to `end`."""

    start: int
    end: int


_NOT_VERBS = listed("""atelier foyer loyer etranger danger premier dernier cancer hiver cher leger entier
    fier hier dossier metier quartier janvier fevrier particulier regulier singulier familier papier
    courrier chantier calendrier premier policier ouvrier tuteur financier hospitalier boulanger passager
    berger verger manager leader hotelier clavier avenir souvenir plaisir loisir desir cuir soupir pouvoir
    savoir espoir soir noir miroir couloir avoir pompier grenier escalier collier courtier mobilier
    immobilier banquier""")
_IER = ("fier", "lier", "cier", "dier", "rier", "tier", "vier", "pier", "gier", "nier")
_RE = listed("""mettre permettre rendre prendre etendre inscrire reduire construire introduire produire
    traduire faire suivre poursuivre soumettre reconnaitre connaitre lire dire vendre defendre repondre
    entendre rejoindre joindre restreindre atteindre exclure inclure conclure admettre transmettre vivre
    interdire ecrire instruire detruire conduire satisfaire apprendre comprendre entreprendre resoudre
    dissoudre abattre combattre debattre battre accroitre remettre contraindre craindre eteindre attendre
    descendre perdre promettre prescrire souscrire decrire elire reproduire seduire deduire reconduire
    distraire extraire convaincre vaincre rompre interrompre""")
_BEFORE = listed(
    """l le la les y en se s lui leur ne n pas plus jamais mieux aussi ensuite enfin davantage notamment
    egalement"""
)
"""Words that may stand between the begin of a demand and its infinitive."""
_LED_IN = listed("a d de pour sans afin par avant apres")
_ITS_OWN = frozenset({"l", "le", "la", "les", "en", "y"})
"""Words that give an infinitive an object of its own."""
_MUST = listed("doit doivent devrait devraient devra devront faut faudrait")
_OF = listed("de d du des")
_ASKING = ("demand", "recommand", "propos", "souhait", "revendiqu", "exig", "invit", "plaid")
_JOINING = frozenset({"et", "puis"})
_END = re.compile(r"[!?…;\n]|\.(?=\s{1,9}[^\Wa-z_]|\s*$)")
_SENTENCE = re.compile(_END.pattern + "|:")
_NEAR, _CLAUSE = 4, 9
"""Words before an infinitive, and before « doit »."""


class _Link(Enum):
    """What stands before a word where a demand may begin."""

    HEAD = "head"
    COMMA = "comma"
    AND = "and"


def demands(text: str) -> tuple[Span, ...]:
    """Return where each demand of a text stands, where it holds at least two; else nothing.

    Each goes from its first word up to where the next begins, joining words and signs left out.
    """
    text = text[:LONGEST]
    starts = list(_Reading(text).heads())
    if len(starts) < 2:  # noqa: PLR2004 - one demand is not several
        return ()
    return tuple(
        Span(start, start + _length(_sentence(text[start:end])))
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    )


def _sentence(part: str) -> str:
    """Return a part up to where its sentence ends: what follows asks nothing."""
    found = _END.search(part)
    return part[: found.start()] if found else part


def _length(part: str) -> int:
    """Return how many characters a demand has without what joins it to the next."""
    kept = len(part)
    while kept:
        shorter = part[:kept].rstrip(" \t\n\r,;:.–—•*-\u00a0\u202f")
        for word in _JOINING:
            if shorter.casefold().endswith((f" {word}", f"\n{word}")):
                shorter = shorter[: -len(word)]
        if len(shorter) == kept:
            break
        kept = len(shorter)
    return kept


def is_infinitive(word: str) -> bool:
    """Say whether a plain small word looks like a French infinitive, by its ending and lists."""
    if word in _NOT_VERBS or len(word) < 4:  # noqa: PLR2004 - no infinitive of the first group is shorter
        return False
    if word.endswith("ier"):
        return word.endswith(_IER)
    return word.endswith(("er", "ir", "oir")) or word in _RE


class _Reading:
    """One text, word by word, while the begins of its demands are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.plain = [plain(word.small) for word in self.words]
        self.asking = False
        """Whether the sentence asks « de » do something."""
        self.head = -1
        """The infinitive of the last demand."""
        self.led_in = -1
        """The last infinitive, if a preposition leads it in or « et » joins it to one that is."""

    def heads(self) -> Iterator[int]:
        """Yield the characters with which demands begin."""
        for place in range(len(self.words)):
            link = self._link(place)
            if link is _Link.HEAD:
                self.asking, self.led_in = False, -1
            if self._is_asked(place) or (link and not self._follows(place) and self._begins(place, link)):
                self.led_in = -1
                self.head = self._infinitive(place + (self.plain[place] in _LED_IN))
                yield self.words[place].start
            elif self._is_led_in(place) or (link and self._follows(place)):
                self.led_in = self._infinitive(place)
            self.asking = self.asking or self.plain[place].startswith(_ASKING)

    def _between(self, place: int) -> str:
        return self.text[self.words[place - 1].end if place else 0 : self.words[place].start]

    def _link(self, place: int) -> _Link | None:
        between = self._between(place)
        if place == 0 or _SENTENCE.search(between):
            return _Link.HEAD
        if self.plain[place] in _JOINING:
            return None
        if "," in between:
            return _Link.COMMA
        if self.plain[place - 1] not in _JOINING:
            return None
        before = self._between(place - 1)
        if _SENTENCE.search(before):
            return _Link.HEAD
        return _Link.COMMA if "," in before else _Link.AND

    def _infinitive(self, place: int) -> int:
        """Return the place of the infinitive that small words lead to from here; -1 if there is none."""
        for other in range(place, min(place + _NEAR, len(self.words))):
            if is_infinitive(self.plain[other]):
                return other
            if self.plain[other] not in _BEFORE or (other > place and "," in self._between(other)):
                return -1
        return -1

    def _is_led_in(self, place: int) -> bool:
        found = self._infinitive(place)
        return place > 0 and self.plain[place - 1] in _LED_IN and found >= 0 and found != self.head

    def _is_asked(self, place: int) -> bool:
        """Say whether « de » and an infinitive begin here, right after « nous demandons »."""
        return (
            self.plain[place] in {"de", "d"}
            and place > 0
            and self.plain[place - 1].startswith(_ASKING)
            and place + 1 < len(self.words)
            and self._infinitive(place + 1) >= 0
        )

    def _follows(self, place: int) -> bool:
        """Say whether an infinitive goes on with the one just before: « orienter et former »."""
        found = self._infinitive(place)
        last = place - 1 - (self.plain[place - 1] in _JOINING)
        if found < 0 or last < 0:
            return False
        is_and = self._link(place) is _Link.AND
        return (
            (is_and and is_infinitive(self.plain[last]) and self.plain[place] not in _ITS_OWN)
            or last == self.led_in
            or (is_and and self.led_in >= 0)
        )

    def _begins(self, place: int, link: _Link) -> bool:
        if self._infinitive(place) >= 0:
            return True
        if self.asking and self.plain[place] in {"de", "d"} and link is not _Link.HEAD:
            return place + 1 < len(self.words) and self._infinitive(place + 1) >= 0
        return self._is_act_of(place) or self._must(place)

    def _is_act_of(self, place: int) -> bool:
        """Say whether a noun of an act begins here: « création d’un fonds », « suppression du statut »."""
        follows = self.plain[place + 1] if place + 1 < len(self.words) else ""
        is_noun = self.plain[place].endswith(("tion", "sion", "ment", "age", "ture", "tien"))
        return is_noun and follows in _OF and bool(next(acts().hits([stem(self.words[place].small)]), None))

    def _must(self, place: int) -> bool:
        """Say whether the clause that begins here says « doit » and an infinitive."""
        for other in range(place, min(place + _CLAUSE, len(self.words))):
            if other > place and self._link(other):
                return False
            if self.plain[other] in _MUST:
                return any(map(is_infinitive, self.plain[other + 1 : other + 1 + _NEAR]))
        return False
