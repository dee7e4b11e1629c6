"""The restricted Markdown people write, as HTML that is safe for the web page and for print alike.

No HTML, no image, no table: paragraphs, headings, lists, quotations, emphasis, footnotes and links to
web addresses (shown, never fetched). Headings are shifted under the heading that holds the text, and
never skip a level, so that the order of headings stays right (PDF/UA, WCAG 1.3.1).
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

DEEPEST_NESTING = 12
LOWEST_HEADING = 6
LONGEST_WORD = 80
FEW_MARKS = 4  # a mark nests at most two levels (a list and its item), in a paragraph

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code", "h3", "h4", "h5", "h6"}
_NOTE_TAGS = {"sup", "foot-note"}
_SCHEMES = {"http", "https", "mailto"}
_TURNED = {tag: {"dir"} for tag in ("p", "li", "h3", "h4", "h5", "h6")}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}} | _TURNED
_NOTE_ATTRIBUTES = _ATTRIBUTES | {
    "a": {"href", "id", "class", "aria-label"}, "sup": {"class"}, "foot-note": {"data-number"},
}  # fmt: skip


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 4 * DEEPEST_NESTING}).disable(
        ["image", "html_block", "html_inline", "code", "fence", "hr"]
    )
    footnote_plugin(parser, inline=False)
    parser.add_render_rule("footnote_ref", _call)
    return parser


def _call(_renderer: object, tokens: Sequence[Token], at: int, _options: object, env: Any) -> str:
    """Render where a note is called: by what the text's medium asks for."""
    meta = tokens[at].meta
    called: str = env["call"](int(meta["id"]), int(meta.get("subId", 0)), str(meta.get("label", "")))
    return called


_PARSER = _parser()

# What opens a list, a quotation, an emphasis, a link; in a list of numbers the sign after the number.
_MARK = re.compile(r"[>*+\-_\[<#]|\d[.)]")
_ENDLESS = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_PIECE = re.compile(r"\S{20}")
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_SPACED = re.compile(r"[;!?:«»]")
_BEFORE_SIGN = re.compile(r"(?<=\S) (?=[;!?](?:\s|$|[)»\]]))")
_BEFORE_COLON = re.compile(r"(?<=\S) (?=:(?:\s|$))")


class Medium(StrEnum):
    """Where the notes of a text go: below it, to the end of its chapter on a page, to the foot of a sheet."""

    BELOW = "below"
    PAGE = "page"
    SHEET = "sheet"


@dataclass(slots=True)
class Notes:
    """The footnotes of a chapter or of a part, numbered through all its texts.

    `mark` begins the identifiers of notes on a page, where each stands once.
    """

    medium: Medium
    mark: str = ""
    bodies: list[str] = field(default_factory=list)

    def to_html(self, text: str, *, under: int) -> str:
        """Render a text of the chapter; its notes are kept, or stand at the foot of the sheet."""
        html, bodies = _rendered(text, under, self.medium, self.mark, len(self.bodies) + 1)
        self.bodies += bodies
        return html

    @property
    def listed(self) -> list[tuple[int, str, str]]:
        """Return (number, identifier, HTML) of the notes that a page lists."""
        return [
            (number, f"{self.mark}-note-{number}", body) for number, body in enumerate(self.bodies, start=1)
        ]


def to_html(text: str, *, under: int) -> str:
    """Render Markdown below a heading of level `under` (2 to 6). Returns HTML, empty for no text.

    Its footnotes stand below it, in a list.
    """
    html, bodies = _rendered(text, under, Medium.BELOW, "", 1)
    if not bodies:
        return html
    items = "".join(f"<li>{body}</li>" for body in bodies)
    return f'{html}\n<ol class="memo-notes">{items}</ol>'


@functools.lru_cache(maxsize=256)  # the same text gives the same HTML, and a page is looked at often
def _rendered(text: str, under: int, medium: Medium, mark: str, first: int) -> tuple[str, tuple[str, ...]]:
    """Return the HTML of a text and of its notes, numbered from `first`."""
    env: dict[str, Any] = {}
    tokens = _PARSER.parse(typography(text), env)
    _divide(tokens)
    tokens, notes = _apart(tokens)
    _turn(tokens)
    _shift_headings(tokens, under)
    env["call"] = lambda _number, _again, label: escape(f"[^{label}]")
    bodies = tuple(_clean(_PARSER.renderer.render(note, _PARSER.options, env)) for note in notes)
    env["call"] = _caller(medium, mark, first, bodies)
    rendered = _PARSER.renderer.render(tokens, _PARSER.options, env)
    return _clean(rendered, with_notes=bool(notes)), bodies


def _clean(html: str, *, with_notes: bool = False) -> str:
    return nh3.clean(
        html,
        tags=_TAGS | _NOTE_TAGS if with_notes else _TAGS,
        attributes=_NOTE_ATTRIBUTES if with_notes else _ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    ).strip()


def _caller(medium: Medium, mark: str, first: int, bodies: Sequence[str]) -> Any:
    """Return what writes the call of a note: its number; its words, once, where they go to the foot."""

    def call(note: int, again: int, _label: str) -> str:
        number = first + note
        if medium == Medium.SHEET and not again:
            return f'<foot-note data-number="{number}">{bodies[note]}</foot-note>'
        if medium == Medium.PAGE:
            own = "" if again else f' id="{mark}-call-{number}"'
            words = f'class="memo-call" href="#{mark}-note-{number}" aria-label="Note {number}"'
            return f"<sup><a{own} {words}>{number}</a></sup>"
        return f'<sup class="memo-call">{number}</sup>'

    return call


def _apart(tokens: list[Token]) -> tuple[list[Token], list[list[Token]]]:
    """Take the notes out of a text: what is written in them, whatever paragraphs or lists hold it."""
    start = next((at for at, token in enumerate(tokens) if token.type == "footnote_block_open"), len(tokens))
    notes: list[list[Token]] = []
    for token in tokens[start:]:
        if token.type == "footnote_open":
            notes.append([])
        elif token.type == "inline" and notes:
            if notes[-1]:
                notes[-1].append(Token("text", "", 0, content=" "))
            notes[-1].append(token)
    return tokens[:start], notes


def calls(text: str) -> int:
    """Return how many notes a text calls."""
    if "[^" not in text:
        return 0
    return len(_apart(_PARSER.parse(text))[1])


def uncalled(text: str) -> list[str]:
    """Return the labels of notes that are called and lack, or are written and never called."""
    if "[^" not in text:
        return []
    env: dict[str, Any] = {}
    _PARSER.parse(text, env)
    written = {label.removeprefix(":"): at for label, at in env.get("footnotes", {}).get("refs", {}).items()}
    called = set(re.findall(r"\[\^([^\]\s]+)\](?!:)", text))
    return sorted({label for label, at in written.items() if at < 0} | (called - written.keys()))


def is_too_deep(text: str) -> bool:
    """Say whether lists, quotations or emphasis stand in each other too deep to be laid out safely."""
    if len(text) <= FEW_MARKS or len(_MARK.findall(text)) <= FEW_MARKS:
        return False
    tokens = _PARSER.parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    return any(token.level > DEEPEST_NESTING for token in (*tokens, *inline))


def typography(text: str) -> str:
    """Put the non-breaking spaces French asks for where an ordinary space was typed."""
    if not _SPACED.search(text):
        return text
    text = _BEFORE_SIGN.sub("\u202f", text)
    text = _BEFORE_COLON.sub("\u00a0", text)
    return text.replace("« ", "«\u00a0").replace(" »", "\u00a0»")


def is_leftward(text: str) -> bool:
    """Say whether a text is written from right to left: whether its first letter is."""
    if not _LEFTWARD.search(text):
        return False
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((one for one in directions if one in {"L", "R", "AL"}), "L") != "L"


def divided(text: str) -> str:
    """Let a word of more than 80 letters break every 20: no line holds it, and finding a break takes long."""
    if len(text) <= LONGEST_WORD:
        return text
    return _ENDLESS.sub(lambda word: _PIECE.sub("\\g<0>\u200b", word[0]), text)


def _divide(tokens: Sequence[Token]) -> None:
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = divided(child.content)


def _turn(tokens: Sequence[Token]) -> None:
    """Say which way each paragraph, heading and item of a list runs, where one runs from right to left."""
    around = list(itertools.pairwise(tokens))
    held = [(opening, is_leftward(line.content)) for opening, line in around if line.type == "inline"]
    if not any(leftward for _opening, leftward in held):
        return
    for opening, leftward in held:
        opening.attrSet("dir", "rtl" if leftward else "ltr")
    for item, first in around:
        if item.type == "list_item_open" and first.attrs.get("dir"):
            item.attrSet("dir", str(first.attrs["dir"]))


def _shift_headings(tokens: list[Token], under: int) -> None:
    """Give each heading the level its depth among the text's own headings asks for."""
    written: list[int] = []
    for token in tokens:
        if token.type not in {"heading_open", "heading_close"}:
            continue
        if token.type == "heading_open":
            level = int(token.tag[1])
            while written and written[-1] >= level:
                written.pop()
            written.append(level)
        token.tag = f"h{min(under + len(written), LOWEST_HEADING)}"
