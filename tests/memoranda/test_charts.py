"""Charts: plain SVG that passes the allow-list, each figure written, for whatever is drawn."""

from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from memoranda import charts, check, pages, pictures, plain
from memoranda.charts import Curve, Row
from memoranda.report import page, pdf
from memoranda.report.content import Picture, Report, Section, Table

FONTS = Path(__file__).parent.parent.parent / "hub" / "static" / "dist" / "fonts"
labels = st.text(max_size=60)
values = st.integers(0, 5000)
TEXT = "{http://www.w3.org/2000/svg}text"


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - drawn here


def width_of(svg: str) -> tuple[float, float]:
    _, _, width, height = read(svg).attrib["viewBox"].split()
    return float(width), float(height)


def assert_plain(svg: str) -> None:
    """Fail for what the cleaning would take out, for a style, and for a mark outside the drawing."""
    root = read(pictures.clean_drawing(svg))
    assert len(list(root.iter())) == len(list(read(svg).iter()))
    width, height = width_of(svg)
    for element in read(svg).iter():
        assert "style" not in element.attrib
        for name, most in (
            ("x", width),
            ("x1", width),
            ("x2", width),
            ("cx", width),
            ("y", height),
            ("cy", height),
        ):
            if name in element.attrib:
                assert -1 <= float(element.attrib[name]) <= most + 1


@given(st.lists(st.tuples(labels, values, values), max_size=40))
def test_bars_hold_whatever_is_counted(rows: list[tuple[str, int, int]]) -> None:
    assert_plain(charts.bars([Row(name, (now, then)) for name, now, then in rows], ("Ici", "Avant")))


@given(st.lists(st.tuples(labels, values), max_size=12))
def test_lying_bars_bear_their_figures(rows: list[tuple[str, int]]) -> None:
    svg = charts.lying([Row(name, (value,)) for name, value in rows])
    assert_plain(svg)
    told = "".join(read(svg).itertext())
    assert all(f"{value:,}".replace(",", "\u202f") in told for _, value in rows)


@given(
    st.lists(st.tuples(labels, st.lists(values, min_size=5, max_size=5)), max_size=40),
    st.lists(labels, min_size=5, max_size=5),
)
def test_a_matrix_draws_a_circle_for_each_meeting_place(
    rows: list[tuple[str, list[int]]], heads: list[str]
) -> None:
    svg = charts.matrix([Row(name, tuple(row)) for name, row in rows], heads)
    assert_plain(svg)
    shown = [row for _, row in rows[: charts.MOST_MATRIX_ROWS]]
    assert svg.count("<circle") == sum(value > 0 for row in shown for value in row)


@given(
    st.lists(
        st.tuples(
            labels, st.lists(st.tuples(st.integers(0, 9000), st.floats(-1e6, 1e6)), min_size=1, max_size=9)
        ),
        max_size=8,
    )
)
def test_curves_hold_any_dated_values(drawn: list[tuple[str, list[tuple[int, float]]]]) -> None:
    curves = [
        Curve(
            name,
            tuple((date(2010, 1, 1) + timedelta(days=day), value) for day, value in sorted(points)),
            12.5,
        )
        for name, points in drawn
    ]
    svg = charts.curves(curves)
    assert_plain(svg)
    assert svg.count("cible 12,5") == len(curves)


def test_an_aim_stands_where_no_curve_runs_and_touches_no_figure() -> None:
    dated = tuple((date(2020 + year, 1, 1), value) for year, value in enumerate((15.0, 9.0, 12.5)))
    for aim in (12.5, 12.0, 13.0, 9.0, 15.0, 40.0):
        texts = {text.text: text.attrib for text in read(charts.curves([Curve("A", dated, aim)])).iter(TEXT)}
        told, last = texts[f"cible {aim:g}".replace(".", ",")], texts["12,5"]
        assert float(told["x"]) >= float(last["x"])
        assert abs(float(told["y"]) - float(last["y"])) >= 12


def test_figures_are_written_as_in_french() -> None:
    told = "".join(read(charts.lying([Row("A", (1250.5,)), Row("B", (3,))])).itertext())
    assert "1\u202f250,5" in told


def test_a_report_on_a_period_is_printed_and_shown_alike() -> None:
    svg = charts.lying([Row("Faites", (3,)), Row("En retard", (1,))])
    report = Report(
        title="Bilan", subtitle="", network="Réseau", day=date(2025, 12, 31), since=date(2025, 1, 1),
        primary="#0f5c5c", when="2025", before="2024", is_draft=True,
        sections=(
            Section(
                anchor="partie-1", title="Actions", text="Quatre actions.",
                picture=Picture(svg=svg, alternative="Faites : 3 ; en retard : 1."),
                tables=(
                    Table(caption="États", header=("État", "Actions"), rows=(("Faites", "3"),), numeric=(1,)),
                ),
            ),
            Section(anchor="partie-2", title="Des mots", text="Rien qu’un **texte**."),
            Section(anchor="partie-3", title="Encore", text="La suite."),
        ),
    )  # fmt: skip
    assert plain.from_json(plain.to_json(report), Report) == report
    made = pdf.build(report, fonts_folder=FONTS)
    assert check.problems(made) == []
    places = pages.of_anchors(made)
    assert places["partie-1"] == places["partie-2"] == places["partie-3"]  # words alone follow on
    shown = page.to_html(report)
    assert "Projet – ne pas diffuser" in shown
    assert 'aria-label="Faites : 3 ; en retard : 1."' in shown
    assert "<strong>texte</strong>" in shown
    assert "style=" not in shown


def test_what_is_called_by_a_sentence_has_two_lines_for_it() -> None:
    name = "Ouvrir un guichet communal unique pour les personnes nouvellement arrivées"
    svg = charts.lying_in_full([charts.Row(name, (3.0,)), charts.Row("Court", (0.0,))])
    lines = pictures.words_of(svg)
    assert " ".join(lines[:2]) == name
    assert lines[2:] == ["3", "Court", "0"]
    assert svg.count("<rect") == 2  # the ground, and one bar
