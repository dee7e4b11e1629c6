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
