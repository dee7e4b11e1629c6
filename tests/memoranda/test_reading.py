"""Reading the words of a PDF that somebody handed in, whatever was put into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoranda.errors import BuildStoppedError
from memoranda.reading import Page, ReadingError, Unreadable, read_apart, tidy
from memoranda.sandbox import Limits
from tests import pdfs


def read(content: bytes, limits: Limits | None = None) -> list[Page]:
    """Return the pages of a file."""
    return read_apart(
        content, on_page=lambda _read, _all: None, should_stop=lambda: False, limits=limits or LIMITS
    )


LIMITS = Limits(seconds=60, cpu_seconds=50, memory_mib=1024, file_mib=1)


def test_pages_come_with_their_words_and_printed_numbers() -> None:
    told: list[tuple[int, int]] = []
    content = pdfs.printed("<p>Former les guichets.</p>", "<p>Étendre l’accueil.</p>", labels="/r")
    pages = read_apart(
        content, on_page=lambda *each: told.append(each), should_stop=lambda: False, limits=LIMITS
    )
    assert pages == [Page(1, "i", "Former les guichets."), Page(2, "ii", "Étendre l’accueil.")]
    assert told == [(1, 2), (2, 2)]
    assert [page.label for page in read(pdfs.printed("<p>Un</p>"))] == [""]


def test_a_scan_has_pages_without_words() -> None:
    assert read(pdfs.scan(2)) == [Page(1, "", ""), Page(2, "", "")]


def test_what_is_locked_against_changes_alone_is_read() -> None:
    assert read(pdfs.locked(""))[0].text == "Des mots que personne ne lit sans clé."
    with pytest.raises(ReadingError) as problem:
        read(pdfs.locked("secret"))
    assert problem.value.why == Unreadable.ENCRYPTED


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7\nnothing\n%%EOF", Unreadable.BROKEN),
        (pdfs.scan()[:200] + b"%%EOF", Unreadable.BROKEN),
        (pdfs.scan(601), Unreadable.PAGES),
    ],
    ids=["nothing", "cut", "too many pages"],
)
def test_what_cannot_be_read_says_why(content: bytes, why: Unreadable) -> None:
    with pytest.raises(ReadingError) as problem:
        read(content)
    assert problem.value.why == why


def test_what_unpacks_for_ever_is_not_unpacked() -> None:
    content = pdfs.bomb(lines=6_000_000)
    assert len(content) < 1_000_000
    with pytest.raises(ReadingError) as problem:
        read(content)
    assert problem.value.why == Unreadable.BROKEN


@pytest.mark.parametrize(
    "limits",
    [
        Limits(seconds=60, cpu_seconds=1, memory_mib=1024, file_mib=1),
        Limits(seconds=0.5, cpu_seconds=50, memory_mib=1024, file_mib=1),
        Limits(seconds=60, cpu_seconds=50, memory_mib=150, file_mib=1),
    ],
    ids=["processor", "clock", "memory"],
)
def test_who_takes_too_much_is_ended_alone(limits: Limits) -> None:
    with pytest.raises(ReadingError) as problem:
        read(pdfs.bomb(lines=1_000_000), limits)
    assert problem.value.why == Unreadable.TIME


def test_it_stops_when_told() -> None:
    with pytest.raises(BuildStoppedError):
        read_apart(pdfs.scan(), on_page=lambda _read, _all: None, should_stop=lambda: True, limits=LIMITS)


@given(st.text(st.characters(codec=None, categories=None)))
def test_words_can_always_be_stored(text: str) -> None:
    clean = tidy(text)
    assert "\x00" not in clean
    assert clean.encode("utf-8").decode("utf-8") == tidy(clean)
