import io
import logging
import math
import re
import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Any

import pypdf
import pytest
import weasyprint
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.figure import Sheet, on_sheet
from graph.labels import Frame
from graph.layout import Box, Layout, lay_out
from graph.model import Network, NetworkError, Node, Tie, UnknownNodeError, simple_graph
from graph.picture import Changes, draw
from graph.style import FAMILIES
from tests.graph.networks import LEGEND, families_of, network, networks, random_network, shuffled

SVG = "{http://www.w3.org/2000/svg}"
BOX = Box(560, 480)


def picture(whole: Network, **more: Any) -> str:
    arguments = {"title": "Le réseau", "legend": LEGEND, **more}
    return draw(whole, lay_out(whole, BOX), families_of(whole), **arguments)


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def shapes(root: ET.Element) -> list[tuple[float, float, float]]:
    """List centre and reach of every node drawn; those of the legend come last."""
    found = []
    for mark in [*root.iter(f"{SVG}circle"), *root.iter(f"{SVG}polygon")]:
        if mark.tag == f"{SVG}circle":
            found.append(tuple(float(mark.get(name, "nan")) for name in ("cx", "cy", "r")))
            continue
        corners = [tuple(map(float, pair.split(","))) for pair in mark.get("points", "").split()]
        # The centre of the box around a triangle or a star is not its own, yet near enough here.
        x = sum(x for x, _ in corners) / len(corners)
        y = sum(y for _, y in corners) / len(corners)
        found.append((x, y, max(math.dist((x, y), corner) for corner in corners)))
    return found


def frames(root: ET.Element) -> list[Frame]:
    found = []
    for rectangle in root.iter(f"{SVG}rect"):
        x, y, width, height = (float(rectangle.get(name, "nan")) for name in ("x", "y", "width", "height"))
        found.append(Frame(x, y, x + width, y + height))
    return found


@settings(deadline=None, max_examples=60)
@given(networks(), st.text(max_size=30), st.text(max_size=30))
def test_any_text_makes_well_formed_svg(whole: Network, title: str, words: str) -> None:
    root = read(picture(whole, title=title, description=words, legend=dict.fromkeys(LEGEND, words)))
    assert root[0].tag == f"{SVG}title"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "g", "line", "circle", "polygon", "rect", "text")
    }
    assert not any(re.match("on|style|class|href", name) for mark in root.iter() for name in mark.keys())  # noqa: SIM118


def test_labels_are_escaped_and_unprintable_characters_replaced() -> None:
    whole = Network((Node("a", "x", "<b>&\x00"),), ())
    root = read(picture(whole, title="</title><script>alert(1)</script>"))
    assert root[0].text == "</title><script>alert(1)</script>"
    assert "<b>&\ufffd" in [text.text for text in root.iter(f"{SVG}text")]


@settings(deadline=None, max_examples=60)
@given(networks())
def test_no_shape_and_no_label_covers_another(whole: Network) -> None:
    root = read(picture(whole))
    page = Frame(0, 0, float(root.get("width", 0)), float(root.get("height", 0)))
    nodes = [mark for mark in shapes(root) if mark[1] <= BOX.height + 36.5]  # below stands the legend
    assert len(nodes) == len(whole.nodes)
    for (x1, y1, one), (x2, y2, other) in combinations(nodes, 2):
        assert math.hypot(x1 - x2, y1 - y2) > (one + other) * 0.98
    labels = frames(root)
    assert not any(one.meets(other) for one, other in combinations(labels, 2))
    for label in labels:
        assert page.holds(label)
        for x, y, reach in nodes:
            across = max(label.left - x, x - label.right, 0)
            down = max(label.top - y, y - label.bottom, 0)
            assert math.hypot(across, down) > reach


def test_the_best_connected_are_labelled_first_and_isolates_too() -> None:
    star = network(*(("hub", f"leaf{number}") for number in range(9)), alone="z")
    words = [text.text for text in read(picture(star, labels=1)).iter(f"{SVG}text")]
    assert words[:2] == ["HUB", "Z"]
    assert not any(word.startswith("LEAF") for word in words if word)


def test_the_better_connected_is_drawn_larger_and_many_ties_thicker() -> None:
    whole = network(*(("hub", f"leaf{number}") for number in range(9)), ("hub", "leaf0"), ("leaf0", "hub"))
    root = read(
        draw(
            whole,
            lay_out(whole, BOX),
            dict.fromkeys([n.id for n in whole.nodes], "coordination"),
            title="t",
            legend=LEGEND,
        )
    )
    radii = [float(mark.get("r", "nan")) for mark in root.iter(f"{SVG}circle")][:-1]
    assert radii[0] == max(radii) > 2 * min(radii)
    widths = sorted(float(line.get("stroke-width", "nan")) for line in root.iter(f"{SVG}line"))
    assert widths[-1] > 1.5 * widths[0]


def test_the_legend_names_the_families_present_in_the_order_of_the_table() -> None:
    whole = network(("a", "b"), alone="c")
    families = {"a": "party", "b": "coordination", "c": "party"}
    root = read(draw(whole, lay_out(whole, BOX), families, title="t", legend=LEGEND))
    groups = root.findall(f"{SVG}g")
    assert [text.text for text in groups[-1]] == ["Famille coordination", "Famille party"]
    assert [mark.get("fill") for mark in groups[-2]] == [
        FAMILIES["coordination"].colour,
        FAMILIES["party"].colour,
    ]


def test_the_same_network_makes_the_same_bytes() -> None:
    whole = random_network(2, 80, 110)
    assert picture(shuffled(whole, 1)) == picture(whole)


def test_what_is_missing_is_said() -> None:
    whole = network(("a", "b"))
    layout, families = lay_out(whole, BOX), {"a": "party", "b": "party"}
    with pytest.raises(UnknownNodeError, match="no position for the node 'a'"):
        draw(whole, Layout(BOX, {}, 1), families, title="t", legend=LEGEND)
    with pytest.raises(NetworkError, match="the node 'b' has no family"):
        draw(whole, layout, {"a": "party"}, title="t", legend=LEGEND)
    with pytest.raises(NetworkError, match="'clan', which has no look"):
        draw(whole, layout, {**families, "b": "clan"}, title="t", legend=LEGEND)
    with pytest.raises(NetworkError, match="no words for the family 'party'"):
        draw(whole, layout, families, title="t", legend={})


def test_weasyprint_draws_it_with_its_words_and_without_a_complaint(caplog: pytest.LogCaptureFixture) -> None:
    svg = picture(random_network(4, 40, 50), description="Quarante associations")
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        document = weasyprint.HTML(string=f"<html lang=fr><title>Essai</title><body>{svg}")
        pdf = document.write_pdf(pdf_variant="pdf/ua-1")
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Famille coordination" in text
    assert text.count("Association") > 10
    assert not caplog.records


def test_changes_are_told_by_line_and_mark_and_named_in_the_legend() -> None:
    whole = network(("a", "b"), ("b", "c"), ("c", "d"), alone="z")
    words = {"came": "Arrivés", "left": "Partis", "new": "Nouveaux liens", "lost": "Liens perdus"}
    changes = Changes(
        came=frozenset("a"), left=frozenset("z"), new=frozenset({("a", "b")}),
        lost=frozenset({("c", "d")}), words=words,
    )  # fmt: skip
    root = read(picture(whole, changes=changes))
    lines = list(root.iter(f"{SVG}line"))
    plain, drawn = lines[0], {line.get("stroke-dasharray"): line for line in lines[1:3]}
    assert set(drawn) == {"5 4", None}, "a lost tie is broken, a new one is not"
    assert float(drawn[None].get("stroke-width", "0")) > 2 * float(plain.get("stroke-width", "0"))
    marks = [path.get("d") for path in root.iter(f"{SVG}path")]
    assert len(marks) == 4, "who came and who left are marked, in the picture and in the legend"
    assert [text.text for text in root.findall(f"{SVG}g")[-1]] == list(words.values())
    unchanged = read(
        picture(whole, changes=Changes(frozenset(), frozenset(), frozenset(), frozenset(), words))
    )
    assert ET.tostring(unchanged) == ET.tostring(read(picture(whole)))


def test_each_tie_is_drawn_with_the_line_of_its_kind_beside_the_others() -> None:
    three = Network(
        (Node("a", "", "A"), Node("b", "", "B")), tuple(Tie("a", "b", kind) for kind in ("x", "y", "z"))
    )
    places = Layout(Box(100, 100), {"a": (10, 50), "b": (90, 50)}, 80)
    drawn = draw(
        three, places, {"a": "party", "b": "party"}, title="T", legend={"party": "Partis"},
        threads={"x": "belong", "y": "speak", "z": "means"}, thread_words={"belong": "Faire partie"},
    )  # fmt: skip
    lines = [line for line in read(drawn).iter(f"{SVG}line") if line.get("x1") != line.get("x2")]
    ties = lines[:3]
    assert len({line.get("y1") for line in ties}) == 3
    assert {line.get("stroke-dasharray") for line in ties} == {None, "1.6 3", "9 3 2 3"}
    assert "Faire partie" in drawn


def test_in_a_crowd_the_best_connected_are_named() -> None:
    crowd = random_network(11, 1000, 3000)
    drawn = draw(
        crowd, lay_out(crowd, Box(1200, 760)), {node.id: "party" for node in crowd.nodes},
        title="T", legend={"party": "Partis"},
    )  # fmt: skip
    graph = simple_graph(crowd)
    hubs = sorted(graph, key=lambda name: (-graph.degree[name], name))[:30]
    labels = {node.id: node.label for node in crowd.nodes}
    words = {text.text for text in read(drawn).iter(f"{SVG}text")}
    assert sum(labels[name] in words for name in hubs) >= 20


def test_a_sheet_of_a4_holds_the_drawing_with_its_words() -> None:
    pair = Network((Node("a", "", "A"), Node("b", "", "B")), (Tie("a", "b", "x"),))
    drawing = draw(
        pair,
        lay_out(pair, Box(100, 100)),
        {"a": "party", "b": "party"},
        title="T",
        legend={"party": "Partis"},
    )
    root = read(on_sheet(drawing, Sheet("Titre <1>", "Au 6 juin", "Source : registre")))
    assert (root.get("width"), root.get("height")) == ("297mm", "210mm")
    words = [text.text for text in root.findall(f"{SVG}text")]
    assert words == ["Titre <1>", "Au 6 juin", "Source : registre"]
    inner = root.find(f"{SVG}svg")
    assert inner is not None
    right = float(inner.get("x", 0)) + float(inner.get("width", 0))
    assert right < float(root.get("viewBox", "").split()[2])
    assert "Partis" in {text.text for text in inner.iter(f"{SVG}text")}
