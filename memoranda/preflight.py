"""What an author should mend before an edition is printed, and the words that would keep it from being.

All that can't be printed is told by `content.validate` and `pdf.check_content`, once it is built.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image

from memoranda import content, fonts, markdown, plain
from memoranda.content import Chapter, Edition, Item, Picture, Section

LONG_TITLE = 120
LONGEST_WORD = 200
MANY_NOTES = 30
FEWEST_PIXELS = 900
FEWEST_LOGO_PIXELS = 200
_NAMED = 8

_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s", re.MULTILINE)
_ACRONYM = re.compile(r"(?<![\w/-])[A-ZÉÈ]{3,8}(?![\w/-])")
_ROMAN = re.compile(r"[IVXLCDM]+")
_VAGUE = re.compile(r"\[(?:ici|cliquez ici|lien|ce lien|ce site|en savoir plus|voir)\]\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at: the anchor of the part it stands in ("" for the whole), and a French sentence."""

    anchor: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A Markdown text of the edition: where it stands, what it is called, its words."""

    anchor: str
    name: str
    text: str


def remarks(edition: Edition, fonts_folder: Path | None = None) -> tuple[Remark, ...]:
    """Return what is to be looked at, in the order of the document, then for the whole.

    With the folder of the fonts, also which signs none of them can draw.
    """
    return tuple(_remarks(edition, fonts_folder))


def _remarks(edition: Edition, fonts_folder: Path | None) -> Iterator[Remark]:
    for section in edition.sections:
        yield from _section_remarks(section)
    for chapter in edition.chapters:
        yield from _chapter_remarks(chapter)
    for text in _texts(edition):
        for check in _OF_TEXTS:
            yield from check(text)
    yield from _bad_text_remarks(edition)
    yield from _network_remarks(edition)
    yield from _logo_remarks(edition)
    yield from _glossary_remarks(edition)
    if fonts_folder is not None:
        yield from _sign_remarks(edition, fonts_folder)


# --- Parts, chapters, figures -------------------------------------------------------------------


def _section_remarks(section: Section) -> Iterator[Remark]:
    name = f"Partie « {section.title} »"
    if section.kind == content.OWN and not section.text.strip() and not section.figures:
        yield Remark(section.anchor, f"{name} : elle est vide et ne paraîtra pas.")
    yield from _title_remarks(section.anchor, name, section.title)
    yield from _picture_remarks(section.anchor, name, section.figures)


def _chapter_remarks(chapter: Chapter) -> Iterator[Remark]:
    name = f"Chapitre « {chapter.title} »"
    if not chapter.items:
        yield Remark(chapter.anchor, f"{name} : il ne contient aucune recommandation.")
    yield from _title_remarks(chapter.anchor, name, chapter.title)
    for item in chapter.items:
        yield from _title_remarks(item.anchor, content.name_of(item), item.title)
    yield from _picture_remarks(chapter.anchor, name, chapter.figures)
    notes = sum(markdown.calls(text.text) for text in _texts_of_chapter(chapter))
    if notes > content.MOST_NOTES:
        yield Remark(
            chapter.anchor, f"{name} : il a {notes} notes, plus que les {content.MOST_NOTES} permises."
        )


def _title_remarks(anchor: str, name: str, title: str) -> Iterator[Remark]:
    if len(title) > LONG_TITLE:
        yield Remark(
            anchor, f"{name} : le titre est long ({len(title)} caractères) ; au-delà de {LONG_TITLE}, "
            "il prend trop de place dans les tables.",
        )  # fmt: skip


def _picture_remarks(anchor: str, name: str, pictures: tuple[Picture, ...]) -> Iterator[Remark]:
    for position, picture in enumerate(pictures, start=1):
        own = f"{name}, figure {position}"
        if not picture.alternative.strip():
            yield Remark(anchor, f"{own} : le texte de remplacement manque.")
        if not picture.source.strip():
            yield Remark(anchor, f"{own} : la source manque.")
        if picture.png is not None:
            yield from _size_remarks(anchor, own, picture.png, FEWEST_PIXELS)


def _size_remarks(anchor: str, name: str, data: bytes, fewest: int) -> Iterator[Remark]:
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            width = image.width  # the header says it: nothing is decoded
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        yield Remark(anchor, f"{name} : ce n’est pas une image lisible (PNG, JPEG, WebP).")
        return
    if width < fewest:
        yield Remark(anchor, f"{name} : l’image est petite ({width} pixels de large ; il en faut {fewest}).")


def _network_remarks(edition: Edition) -> Iterator[Remark]:
    if edition.figure is not None and not edition.figure.alternative.strip():
        yield Remark("reseau", "Figure du réseau : le texte de remplacement manque.")


def _logo_remarks(edition: Edition) -> Iterator[Remark]:
    holders: tuple[content.Signatory | content.Sponsor, ...] = (*edition.signatories, *edition.sponsors)
    for holder in holders:
        if holder.logo is not None:
            yield from _size_remarks("", f"Logo de « {holder.name} »", holder.logo, FEWEST_LOGO_PIXELS)
    if edition.logo is not None:
        yield from _size_remarks("", "Logo du réseau", edition.logo, FEWEST_LOGO_PIXELS)


# --- Texts --------------------------------------------------------------------------------------


def _texts(edition: Edition) -> Iterator[_Text]:
    for section in edition.sections:
        yield _Text(section.anchor, f"Partie « {section.title} »", section.text)
    for chapter in edition.chapters:
        yield from _texts_of_chapter(chapter)


def _texts_of_chapter(chapter: Chapter) -> Iterator[_Text]:
    yield _Text(chapter.anchor, f"Chapitre « {chapter.title} »", chapter.introduction)
    for item in chapter.items:
        yield from _texts_of_item(item)


def _texts_of_item(item: Item) -> Iterator[_Text]:
    name = content.name_of(item)
    for part, text in (
        ("constat", item.finding), ("demande", item.text), ("justification", item.justification),
        ("indicateur", item.indicator), ("français simple", item.plain),
    ):  # fmt: skip
        yield _Text(item.anchor, f"{name}, {part}", text)


def _word_remarks(text: _Text) -> Iterator[Remark]:
    if found := _WORD.search(text.text):
        start = found[0][:30]
        yield Remark(
            text.anchor, f"{text.name} : « {start}… » a {len(found[0])} caractères sans espace ; il sera "
            "coupé n’importe où.",
        )  # fmt: skip


def _heading_remarks(text: _Text) -> Iterator[Remark]:
    levels = [len(found[1]) for found in _HEADING.finditer(text.text)]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield Remark(
                text.anchor, f"{text.name} : un intertitre de niveau {after} suit un intertitre de niveau "
                f"{before} ; écrivez-le avec {before + 1} signes #.",
            )  # fmt: skip
            return


def _note_remarks(text: _Text) -> Iterator[Remark]:
    lost = markdown.uncalled(text.text)
    if lost:
        labels = ", ".join(f"[^{label}]" for label in lost[:_NAMED])
        yield Remark(text.anchor, f"{text.name} : notes sans texte, ou sans appel : {labels}.")
    if markdown.calls(text.text) > MANY_NOTES:
        yield Remark(
            text.anchor, f"{text.name} : plus de {MANY_NOTES} notes ; elles prendront la place du texte."
        )  # fmt: skip


def _link_remarks(text: _Text) -> Iterator[Remark]:
    if _VAGUE.search(text.text):
        yield Remark(text.anchor, f"{text.name} : un lien ne dit pas où il mène ; nommez la page.")


_OF_TEXTS: tuple[Callable[[_Text], Iterator[Remark]], ...] = (
    _word_remarks, _heading_remarks, _note_remarks, _link_remarks,
)  # fmt: skip


# --- Words, signs -------------------------------------------------------------------------------


def _glossary_remarks(edition: Edition) -> Iterator[Remark]:
    words = "\n".join(_prose(edition))
    folded = words.casefold()
    for term in edition.glossary:
        if not re.search(rf"(?<!\w){re.escape(term.term.casefold())}", folded):
            yield Remark("glossaire", f"Glossaire : « {term.term} » n’est utilisé nulle part.")
    if not edition.glossary:
        return
    defined = " ".join(f"{term.term} {term.definition}" for term in edition.glossary)
    used = dict.fromkeys(found for found in _ACRONYM.findall(words) if not _ROMAN.fullmatch(found))
    lacking = [word for word in used if word not in defined]
    if lacking:
        more = f" et {len(lacking) - _NAMED} autres" if len(lacking) > _NAMED else ""
        yield Remark("glossaire", f"Glossaire : il n’explique pas {', '.join(lacking[:_NAMED])}{more}.")


def _prose(edition: Edition) -> Iterator[str]:
    """Yield what the network says, and nothing of what others are called."""
    yield from (edition.title, edition.subtitle, edition.preamble)
    for section in edition.sections:
        yield section.title
    for chapter in edition.chapters:
        yield from (chapter.title, *(item.title for item in chapter.items))
    for text in _texts(edition):
        yield text.text


def _sign_remarks(edition: Edition, fonts_folder: Path) -> Iterator[Remark]:
    for anchor, name, thing in content.things(edition):
        seen = map(plain.without_invisible, plain.texts(thing))
        signs = "".join(fonts.unprintable(seen, fonts_folder))
        if signs:
            yield Remark(anchor, f"{name} : {_signs(signs)} ne peuvent pas être imprimés.")


def _bad_text_remarks(edition: Edition) -> Iterator[Remark]:
    for anchor, name, thing in content.things(edition):
        for problem in plain.text_problems(anchor, name, thing):
            yield Remark(anchor, problem.sentence)


def _signs(signs: str) -> str:
    return "les signes " + " ".join(f"« {sign} »" for sign in signs[:_NAMED])
