import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoranda import markdown


def test_headings_follow_the_one_above_and_skip_no_level() -> None:
    html = markdown.to_html("#### Un\n\n###### Deux\n\n# Trois", under=2)
    assert html.split("\n") == ["<h3>Un</h3>", "<h4>Deux</h4>", "<h3>Trois</h3>"]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("<script>alert(1)</script>", "<script"),
        ('<link rel="attachment" href="file:///etc/passwd">', "<link"),
        ("![x](http://attacker.example/x.png)", "<img"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](file:///etc/passwd)", "href"),
        ("[x](data:text/html,hello)", "href"),
        ("<b onclick=x>gras</b>", "<b "),
    ],
)
def test_no_html_image_or_strange_link_comes_through(text: str, absent: str) -> None:
    assert absent not in markdown.to_html(text, under=3)


def test_links_to_the_web_and_emphasis_are_kept() -> None:
    html = markdown.to_html("[**ici**](https://memo.example/)", under=3)
    assert '<a href="https://memo.example/" rel="noopener nofollow"><strong>ici</strong></a>' in html


def test_french_spaces_do_not_break() -> None:
    assert markdown.typography("Quoi ? « Oui » : là ; voilà !") == (
        "Quoi\u202f? «\u00a0Oui\u00a0»\u00a0: là\u202f; voilà\u202f!"
    )


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>&\"'[]()!*_#>-`\n abé:/", max_size=120))
def test_only_known_tags_ever_come_out(text: str) -> None:
    html = markdown.to_html(text, under=3)
    for piece in html.split("<")[1:]:
        name = piece.lstrip("/").split(">")[0].split(" ")[0].rstrip("/")
        assert name in markdown._TAGS


@settings(deadline=None)
@given(st.text(st.sampled_from([*">*+-_[<#1.)` \n\t~=]a("]), max_size=40))
def test_a_text_of_few_marks_is_never_too_deep(text: str) -> None:
    tokens = markdown._PARSER.parse(text)
    deepest = max((part.level for token in tokens for part in (token, *(token.children or ()))), default=0)
    assert markdown.is_too_deep(text) == (deepest > markdown.DEEPEST_NESTING)


def test_marks_that_nest_are_counted() -> None:
    assert markdown.is_too_deep("> " * 13 + "profond")
    assert markdown.is_too_deep("1) " * 7 + "profond")
    assert not markdown.is_too_deep("2) " * 4 + "profond")


NOTED = """Un[^1] et **deux**[^b], encore un[^1], et [^x].

[^1]: Une *source*, <b>2019</b> ; voir [^b].

    - et sa suite

[^b]: Une autre.
[^jamais]: Personne ne l’appelle.
"""


def test_notes_are_listed_below_a_text_that_stands_alone() -> None:
    html = markdown.to_html(NOTED, under=2)
    body, _, notes = html.partition("\n<ol")
    assert body == (
        '<p>Un<sup class="memo-call">1</sup> et <strong>deux</strong><sup class="memo-call">2</sup>, '
        'encore un<sup class="memo-call">1</sup>, et [^x].</p>'
    )
    assert notes.count("<li>") == 2
    assert "<em>source</em>, &lt;b&gt;2019&lt;/b&gt;\u202f; voir [^b]. et sa suite" in notes


def test_notes_of_a_chapter_are_numbered_through_all_its_texts() -> None:
    notes = markdown.Notes(markdown.Medium.PAGE, "logement")
    first, second = (notes.to_html(NOTED, under=3) for _ in range(2))
    assert 'id="logement-call-1" class="memo-call" href="#logement-note-1" aria-label="Note 1"' in first
    assert first.count('id="logement-call-1"') == 1
    assert 'href="#logement-note-4"' in second
    assert [(number, mark) for number, mark, _ in notes.listed] == [
        (number, f"logement-note-{number}") for number in range(1, 5)
    ]


def test_on_a_sheet_the_words_of_a_note_stand_where_it_is_called_first() -> None:
    html = markdown.Notes(markdown.Medium.SHEET).to_html(NOTED, under=3)
    assert html.count("<foot-note") == 2
    assert '<foot-note data-number="2">Une autre.</foot-note>' in html
    assert '<sup class="memo-call">1</sup>, et [^x].' in html


def test_notes_are_counted_and_those_that_lack_or_are_never_called_are_told() -> None:
    assert markdown.calls(NOTED) == 2
    assert markdown.uncalled(NOTED) == ["jamais", "x"]
    assert (markdown.calls("Rien."), markdown.uncalled("Rien.")) == (0, [])


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="[]^1a:\n *_<>\"'=()", max_size=120))
def test_notes_let_nothing_else_through(text: str) -> None:
    html = markdown.Notes(markdown.Medium.SHEET).to_html(text, under=3)
    names = {piece.lstrip("/").split(">")[0].split(" ")[0] for piece in html.split("<")[1:]}
    assert names <= markdown._TAGS | markdown._NOTE_TAGS


def test_what_is_written_from_right_to_left_says_so_and_nothing_else_does() -> None:
    html = markdown.to_html("السكن\n\nLe logement (السكن)\n\n- « السكن CPAS\n- Un\n\n# السكن", under=3)
    assert html.replace("\n", "") == (
        '<p dir="rtl">السكن</p><p dir="ltr">Le logement (السكن)</p>'
        '<ul><li dir="rtl">«&nbsp;السكن CPAS</li><li dir="ltr">Un</li></ul><h4 dir="rtl">السكن</h4>'
    )
    for text in ("Le logement (السكن)\n\n2024", "٢٠٢٤"):  # figures alone run neither way
        assert "dir=" not in markdown.to_html(text, under=3)
