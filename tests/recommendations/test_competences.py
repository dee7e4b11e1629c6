"""Which levels of power a demand's words speak for: measured on real demands, told on pages."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import competences, recommendations
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.values.competences import Demand, Reading, read
from tests import factories
from tests.conftest import both_databases
from tests.recommendations import calls
from tests.recommendations.typed import typed

SignIn = Callable[..., None]
ROOT = Path(__file__).parents[2]
LEVELS = ROOT / "hub" / "actors" / "reference" / "levels.csv"
DEMANDS = ROOT / "hub" / "demo" / "data" / "recommendations.csv"
PAIRS = ROOT / "tests" / "memoranda" / "similarity_pairs.csv"
EVERYBODY = 5  # a demand made of so many levels is made of all


def lines(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


MATRIX = {row["code"]: row["competences"] for row in lines(LEVELS)}
REAL = {row["id"]: row for row in lines(DEMANDS)}


def reading(words: str, *levels: str, theme: str = "") -> Reading:
    return read(Demand(words, theme, levels), MATRIX)


def of_case(number: str, words: str = "") -> tuple[set[str], Reading]:
    """Return whom a real demand is addressed to, and what its words say."""
    case = REAL[number]
    levels = case["levels"].split("|")
    text = words or f"{case['title']}. {case['text']}"
    return set(levels), reading(text, *levels, theme=case["theme"])


def who(found: Reading) -> set[str]:
    return {level for each in found.matters for level in each.competent}


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        ("Réformer l’équivalence de diplôme", ("fwb",)),
        ("Rembourser à 100 % le revenu d’intégration", ("federal",)),
        ("Faire rouler les TEC le dimanche", ("region_wallonne",)),
        ("Régulariser le séjour des familles", ("federal",)),
        ("Simplifier les cours de français à Bruxelles", ("cocof",)),
        ("Réduire le prix des trains de la SNCB", ("federal",)),
    ],
)
def test_words_speak_for_levels(words: str, levels: tuple[str, ...]) -> None:
    assert set(levels) <= set(reading(words).suggested)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("Réformer l’équivalence des diplômes", "region_wallonne"),
        ("Accélérer le regroupement familial", "commune"),
        ("Faire rouler les TEC le dimanche", "federal"),
        ("Ouvrir des crèches", "federal"),
    ],
)
def test_a_wrong_level_is_doubted(words: str, wrong: str) -> None:
    assert reading(words, wrong).doubtful == (wrong,)


def test_who_applies_what_others_decide_is_not_doubted() -> None:
    # The law on the income of integration is federal, CPAS carry it out.
    found = reading("Mieux expliquer le revenu d’intégration", "commune", "federal")
    assert found.doubtful == ()
    assert found.suggested == ("federal",)


def test_whom_the_words_name_is_never_doubted() -> None:
    assert reading("Que la Province rembourse les visas", "province").doubtful == ()


def test_nothing_is_said_where_nothing_is_recognised() -> None:
    assert reading("Faire mieux", "ue") == Reading()


def test_what_the_network_writes_of_a_level_counts() -> None:
    matrix = MATRIX | {"province": MATRIX["province"] + " ; ludothèques"}
    assert read(Demand("Ouvrir des ludothèques"), matrix).suggested == ("province",)
    assert read(Demand("Ouvrir des ludothèques"), MATRIX).suggested == ()


def test_the_forty_real_demands() -> None:
    """37 of 57 suggested levels are among those their authors address; none of these is doubted."""
    found = [of_case(number) for number in REAL]
    suggested = sum(len(reading.suggested) for _, reading in found)
    right = sum(len(said & set(reading.suggested)) for said, reading in found)
    assert right / suggested >= 0.64
    assert sum(bool(said & set(reading.suggested)) for said, reading in found) >= 32
    assert all(said & who(reading) for said, reading in found)  # decides, or applies
    assert [said for said, reading in found if reading.doubtful] == []


@pytest.mark.parametrize(("half", "least", "most_wrong"), [("dev", 0.65, 1), ("held-out", 0.6, 2)])
def test_the_same_demands_in_other_words(half: str, least: float, most_wrong: int) -> None:
    """Of 60 rewordings each: how many wrong levels are doubted, how many right ones are."""
    doubted = wrong = wrongly = 0
    for row in lines(PAIRS, ";"):
        if row["relation"] != "same" or row["half"] != half:
            continue
        said, found = of_case(row["demand"], row["second"])
        wrongly += bool(found.doubtful)
        if len(said) >= EVERYBODY:
            continue
        theme = REAL[row["demand"]]["theme"]
        for level in set(MATRIX) - said:
            wrong += 1
            doubted += bool(reading(row["second"], level, theme=theme).doubtful)
    assert wrong > 300
    assert doubted / wrong >= least
    assert wrongly <= most_wrong


@given(st.text(max_size=200), st.lists(st.sampled_from(list(MATRIX)), unique=True))
def test_only_levels_that_there_are(words: str, chosen: list[str]) -> None:
    found = reading(words, *chosen)
    assert set(found.suggested) <= set(MATRIX)
    assert set(found.doubtful) <= set(chosen)
    assert not set(found.doubtful) & who(found)


# --- On the pages ------------------------------------------------------------------------------------


@pytest.fixture
def diplomas(client: FlaskClient, session: Session, sign_in: SignIn) -> Recommendation:
    """Return a demand made of the wrong level, with a coordinator who is there."""
    for row in lines(LEVELS):
        session.add(Level(code=row["code"], label=row["label"], competences=row["competences"]))
    session.flush()
    wrong = factories.level(session, "region_wallonne")
    row = recommendations.create(
        session, Statement(title="Réformer l’équivalence des diplômes", levels=(wrong,)),
        actor="essai", now=clock.now(),
    )  # fmt: skip
    sign_in(client, factories.coordinator(session))
    session.commit()
    return row


def test_the_page_doubts_until_somebody_knows_better(
    client: FlaskClient, session: Session, diplomas: Recommendation
) -> None:
    page = f"/recommandations/{diplomas.code}"
    settle = f"{page}/niveaux/region_wallonne"
    assert "est-ce le bon niveau" in client.get(page).text
    assert "Fédération Wallonie-Bruxelles" in client.get(page).text
    assert client.post(settle, data={"gesture": "keep"}).status_code == 303
    assert client.post(settle, data={"gesture": "keep"}).status_code == 303
    kept = client.get(page).text
    assert "est-ce le bon niveau" not in kept
    assert "gardé en connaissance de cause" in kept
    done = calls.again(session).scalars(select(AuditEntry).where(AuditEntry.action.contains("level_"))).all()
    assert [each.action for each in done] == ["recommendation.level_kept"]
    assert client.post(settle, data={"gesture": "doubt"}).status_code == 303
    assert "est-ce le bon niveau" in client.get(page).text
    other = client.post(f"{page}/niveaux/ue", data={"gesture": "keep"}, follow_redirects=True)
    assert "plus choisi" in other.text
    assert calls.again(session).scalars(select(Recommendation.kept_levels)).one() == []


def test_what_is_kept_lasts_as_long_as_its_level(
    client: FlaskClient, session: Session, diplomas: Recommendation
) -> None:
    page = f"/recommandations/{diplomas.code}"
    client.post(f"{page}/niveaux/region_wallonne", data={"gesture": "keep"})
    path = f"{page}/modifier"
    data = typed(client.get(path).text, path)
    assert client.post(path, data=data | {"title": "Réformer les équivalences"}).status_code == 303
    assert calls.again(session).scalars(select(Recommendation.kept_levels)).one() == ["region_wallonne"]
    data = typed(client.get(path).text, path)
    assert client.post(path, data=data | {"levels": ["fwb"]}).status_code == 303
    assert calls.again(session).scalars(select(Recommendation.kept_levels)).one() == []


def test_the_form_says_it_and_never_refuses(client: FlaskClient, diplomas: Recommendation) -> None:
    path = f"/recommandations/{diplomas.code}/modifier"
    form = client.get(path).text
    assert "Fédération Wallonie-Bruxelles <strong>" in form
    assert "ses mots ne parlent pas" in form
    refused = client.post(path, data=typed(form, path) | {"title": "", "text": "Le visa.", "levels": ["ue"]})
    assert refused.status_code == 422
    assert "Union européenne : ses mots ne parlent pas" in refused.text.replace("\xa0", " ")
    live = client.post(
        "/recommandations/niveaux", data={"title": "Des bus", "text": "Par les TEC", "levels": ["ue"]}
    )
    assert "<html" not in live.text
    assert "Région wallonne <strong>" in live.text
    assert "Union européenne" in live.text


@pytest.mark.usefixtures("diplomas")
def test_without_level_the_page_offers_one(client: FlaskClient, session: Session) -> None:
    row = recommendations.create(
        session, Statement(title="Délivrer les visas"), actor="essai", now=clock.now()
    )
    session.commit()
    page = client.get(f"/recommandations/{row.code}").text
    assert "À quel niveau de pouvoir s’adresse-t-elle" in page
    assert "État fédéral" in page


def test_only_coordinators(
    client: FlaskClient, session: Session, sign_in: SignIn, diplomas: Recommendation
) -> None:
    sign_in(client, factories.user(session))
    session.commit()
    assert client.post("/recommandations/niveaux", data={"text": "TEC"}).status_code == 403
    settle = f"/recommandations/{diplomas.code}/niveaux/region_wallonne"
    assert client.post(settle, data={"gesture": "keep"}).status_code == 403


@both_databases
def test_keeping_is_stored(session: Session) -> None:
    row = recommendations.create(
        session, Statement(title="Un", levels=(factories.level(session),)), actor="essai", now=clock.now()
    )
    competences.keep(session, row, "commune", actor="essai", now=clock.now())
    session.commit()
    session.expire_all()
    assert row.kept_levels == ["commune"]
    competences.doubt(session, row, "commune", actor="essai", now=clock.now())
    session.commit()
    session.expire_all()
    assert row.kept_levels == []
