"""Where two texts differ: figures, negations, opposites, addressees, verbs, objects; several demands."""

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memoranda.similarity.addressees import ADDRESSEES, Addressee, named
from memoranda.similarity.demands import demands
from memoranda.similarity.differences import Difference, Kind, Mark, Step, changes, differences
from memoranda.similarity.figures import figures
from memoranda.similarity.polarity import negations
from memoranda.similarity.words import small
from tests.memoranda import similarity_trial as trial

PAIRS = [(pair.first, pair.second) for pair in trial.pairs()]
BODIES = sorted({body for pair in PAIRS for body in pair})
parts = st.sampled_from(
    [
        "ne",
        "pas",
        "plus",
        "sans",
        "ni",
        "aucun",
        "90",
        "%",
        "100",
        "€",
        "cent",
        "quatre",
        "vingt",
        "mille",
        "millions",
        "d’euros",
        "3",
        "mois",
        "et",
        "de",
        "la",
        ",",
        ";",
        ".",
        ":\n",
        "",
        "",
        "",
        "14/3/2024",
        "mars",
        "augmenter",
        "réduire",
        "supprimer",
        "commune",
        "État",
        "doit",
        "«",
        "»",
        "🙂",
        "\u202e",
        "\n",
        "1.",
        "-",
        "l’",
        "créer",
        "un",
        "an",
        "moitié\n",
        "",
        "",
        "",
        "Région",
        "wallonne",
    ]
)
bodies = st.one_of(st.sampled_from(BODIES), st.text(max_size=50), st.lists(parts, max_size=25).map(" ".join))


def told(text: str) -> list[tuple[str, str, str]]:
    return [(text[each.start : each.end], each.value, each.unit) for each in figures(text)]


def difference(first: str, second: str, kind: Kind) -> tuple[list[str], list[str]]:
    """Return the words marked for a kind in both texts."""
    found = next(
        (each for each in differences(first, second).found if each.kind is kind), Difference(kind, (), ())
    )
    return shown(first, found.first), shown(second, found.second)


def shown(text: str, marks: tuple[Mark, ...]) -> list[str]:
    return [text[mark.start : mark.end] for mark in marks]


# --- Figures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("100 %", "100", "%"),
        ("100\u202f%", "100", "%"),
        ("100%", "100", "%"),
        ("cent pour cent", "100", "%"),
        ("cent pourcents", "100", "%"),
        ("nonante pour cent", "90", "%"),
        ("quatre-vingt-dix pour cent", "90", "%"),
        ("la moitié", "50", "%"),
        ("trois quarts", "75", "%"),
        ("2,5 millions d’euros", "2500000", "€"),
        ("2 500 000 €", "2500000", "€"),
        ("2.500.000 euros", "2500000", "€"),
        ("deux millions cinq cent mille euros", "2500000", "€"),
        ("12,50 €", "12.5", "€"),
        ("un an", "12", "mois"),
        ("douze mois", "12", "mois"),
        ("un trimestre", "3", "mois"),
        ("deux semaines", "14", "jours"),
        ("14 jours", "14", "jours"),
        ("14/3/2024", "2024-03-14", "date"),
        ("14.03.2024", "2024-03-14", "date"),
        ("14 mars 2024", "2024-03-14", "date"),
        ("1er mars 2024", "2024-03-01", "date"),
        ("mars 2024", "2024-03", "date"),
        ("2024", "2024", "année"),
        ("vingt et un", "21", ""),
        ("soixante-dix-sept", "77", ""),
        ("quatre-vingts", "80", ""),
        ("mille neuf cents", "1900", ""),
        ("deux cent mille trois", "200003", ""),
    ],
)
def test_a_figure_is_the_same_however_it_is_written(text: str, value: str, unit: str) -> None:
    assert [(each[1], each[2]) for each in told(f"Compter {text} en tout")] == [(value, unit)]


@pytest.mark.parametrize(
    "text",
    [
        "un accueil et une écoute",
        "1. Créer un lieu",
        "11° organiser",
        "le premier guichet",
        "l’un et l’autre",
        "marches",
    ],
)
def test_articles_numbers_of_lists_and_ranks_are_no_figures(text: str) -> None:
    assert told(text) == []


def test_figures_stand_where_they_are() -> None:
    text = "De 90 % à cent pour cent, avant le 1er mars 2024."
    assert [each[0] for each in told(text)] == ["90 %", "cent pour cent", "1er mars 2024"]


def test_the_trap_of_the_living_wage_is_told() -> None:
    first = "Rembourser à 100 % le revenu d’intégration aux CPAS"
    second = "Rembourser à 90 % le RI aux centres publics d’action sociale"
    found = differences(first, second)
    assert found.kinds == {Kind.FIGURE}
    assert found.contradict
    assert difference(first, second, Kind.FIGURE) == (["100 %"], ["90 %"])


def test_whole_answers_a_hundred_percent_and_nothing_else() -> None:
    whole = "Rembourser intégralement le RI"
    assert Kind.FIGURE not in differences(whole, "Rembourser à 100 % le RI").kinds
    assert Kind.FIGURE not in differences(whole, "Rembourser le RI").kinds
    assert difference(whole, "Rembourser à 90 % le RI", Kind.FIGURE) == ([], ["90 %"])


# --- Negations and opposites --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ne plus détenir d’enfants", ["ne plus"]),
        ("qu’on n’expulse pas", ["ne pas"]),
        ("plus aucune expulsion", ["plus aucune"]),
        ("ne doit plus jamais arriver", ["ne plus jamais"]),
        ("sans aucune condition ni frais", ["sans aucune"]),
        ("Aucune mesure ne sera prise sans nous", ["aucune", "sans"]),
        ("Pas d’argent. Sans nous.", ["pas", "sans"]),
        ("il n’a que trois mois", []),
        ("avoir plus de moyens", []),
        ("les mineurs étrangers non accompagnés", []),
        ("les sans-papiers et les sans-abri", []),
        ("une asbl sans but lucratif", []),
    ],
)
def test_negations(text: str, found: list[str]) -> None:
    assert [each.word for each in negations(text)] == found


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("Ne plus détenir d’enfants", "Détenir des enfants", Kind.NEGATION),
        ("Un accès sans surcoût", "Un accès avec surcoût", Kind.NEGATION),
        ("Recourir aux interprètes", "Cesser de recourir aux interprètes", Kind.NEGATION),
        ("Augmenter les moyens", "Réduire les moyens", Kind.OPPOSITE),
        ("L’augmentation des moyens", "La diminution des moyens", Kind.OPPOSITE),
        ("Supprimer le statut", "Maintenir le statut", Kind.OPPOSITE),
        ("Créer un fonds", "Abolir le fonds", Kind.OPPOSITE),
        ("Rendre obligatoire le parcours", "Rendre facultatif le parcours", Kind.OPPOSITE),
        ("Autoriser le travail", "Interdire le travail", Kind.OPPOSITE),
        ("Plus de places", "Moins de places", Kind.OPPOSITE),
    ],
)
def test_opposite_demands_are_told(first: str, second: str, kind: Kind) -> None:
    for one, other in ((first, second), (second, first)):
        assert kind in differences(one, other).kinds
        assert differences(one, other).contradict


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ne plus détenir d’enfants", "Mettre fin à la détention des enfants"),
        ("Supprimer le statut de cohabitant", "Abolir le statut de cohabitant"),
        ("Augmenter les moyens", "Renforcer les moyens"),
        ("Créer un fonds", "Mettre en place un fonds"),
        ("Consulter avant de décider", "Ne pas décider sans consulter"),
    ],
)
def test_the_same_said_otherwise_is_no_contradiction(first: str, second: str) -> None:
    assert not differences(first, second).contradict


# --- Addressees, verbs, objects ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Les pouvoirs locaux", "commune"),
        ("le bourgmestre", "commune"),
        ("les CPAS", "cpas"),
        ("les centres publics d’action sociale", "cpas"),
        ("la Province de Namur", "province"),
        ("le gouvernement wallon", "region_wallonne"),
        ("la Fédération Wallonie-Bruxelles", "fwb"),
        ("l’État fédéral", "federal"),
        ("Fedasil", "federal"),
        ("l’Union européenne", "ue"),
    ],
)
def test_addressees(text: str, key: str) -> None:
    assert [each.key for each in named(text)] == [key]


@pytest.mark.parametrize("text", ["un état des lieux", "la mise en commun", "l’état civil", "communiquer"])
def test_words_that_only_look_like_addressees(text: str) -> None:
    assert named(text) == ()


def test_a_caller_adds_addressees() -> None:
    places = (Addressee("namur", ("Namur",)), Addressee("liege", ("Liège",)))
    found = differences(
        "À Namur, ouvrir un lieu", "À Liège, ouvrir un lieu", addressees=(*ADDRESSEES, *places)
    )
    (whom,) = (each for each in found.found if each.kind is Kind.ADDRESSEE)
    assert ([mark.value for mark in whom.first], [mark.value for mark in whom.second]) == (
        ["namur"],
        ["liege"],
    )
    assert whom.is_mutual


def test_another_addressee_is_told() -> None:
    first, second = "La Région wallonne forme ses agents", "Les communes forment leurs agents"
    assert difference(first, second, Kind.ADDRESSEE) == (["Région wallonne"], ["communes"])


def test_other_verbs_are_told_where_both_ask_for_something_else() -> None:
    first, second = "Évaluer les cours de français", "Financer les cours de français"
    assert difference(first, second, Kind.VERB) == (["Évaluer"], ["Financer"])
    assert Kind.VERB not in differences("Évaluer les cours", "Évaluer et financer les cours").kinds


def test_another_object_is_told() -> None:
    first, second = "Supprimer le statut de cohabitant", "Supprimer le statut d’artiste"
    assert difference(first, second, Kind.OBJECT) == (["cohabitant"], ["artiste"])


def test_terms_of_the_thesaurus_are_no_other_objects() -> None:
    assert Kind.OBJECT not in differences("Les cours de FLE", "Les cours de français langue étrangère").kinds


# --- Any texts -----------------------------------------------------------------------------------------


@given(bodies)
def test_equal_texts_differ_in_nothing(text: str) -> None:
    found = differences(text, text)
    assert found.found == ()
    assert {change.step for change in found.changes} <= {Step.SAME}


@given(bodies, bodies)
def test_marks_stand_in_their_texts_and_sides_can_be_turned(first: str, second: str) -> None:
    found, turned = differences(first, second), differences(second, first)
    assert [(each.kind, each.second, each.first) for each in turned.found] == [
        (each.kind, each.first, each.second) for each in found.found
    ]
    for each in found.found:
        for text, marks in ((first, each.first), (second, each.second)):
            assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)


@given(bodies, bodies)
@example(first=BODIES[0], second="\r")
def test_changes_cover_both_texts(first: str, second: str) -> None:
    found = changes(first, second)
    for side, text in (("first", first), ("second", second)):
        spans = [getattr(change, side) for change in found]
        assert "".join(text[start:end] for start, end in spans) == (text if spans else "")
    for change in found:
        if change.step is Step.SAME:
            one, other = (
                re.findall(r"\w+|[^\w\s]", text[slice(*span)])
                for text, span in ((first, change.first), (second, change.second))
            )
            assert [small(piece) for piece in one] == [small(piece) for piece in other]


@given(bodies)
def test_figures_and_negations_stand_in_their_text_one_after_the_other(text: str) -> None:
    found = [each for each in figures(text) if not each.implied]
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    spans = [span for each in negations(text) for span in each.spans]
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "text",
    ["1 " * 5_000, "1.1" * 3_333, "cent " * 2_000, "ne " * 3_333, ", et " * 2_000, "é" * 10_000, "(" * 10_000,
     "- 1. " * 2_000, "quatre vingt " * 800, " " * 10_000, "a, " * 3_333, "1\u202f000" * 2_000],
    ids=range(12),
)  # fmt: skip
def test_ten_thousand_characters_of_anything_are_read(text: str) -> None:
    assert differences(text, text).found == ()
    assert differences(text, "Créer un lieu 3 fois").changes
    assert isinstance(demands(text), tuple)


# --- Several demands -----------------------------------------------------------------------------------


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in demands(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Placer le logement au cœur de la DPR, étendre le parc public, mettre fin aux expulsions",
            ["Placer le logement au cœur de la DPR", "étendre le parc public", "mettre fin aux expulsions"],
        ),
        (
            "Supprimer le statut de cohabitant et porter les revenus au-dessus du seuil de pauvreté.",
            ["Supprimer le statut de cohabitant", "porter les revenus au-dessus du seuil de pauvreté"],
        ),
        (
            "Rembourser à 100 % le revenu d’intégration, l’automatiser et l’individualiser",
            ["Rembourser à 100 % le revenu d’intégration", "l’automatiser", "l’individualiser"],
        ),
        (
            "Recenser les places MENA et proposer au fédéral d’augmenter les relocalisations",
            ["Recenser les places MENA", "proposer au fédéral d’augmenter les relocalisations"],
        ),
        (
            "La Région doit augmenter les moyens et les communes doivent former leur personnel. C’est grave.",
            ["La Région doit augmenter les moyens", "les communes doivent former leur personnel"],
        ),
        (
            "1. Création d’un fonds\n2. Suppression du statut\n- Ouvrir un guichet",
            ["Création d’un fonds", "Suppression du statut", "Ouvrir un guichet"],
        ),
        (
            "Nous demandons de créer un fonds et de supprimer le statut.",
            ["de créer un fonds", "de supprimer le statut"],
        ),
    ],
)
def test_several_demands_in_one_text_are_found(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂",
        "Ne plus détenir d’enfants",
        "Créer un guichet pour accueillir, orienter et former les primo-arrivants.",
        "Augmenter et mieux cibler l’offre alpha",
        "Permettre aux familles de réfugiés de demander le regroupement depuis la Belgique ou en ligne",
        "Financer les ateliers, les foyers, les étrangers et les métiers",
        "Le constat est grave, et le loyer cher.",
    ],
)
def test_one_demand_is_not_split(text: str) -> None:
    assert split(text) == []


@given(bodies)
@settings(max_examples=200)
def test_demands_follow_each_other_and_hold_words(text: str) -> None:
    spans = demands(text)
    assert len(spans) != 1
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(re.search(r"\w", text[span.start : span.end]) for span in spans)


def test_the_pairs_are_written_as_the_trial_reads_them() -> None:
    with Path(trial.FILE).open(encoding="utf-8", newline="") as file:
        assert [int(row["pair"]) for row in csv.DictReader(file, delimiter=";")] == list(
            range(1, len(trial.pairs()) + 1)
        )
