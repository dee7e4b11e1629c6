"""What changed between two versions: both texts can be read back from the pieces."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hub.spaces.values import differences
from hub.spaces.values.differences import Kind
from memoranda.minutes.content import Party, Passage, Sitting, Text

SITTING = Sitting(space="Groupe", title="Réunion", day=date(2026, 6, 1), when="lundi 1er juin 2026")
words = st.text(alphabet="ab é\n.", max_size=60)
passages = st.lists(
    st.builds(
        Passage, key=st.sampled_from("123456"), number=st.just("1"), title=st.just("Point"), notes=words
    ),
    max_size=4,
    unique_by=lambda passage: passage.key,
)
texts = st.builds(
    Text, sitting=st.just(SITTING), introduction=words, closing=words,
    passages=passages.map(tuple), next_meeting=words,
)  # fmt: skip


def read(part: differences.Part, *kinds: Kind) -> str:
    return "".join(piece.text for piece in part.pieces if piece.kind in kinds)


@given(texts, texts)
def test_pieces_hold_both_texts(old: Text, new: Text) -> None:
    parts = {part.title: part for part in differences.between(old, new)}
    for title, was, now in (
        ("Introduction", old.introduction, new.introduction),
        ("Pour conclure", old.closing, new.closing),
        ("Prochaine réunion", old.next_meeting, new.next_meeting),
    ):
        if was == now:
            assert title not in parts
        else:
            assert read(parts[title], Kind.SAME, Kind.REMOVED) == was
            assert read(parts[title], Kind.SAME, Kind.ADDED) == now


@given(texts)
def test_nothing_differs_from_itself(text: Text) -> None:
    assert differences.between(text, text) == []


def test_a_point_that_went_and_one_that_came_are_told() -> None:
    gone = Passage(key="1", number="1", title="Budget", notes="Mille.")
    came = Passage(key="2", number="1", title="Locaux", notes="Deux.")
    old, new = Text(sitting=SITTING, passages=(gone,)), Text(sitting=SITTING, passages=(came,))
    found = differences.between(old, new)
    assert [part.title for part in found] == ["1. Locaux", "1. Budget"]
    assert [{piece.kind for piece in part.pieces} for part in found] == [{Kind.ADDED}, {Kind.REMOVED}]


def test_who_was_there_is_compared_line_by_line() -> None:
    ana, bea = Party(organisation="A", people=("Ana",)), Party(organisation="B", people=("Béa",))
    old, new = Text(sitting=SITTING, present=(ana,)), Text(sitting=SITTING, present=(ana, bea))
    (part,) = differences.between(old, new)
    assert part.title == "Qui était là"
    assert "Béa" in read(part, Kind.ADDED)


def test_a_long_rewrite_is_shown_as_a_whole() -> None:
    old = Text(sitting=SITTING, introduction="un " * 4_000)
    new = Text(sitting=SITTING, introduction="deux " * 4_000)
    (part,) = differences.between(old, new)
    assert [piece.kind for piece in part.pieces] == [Kind.REMOVED, Kind.ADDED]
