"""What is asked to be done: French verbs and their nouns by kind of act, and opposites among the kinds."""

from enum import StrEnum
from functools import cache

from memoranda.similarity.thesaurus import Form, Lexicon
from memoranda.similarity.words import stem, words


class Act(StrEnum):
    """A kind of act that a demand asks for, or how much or for whom it asks."""

    GROW = "grow"
    SHRINK = "shrink"
    CREATE = "create"
    END = "end"
    KEEP = "keep"
    ALLOW = "allow"
    FORBID = "forbid"
    OBLIGE = "oblige"
    EXEMPT = "exempt"
    EASE = "ease"
    TIGHTEN = "tighten"
    HASTEN = "hasten"
    DELAY = "delay"
    JOIN = "join"
    LEAVE = "leave"
    INCLUDE = "include"
    EXCLUDE = "exclude"
    TRAIN = "train"
    INFORM = "inform"
    ASSESS = "assess"
    CONSULT = "consult"
    GUARANTEE = "guarantee"
    SUPPORT = "support"
    REFORM = "reform"
    MORE = "more"
    LESS = "less"
    FREE = "free"
    PAID = "paid"
    PROFIT = "profit"
    HARM = "harm"


_TERMS = {
    Act.GROW: """augmenter, augmentation, accroître, accru, accroissement, renforcer, renforcement, étendre,
        étendu, extension, élargir, élargissement, développer, développement, relever, relèvement, prolonger,
        prolongation, allonger, allongement, doubler, doublement, tripler, hausser, hausse, multiplier,
        intensifier, majorer, revaloriser""",
    Act.SHRINK: """diminuer, diminution, réduire, réduit, réduction, baisser, baisse, limiter, limitation,
        restreindre, restreint, restriction, raboter, raccourcir, raccourcissement, plafonner, geler, gel,
        amoindrir, affaiblir, affaiblissement""",
    Act.CREATE: """créer, création, instaurer, instauration, instituer, introduire, introduction, établir,
        établissement, mettre en place, mise en place, mettre sur pied, mise sur pied, lancer, lancement,
        ouvrir, ouverture, organiser, organisation, adopter, adoption""",
    Act.END: """supprimer, suppression, abolir, abolition, abroger, abrogation, mettre fin, mettre un terme,
        cesser, cessation, arrêter, arrêt, abandonner, abandon, fermer, fermeture, dissoudre, dissolution,
        renoncer, lever les, levée des, retirer, retrait""",
    Act.KEEP: """maintenir, maintien, conserver, conservation, préserver, préservation, pérenniser,
        pérennisation, continuer, continuation, poursuivre, poursuite, sauvegarder""",
    Act.ALLOW: """permettre, autoriser, autorisation, admettre, accepter, acceptation, accorder, octroyer,
        octroi""",
    Act.FORBID: """interdire, interdit, interdiction, empêcher, refuser, refus, prohiber, bannir""",
    Act.OBLIGE: """obliger, obligation, obligatoire, imposer, contraindre, contraignant""",
    Act.EXEMPT: """facultatif, facultative, exempter, exemption, dispenser, dispense, volontariat""",
    Act.EASE: """faciliter, facilitation, simplifier, simplification, alléger, allègement, assouplir,
        assouplissement, fluidifier""",
    Act.TIGHTEN: """durcir, durcissement, compliquer, alourdir, alourdissement, conditionner, entraver,
        freiner""",
    Act.HASTEN: """accélérer, accélération, hâter, anticiper""",
    Act.DELAY: """ralentir, ralentissement, retarder, reporter, report, différer, suspendre, suspension""",
    Act.JOIN: """rejoindre, adhérer, adhésion, s’affilier, affiliation""",
    Act.LEAVE: """quitter, se retirer, sortir de""",
    Act.INCLUDE: """inclure, inclusion, intégrer dans, insérer, insertion de, inscrire, inscription dans""",
    Act.EXCLUDE: """exclure, exclusion, écarter, évincer""",
    Act.TRAIN: """former, formation du personnel, former le personnel, sensibiliser, sensibilisation""",
    Act.INFORM: """informer, information, expliquer, explication, communiquer, communication, publier,
        publication, rendre transparent, transparence, transparent, faire connaître""",
    Act.ASSESS: """évaluer, évaluation, mesurer, mesure de, analyser, analyse, recenser, recensement,
        inventaire, inventorier, enquête, cadastre""",
    Act.CONSULT: """consulter, consultation, concerter, concertation, associer, dialoguer""",
    Act.GUARANTEE: """garantir, garantie de, assurer, veiller, sécuriser""",
    Act.SUPPORT: """soutenir, soutien, accompagner, accompagnement, appuyer, appui, encourager,
        financer, financement, subsidier, subventionner""",
    Act.REFORM: """réformer, réforme, revoir, révision, réviser, modifier, modification""",
    Act.MORE: """davantage, plus de, plus d, plus nombreux, plus grand, plus souvent, plus longtemps,
        plus accessible""",
    Act.LESS: """moins de, moins d, moins nombreux, moins grand, moins souvent, moins longtemps,
        moins accessible""",
    Act.FREE: "gratuit, gratuité, gratuitement",
    Act.PAID: "payant",
    Act.PROFIT: "au profit, en faveur",
    Act.HARM: "au détriment, aux dépens",
}

_OPPOSITES = (
    ({Act.GROW}, {Act.SHRINK, Act.END}),
    ({Act.CREATE, Act.KEEP}, {Act.END}),
    ({Act.KEEP}, {Act.SHRINK}),
    ({Act.ALLOW}, {Act.FORBID}),
    ({Act.GUARANTEE, Act.SUPPORT, Act.CREATE}, {Act.FORBID, Act.END}),
    ({Act.OBLIGE}, {Act.EXEMPT}),
    ({Act.EASE, Act.ALLOW}, {Act.TIGHTEN}),
    ({Act.HASTEN}, {Act.DELAY}),
    ({Act.JOIN}, {Act.LEAVE}),
    ({Act.INCLUDE}, {Act.EXCLUDE}),
    ({Act.MORE, Act.GROW}, {Act.LESS}),
    ({Act.MORE}, {Act.SHRINK}),
    ({Act.FREE}, {Act.PAID}),
    ({Act.PROFIT}, {Act.HARM}),
)
OPPOSITES = frozenset(
    frozenset({left, right}) for lefts, rights in _OPPOSITES for left in lefts for right in rights
)
"""Pairs of acts of which one undoes the other."""

ENDING = frozenset({Act.END, Act.FORBID})
"""Acts that say no: with a negation, two of them make a yes."""


@cache
def acts() -> Lexicon:
    """Return the terms of all acts, by the stems of all their words; a hit's name is the act's value."""
    found: dict[Form, tuple[str, ...]] = {}
    for act, terms in _TERMS.items():
        for term in terms.split(","):
            found.setdefault(stems(term), (act.value,))
    return Lexicon(found)


def stems(text: str) -> Form:
    """Return the stems of all words of a text, stop-words too."""
    return tuple(stem(word.small) for word in words(text))
