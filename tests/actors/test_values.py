"""Single facts: enterprise numbers, partial dates, telephone numbers, addresses, names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.actors.models.relations import Precision
from hub.actors.values import contacts, dates, enterprise, names
from hub.actors.values.dates import PartialDate
from hub.core.errors import DomainError

bases = st.integers(min_value=0, max_value=19_999_999)


def number_of(base: int) -> str:
    return f"{base:08d}{97 - base % 97:02d}"


@given(bases)
def test_a_number_with_its_check_digits_is_read_in_every_usual_dress(base: int) -> None:
    number = number_of(base)
    assert enterprise.is_valid(number)
    for dress in (
        number,
        f"BE{number}",
        f"BE {enterprise.show(number)}",
        enterprise.show(number),
        f" {number} ",
    ):
        assert enterprise.parse(dress) == number


@given(bases, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_found(base: int, place: int, shift: int) -> None:
    number = number_of(base)
    wrong = str((int(number[place]) + shift) % 10)
    spoiled = number[:place] + wrong + number[place + 1 :]
    assert not enterprise.is_valid(spoiled)


@given(st.text(max_size=15))
def test_any_text_is_a_valid_number_or_refused(text: str) -> None:
    try:
        found = enterprise.parse(text)
    except DomainError:
        return
    assert found is None or enterprise.is_valid(found)


def test_an_old_number_gets_its_zero() -> None:
    assert enterprise.parse("123.456.749") == "0123456749"
    assert enterprise.show("0123456749") == "0123.456.749"
    assert enterprise.parse("") is None


@pytest.mark.parametrize("text", ["0123456789", "12", "abc", "2123456749", "BE", "٠١٢٣٤٥٦٧٤٩"])
def test_a_wrong_number_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        enterprise.parse(text)


days = st.dates(min_value=date(1001, 1, 1), max_value=date(2199, 12, 30))


def known_dates() -> st.SearchStrategy[tuple[PartialDate, bool]]:
    def make(day: date, precision: Precision, end: bool) -> tuple[PartialDate, bool]:
        text = {Precision.YEAR: f"{day.year:04d}", Precision.MONTH: f"{day.year:04d}-{day.month:02d}"}.get(
            precision, day.isoformat()
        )
        if precision == Precision.BEFORE:
            return PartialDate(day, precision), end
        found = dates.parse(text, end=end)
        assert found is not None
        return found, end

    return st.builds(make, days, st.sampled_from(Precision), st.booleans())


@given(known_dates(), st.sampled_from(["fr", "nl", "en"]))
def test_what_is_shown_reads_back_as_the_same_date(known: tuple[PartialDate, bool], language: str) -> None:
    partial, end = known
    assert dates.parse(dates.show(partial.day, partial.precision, language), end=end) == partial


@pytest.mark.parametrize(
    ("text", "end", "day", "precision"),
    [
        ("2016", False, date(2016, 1, 1), Precision.YEAR),
        ("2016", True, date(2016, 12, 31), Precision.YEAR),
        ("avril 2023", False, date(2023, 4, 1), Precision.MONTH),
        ("Février 2024", True, date(2024, 2, 29), Precision.MONTH),
        ("04/2016", True, date(2016, 4, 30), Precision.MONTH),
        ("1er mai 2020", False, date(2020, 5, 1), Precision.DAY),
        ("6 juin 2023", True, date(2023, 6, 6), Precision.DAY),
        ("06/06/2023", False, date(2023, 6, 6), Precision.DAY),
        ("2023-06-06", False, date(2023, 6, 6), Precision.DAY),
        ("avant 2025", True, date(2024, 12, 31), Precision.BEFORE),
        ("Avant avril 2025", True, date(2025, 3, 31), Precision.BEFORE),
        ("before 2025", False, date(2024, 12, 31), Precision.BEFORE),
        ("avant le 6 juin 2023", True, date(2023, 6, 5), Precision.BEFORE),
    ],
)
def test_dates_as_people_write_them(text: str, end: bool, day: date, precision: Precision) -> None:
    assert dates.parse(text, end=end) == PartialDate(day, precision)


@pytest.mark.parametrize(
    "text", ["demain", "31/02/2020", "13/2020", "16", "2016-2018", "avant", "0900", "3000", "32 mai 2020"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        dates.parse(text)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        found = dates.parse(text)
    except DomainError:
        return
    assert found is None or dates.FIRST_YEAR - 1 <= found.day.year <= dates.LAST_YEAR


def test_dates_are_shown_in_words() -> None:
    assert dates.show(date(2016, 1, 1), Precision.YEAR) == "2016"
    assert dates.show(date(2023, 4, 30), Precision.MONTH) == "avril 2023"
    assert dates.show(date(2023, 5, 1), Precision.DAY) == "1er mai 2023"
    assert dates.show(date(2024, 12, 31), Precision.BEFORE) == "avant 2025"
    assert dates.show(None, Precision.DAY) == ""


@pytest.mark.parametrize("text", ["081 12 34 56", "081/12.34.56", "+32 81 12 34 56", "0032 81123456"])
def test_a_telephone_number_is_kept_in_one_form(text: str) -> None:
    assert contacts.phone(text) == "+32 81 12 34 56"


@pytest.mark.parametrize("text", ["12", "081", "pas de téléphone", "+32 81 12 34 56 78 90"])
def test_what_cannot_be_dialled_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        contacts.phone(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.exemple.be", "https://www.exemple.be"),
        ("http://exemple.be/a?b=c", "http://exemple.be/a?b=c"),
        (" https://exemple.be ", "https://exemple.be"),
        ("", ""),
    ],
)
def test_a_site_has_its_scheme(text: str, address: str) -> None:
    assert contacts.website(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://exemple.be", "https://a@exemple.be", "exemple",
        "https://ex emple.be", 'https://exemple.be/"onclick', "https://exemple.be:port", "https://[x]/",
        "https://" + "a" * 400 + ".be", "mailto:a@exemple.be",
    ],
)  # fmt: skip
def test_no_other_address_is_kept(text: str) -> None:
    with pytest.raises(DomainError):
        contacts.website(text)


@pytest.mark.parametrize(
    "text", ["a@b", "a@exemple.be, c@exemple.be", "a@exemple.be\nBcc: c@exemple.be", "exemple"]
)
def test_one_complete_address_or_none(text: str) -> None:
    with pytest.raises(DomainError):
        contacts.email(text)


def test_names_are_compared_without_accents_and_legal_form() -> None:
    assert names.key("Lire et Écrire Namur, asbl") == names.key("LIRE ET ECRIRE NAMUR")
    assert names.key("asbl") == "asbl"
    assert (
        names.search_text("Carrefour asbl", "CC", "Le Cercle\n") == "carrefour asbl\ncarrefour\ncc\nle cercle"
    )
