"""Whatever people write or send: nothing is fetched, no file is read, what is printed can be read (S5)."""

import dataclasses
import http.server
import io
import json
import struct
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from memoranda import check, content, page, pdf, pictures
from memoranda.content import (
    Chapter,
    Consultation,
    Dropped,
    Edition,
    Figure,
    Origin,
    Picture,
    Question,
    Section,
    Signatory,
    Sponsor,
    Term,
)
from memoranda.errors import ContentError
from tests.memoranda import sample

BUILD = """
import json, pathlib, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from memoranda import content, page, pdf
edition = content.from_json(sys.stdin.read())
del opened[:]
written = pdf.build(edition, fonts_folder=pathlib.Path(sys.argv[1]))
html = page.to_html(edition)
pathlib.Path(sys.argv[2]).write_bytes(written)
print(json.dumps([opened, html]))
"""


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    """Listen on loopback: the address, and whatever is asked there."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


class Sources(HTMLParser):
    """Read what the elements of a page would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fetched = {"src", "srcset", "data", "poster", "xlink:href", "style", "background"}
        self.found += [str(value) for name, value in attrs if name in fetched]
        if tag != "a":
            self.found += [str(value) for name, value in attrs if name == "href"]


def hostile(address: str) -> str:
    """Return a text that asks for an address and for a file in every way that we know."""
    return "\n\n".join(
        f'![x]({a}) [x]({a}) <img src="{a}"> <link rel=attachment href="{a}"> '
        f'<link rel=stylesheet href="{a}"> <style>@import url({a}); @font-face {{ font-family: "x"; '
        f"src: url({a}) }} p {{ background: url({a}) }}"
        f'</style> <svg><image href="{a}"/></svg> <object data="{a}"></object> [^1]: <iframe src="{a}">'
        for a in (address, "file:///etc/passwd", "bundled:../../secret")
    )


def drawing(address: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'viewBox="0 0 9 9">'
        f'<image href="{address}" xlink:href="{address}"/><use href="{address}#a"/>'
        f"<style>@import url({address}); @font-face {{ font-family: x; src: url({address}) }}</style>"
        f'<foreignObject><img src="{address}"/></foreignObject><script href="{address}"/>'
        f'<rect width="9" height="9" fill="url({address}#a)" style="fill:url({address})" '
        f'filter="url({address})"/>'
        f'<text font-family="url({address})">Un dessin</text><a href="{address}"><circle r="1"/></a></svg>'
    )


def everywhere(text: str, svg: str) -> Edition:
    """Return an edition with a text in every field that takes one, and a drawing in every place for one."""
    short = text[:290]
    item = sample.item(
        1, short, text=text, finding=text, justification=text, indicator=text, plain=text, short=short,
        theme=short, right=short, bearers=(short,), beneficiaries=(short,), priority=1, is_cross_cutting=True,
        origins=(Origin(text=text, url=short),), authorities=(content.Authority(code=short, label=short),),
        testimonies=(content.Testimony(text=text, who=short, may_post=True),),
        levels=(content.Level(code="commune", label=short),),
        descent=content.Descent(kind="repeated", since=2019, earlier=short),
    )  # fmt: skip
    picture = Picture(kind="coverage", svg=svg, caption=short, alternative=short, source=short)
    sections = [
        dataclasses.replace(content.usual(kind), title=short, text=text, figures=(picture,))
        for kind in content.USUAL_SECTIONS
    ]
    own = Section(kind="own", anchor="partie-x", title=short, text=text)
    chapter = Chapter(anchor="un", title=short, introduction=text, items=(item,), figures=(picture,))
    return sample.edition(
        title=short, subtitle=short, network=short, version=short, election=short, territory=short,
        addressees=short, preamble=text, contact=text, credits=text, chapters=(chapter,),
        sections=(*sections, own), figure=Figure(svg=svg, caption=short, alternative=short),
        signatories=(Signatory(name=short, commune=short),), sponsors=(Sponsor(name=short, mention=short),),
        sources=(Origin(text=text, url=short),), glossary=(Term(term=short, definition=text),),
        consultations=(Consultation(what=short, when=short),), questions=(Question(text=short),),
        dropped=(Dropped(number=short, title=short, year=2019, why=text),), variant_title=short,
    )  # fmt: skip


@pytest.mark.parametrize("layout", content.LAYOUTS)
def test_no_address_is_asked_and_no_file_is_read_for_what_people_write(
    listening: tuple[str, list[str]], layout: str, fonts_folder: Path, tmp_path: Path
) -> None:
    address, asked = listening
    edition = dataclasses.replace(everywhere(hostile(address), drawing(address)), layout=layout)
    told = subprocess.run(
        [sys.executable, "-c", BUILD, fonts_folder, tmp_path / "out.pdf"],
        input=content.to_json(edition), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    opened, html = json.loads(told.stdout)
    assert asked == []
    root = str(Path(pdf.__file__).parents[1])
    allowed = (root, sys.prefix, sys.base_prefix, str(fonts_folder), tempfile.gettempdir(), "/dev/")
    assert [name for name in opened if not name.startswith(allowed) and not name.isdecimal()] == []
    written = (tmp_path / "out.pdf").read_bytes()
    reader = pypdf.PdfReader(io.BytesIO(written))
    text = "".join(reader.pages[number].extract_text() for number in range(len(reader.pages)))
    assert "root:" not in text + html
    assert "@font-face" in text  # it is printed as the text that it is
    assert not reader.attachments
    assert check.problems(written) == []
    lowered = html.casefold()
    for tag in ("<script", "<style", "<iframe", "<object", "<link", "<image", "<foreignobject", "<use"):
        assert tag not in lowered
    assert all(source.startswith("data:image/png") for source in Sources(html).found)


def test_the_listener_hears_whoever_asks(listening: tuple[str, list[str]]) -> None:
    """A control: without it, the silence above would prove nothing."""
    import urllib.request  # noqa: PLC0415 - here alone

    address, asked = listening
    urllib.request.urlopen(f"{address}/x").close()  # noqa: S310 - our own listener
    assert asked == ["/x"]


# --- Images -------------------------------------------------------------------------------------


def one_bit(width: int, height: int) -> bytes:
    """Write a PNG of one bit a pixel: huge once decoded, small as it is sent."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + bytes(-(-width // 8))
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(row * height, 9)), chunk(b"IEND", b""))
    )


ENCODE = """
import resource, sys
from memoranda import pictures
from memoranda.errors import ContentError
pictures.MOST_PIXELS = int(sys.argv[1])
pictures.Image.MAX_IMAGE_PIXELS = None
data = sys.stdin.buffer.read()
limit = 400 * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    print(len(pictures.encode(data, side=1000, name="Le logo")))
except ContentError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("most", "words"), [(20_000_000, "dépasse 20 millions de pixels"), (10**9, "Memory")]
)
def test_an_image_of_168_million_pixels_is_refused_before_it_takes_any_memory(most: int, words: str) -> None:
    """The second case is a control: decoded, it breaks the limit of memory."""
    told = subprocess.run(
        [sys.executable, "-c", ENCODE, str(most)],
        input=one_bit(14_000, 12_000),
        capture_output=True,
        check=False,
    )
    assert words in (told.stdout + told.stderr).decode()


@pytest.mark.parametrize(
    "data",
    [
        drawing("file:///etc/passwd").encode(),
        b"GIF89a" + bytes(40),
        b"%PDF-1.7",
        b"",
        b"BM" + bytes(60),
    ],
)
def test_what_is_no_image_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ContentError, match="n’est pas une image lisible"):
        pictures.encode(data, side=100, name="Le logo")


def test_images_are_encoded_anew_with_nothing_but_their_pixels() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret: 50.41N 4.44E"
    Image.new("RGB", (3000, 1500), "#0f5c5c").save(out, "JPEG", exif=exif, comment=b"secret too")
    assert b"secret" in out.getvalue()
    encoded = pictures.encode(out.getvalue() + b"secret tail", side=1000, name="x")
    assert b"secret" not in encoded
    with Image.open(io.BytesIO(encoded)) as image:
        assert (image.format, image.size) == ("PNG", (1000, 500))


def test_a_broken_logo_is_told_with_whose_it_is(fonts_folder: Path) -> None:
    edition = sample.edition(sponsors=(Sponsor(name="Wallonie", logo=b"<svg/>"),))
    with pytest.raises(ContentError, match="Le logo de « Wallonie » n’est pas une image lisible"):
        pdf.build(edition, fonts_folder=fonts_folder)


# --- Texts that are hard to print ---------------------------------------------------------------


def printed(fonts_folder: Path, **changes: object) -> list[str]:
    """Print one recommendation; return the text of the pages of its chapter, once the tags are checked."""
    chapter = Chapter(anchor="un", title="Un", items=(sample.item(1, **changes),))
    edition = sample.edition(chapters=(chapter,), figure=None)
    written = pdf.build(edition, fonts_folder=fonts_folder)
    assert check.problems(written) == []
    reader = pypdf.PdfReader(io.BytesIO(written))
    first, last = (
        reader.get_destination_page_number(reader.named_destinations[anchor])
        for anchor in ("un", "niveaux-de-pouvoir")
    )
    return [reader.pages[number].extract_text() for number in range(first, last)]


def test_a_word_of_10_000_letters_stays_within_the_page(fonts_folder: Path) -> None:
    word = "".join(chr(97 + number % 26) for number in range(10_000))
    pages = printed(fonts_folder, text=word, title=word[:300], bearers=(word[:400],))
    letters = "".join("".join(pages).replace("\u200b", "").split())
    lines = [line for text in pages for line in text.splitlines()]
    assert max(map(len, lines)) < 130
    assert letters.count("abcdefghijklmnopqrstuvwxyz") >= 10_000 // 26 - len(pages)


def test_names_from_right_to_left_are_printed_in_their_own_letters(fonts_folder: Path) -> None:
    pages = printed(fonts_folder, title="جمعية النور", bearers=("رابطة 2", "Association d’exemple"))
    text = " ".join(" ".join(pages).split())
    assert set("جمعيةالنور") <= set(text)
    assert "Association d’exemple" in text


def test_paragraphs_from_right_to_left_stand_from_the_right(fonts_folder: Path) -> None:
    text = "السكن\n\n- السكن\n\nLe logement"
    chapter = Chapter(
        anchor="un", title="Un", items=(sample.item(1, text=text, finding="", justification=""),)
    )
    written = pdf.build(sample.edition(chapters=(chapter,), figure=None), fonts_folder=fonts_folder)
    assert check.problems(written) == []
    places: dict[str, list[float]] = {"arabic": [], "french": []}

    def see(words: str, _user: list[float], matrix: list[float], *_: object) -> None:
        if "logement" in words:
            places["french"].append(matrix[4])
        elif "س" in words or "ﺴ" in words or "ﺳ" in words:
            places["arabic"].append(matrix[4])

    reader = pypdf.PdfReader(io.BytesIO(written))
    reader.pages[reader.get_destination_page_number(reader.named_destinations["un"])].extract_text(
        visitor_text=see
    )
    assert len(places["arabic"]) == 2
    assert min(places["arabic"]) > 300 > max(places["french"])


def test_a_sign_that_no_font_draws_is_told_before_building(fonts_folder: Path) -> None:
    with pytest.raises(
        ContentError, match=r"Recommandation 1 .* « 🙂 » \(U\+1F642\) ne peut pas être imprimé"
    ):
        printed(fonts_folder, text="Merci 🙂")


def test_a_title_of_40_lines_is_printed_whole(fonts_folder: Path) -> None:
    title = "\n".join(f"l. {number}" for number in range(40))
    text = " ".join(" ".join(printed(fonts_folder, title=title)).split())
    assert " ".join(title.split()) in text


def notes(number: int) -> str:
    calls = " ".join(f"mot[^{n}]" for n in range(1, number + 1))
    return calls + "".join(f"\n\n[^{n}]: Note n° {n}." for n in range(1, number + 1))


def test_400_notes_called_on_one_page_are_all_printed_once(fonts_folder: Path) -> None:
    text = " ".join(" ".join(printed(fonts_folder, text=notes(400), finding="", justification="")).split())
    assert [text.count(f"Note n° {n}.") for n in range(1, 401)] == [1] * 400


def test_more_notes_than_that_are_told_before_building(fonts_folder: Path) -> None:
    with pytest.raises(ContentError, match="« Un »\\) : 401 notes, plus que les 400 permises"):
        printed(fonts_folder, text=notes(401))


def test_an_empty_chapter_is_told_before_building(fonts_folder: Path) -> None:
    chapters = (*sample.edition().chapters, Chapter(anchor="vide", title="Vide"))
    with pytest.raises(ContentError, match="« Vide »\\) : aucune recommandation"):
        pdf.build(sample.edition(chapters=chapters), fonts_folder=fonts_folder)


def test_the_page_of_such_an_edition_has_one_main_heading_below_it_and_unique_anchors() -> None:
    html = page.to_html(everywhere(hostile("http://a.example"), drawing("http://a.example")))
    ids = [piece.split('"')[0] for piece in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
