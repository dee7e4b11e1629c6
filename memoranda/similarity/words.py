"""French words of a text: where each stands, its small form, its stem; and which say nothing alone."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from snowballstemmer import french_stemmer

SHORT = 3
"""Letters of a word whose last « s » may be its own: « cas », « bus »."""
LONGEST_WORD = 60
"""Characters of a word that are looked at; what is longer is no word of French."""

# An apostrophe and a hyphen part words; accents may stand apart, as in texts out of some PDFs.
_WORD = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_]*)*")
_REMEMBERED = 1 << 16
TEXTS_REMEMBERED = 256
"""Texts whose reading is kept: one that is held against others is read again and again."""
_local = threading.local()


def listed(text: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(text.split())


STOP_WORDS = listed(
    """a à afin ai aient ailleurs ainsi alors an as au aucun aucune aujourd auquel aura auront aussi autant
    autre autres aux auxquelles auxquels avaient avait avant avec avoir ayant beaucoup bien bon c ça car ce
    ceci cela celle celles celui cent cependant ces cet cette ceux chacun chacune chaque chez ci combien comme
    comment contre d dans davantage de dedans dehors depuis des dès desquelles desquels dessous dessus deux
    devant devoir devra devraient devrait devront doit doivent donc dont du duquel durant e elle elles en
    encore enfin ensuite entre envers es est et étaient était étant etc été être eu eux fait faire fais faut
    font furent fut grâce hormis hors hui ici il ils j jamais je jusqu jusque juste l la là ladite laquelle le
    ledit lequel les lesquelles lesquels leur leurs lors lorsqu lorsque lui m ma mais malgré me même mêmes mes
    mieux moi moins mon moyen n ne ni non nos notamment notre nous on ont or ou où par parce parmi pas pendant
    peu peut peuvent plus plusieurs plutôt pour pourquoi pourra pourraient pourrait pourront près presque puis
    puisqu puisque qu quand quant que quel quelle quelles quelqu quelque quelques quels qui quiconque quoi
    quoique rien s sa sans se sera serait seraient seront ses si sien soi soient soit son sont sous souvent
    sur surtout t ta tandis tant te tel telle telles tels tes toi ton toujours tous tout toute toutes très
    trop tu un une va vers via voici voilà vont vos votre vous vu y"""
)
"""Words that say nothing alone of what is asked. Negations and number words are among them: what they
change is told by `differences`, not by the score."""


_KEPT_APART = {
    word: line.split()[0]
    for line in """
        habitant habitants habitante habitantes
        association associations associatif associatifs associative associatives
        communiquer communication communications communique
        permanence permanences
        validation validations
        fermé fermée fermés fermées
        continu continue continus continues
        payant payante payants payantes
        mesure mesures
        limite limites
        arrêté arrêtés
        assurance assurances
        forme formes
        organisation organisations organisme organismes
        commun communs
        politique politiques
        publication publications publier publié publiés publiée publiées
        régional régionale régionales régionaux
        étranger étrangers étrangère étrangères
        général générale générales généraux
        nouveau nouveaux nouvel nouvelle nouvelles
        travailleur travailleurs travailleuse travailleuses
        traduction traductions traduire traduit traduite traduits traduites
        réduction réductions réduire réduit réduite réduits réduites
        suppression suppressions supprimer supprime supprimé
        création créations créer crée créent
        détention détenir détenu détenus détenue détenues
    """.strip().splitlines()
    for word in line.split()
}
"""Words whose Snowball stems are those of others, or not those of their family: they are stems of their
own."""


class Word(NamedTuple):
    """A word as it stands in a text: characters from `start` up to `end`, and its small form (NFKC)."""

    start: int
    end: int
    small: str


@lru_cache(maxsize=TEXTS_REMEMBERED)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of a text, in their order."""
    return tuple(
        Word(found.start(), found.end(), small(found.group()[:LONGEST_WORD]))
        for found in _WORD.finditer(text)
    )


def small_words(text: str) -> list[str]:
    """Return the small forms of the words of a text, where their places don't matter."""
    return [small(word[:LONGEST_WORD]) for word in _WORD.findall(text)]


def kept(text: str) -> tuple[Word, ...]:
    """Return the words of a text that are no stop-words; all of them where none is left."""
    every = words(text)
    return tuple(word for word in every if word.small not in STOP_WORDS) or every


@lru_cache(maxsize=_REMEMBERED)
def small(word: str) -> str:
    """Return a word's small form: small letters, accents joined, letters of presentation made plain."""
    return unicodedata.normalize("NFKC", word).casefold()


@lru_cache(maxsize=_REMEMBERED)
def stem(word: str) -> str:
    """Return the Snowball stem of a small word, without accents (many are typed without).

    The algorithm is the French one of https://snowballstem.org/algorithms/french/stemmer.html.
    """
    if word in _KEPT_APART:
        return plain(_KEPT_APART[word]) + "'"  # an apostrophe stands in no word
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:  # it keeps the word that it works on: one for each thread
        stemmer = _local.stemmer = french_stemmer.FrenchStemmer()
    if word.endswith("s") and len(word) > SHORT and not word.endswith("ss"):
        word = word[:-1]  # Snowball leaves it after a, i, o, u: « revenus » would not be « revenu »
    return plain(stemmer.stemWord(word)) or word


@lru_cache(maxsize=_REMEMBERED)
def plain(word: str) -> str:
    """Return a word without its accents."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )
