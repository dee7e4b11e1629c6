"""Files as others write them, and what is refused."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.exchange import cells
from graph.exchange.errors import ExchangeError, Problem
from graph.exchange.formats import Format
from graph.exchange.model import Moment, Precision, Term, clean, moment
from graph.exchange.reading import Reading, read
from tests.graph.exchange.networks import moments, names, texts


def found(content: bytes) -> Reading:
    reading = read(content)
    assert reading is not None
    return reading


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


@given(texts | names)
def test_what_is_neutral_comes_back_and_calculates_nothing(text: str) -> None:
    held = cells.neutral(clean(text))
    assert cells.plain(held) == clean(text)
    assert held[:1] not in {"=", "+", "-", "@", "%", "|", "＝", "＋", "－", "＠"}


@pytest.mark.parametrize("text", ["'=1", "''=1", "'", "''", "'a", "\ufeff=1", "'\u200b＝1", "= 1", "-1"])
def test_apostrophes_of_people_are_kept(text: str) -> None:
    assert cells.plain(cells.neutral(text)) == text


@given(texts)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(moments, st.booleans())
def test_moments_are_read_back(one: Moment, end: bool) -> None:
    back = moment(str(one), end=end)
    assert back is not None
    assert str(back) == str(one)
    assert back.precision == one.precision


@pytest.mark.parametrize("text", ["", "2016-13", "2016-02-30", "demain", "avant", "avant 0001-01-01", "٢٠١٦"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text) is None


def test_a_term_without_a_code_or_a_label_has_both() -> None:
    assert Term("a").label == "a"
    assert Term("", "b|c").code == "b/c"
    assert Moment.__hash__(Moment(moment("2016").day, Precision.YEAR)) is not None  # type: ignore[union-attr]


FOREIGN_GEXF = """<?xml version="1.0"?>
<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2" xmlns:viz="http://www.gexf.net/1.2draft/viz">
<graph defaultedgetype="undirected"><attributes class="node"><attribute id="0" title="Type" type="string"/>
</attributes><nodes><node id="1" label="Un"><attvalues><attvalue for="0" value="association"/></attvalues>
<viz:size value="3"/><nodes><node id="2" label="Dedans"/></nodes></node></nodes>
<edges><edge id="0" source="1" target="2" kind="near"><spells>
<spell start="2010" end="2012-05-01"/><spell start="2015-01-01T00:00:00Z"/></spells></edge>
<edge source="2" target="1" start="1.0" end="2.0"/></edges>
</graph></gexf>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_gexf_of_gephi_is_read_in_any_encoding_that_it_names(encoding: str) -> None:
    text = FOREIGN_GEXF.replace('"1.0"?', f'"1.0" encoding="{encoding.removesuffix("-sig")}"?', 1)
    rows = found(text.encode(encoding)).rows
    assert rows.actors == [
        {"id": "1", "nom": "Un", "type_acteur": "association"},
        {"id": "2", "nom": "Dedans"},
    ]
    tie = {"id": "0", "de": "1", "vers": "2", "relation": "near"}
    assert rows.ties == [
        {**tie, "debut": "2010", "fin": "2012-05-01"},
        {**tie, "debut": "2015-01-01"},
        {"de": "2", "vers": "1"},
    ]


def test_graphml_of_yed_is_read() -> None:
    content = b"""<graphml><key id="d0" for="node" attr.name="label"/>
    <key id="d1" for="edge" attr.name="type"/><graph edgedefault="directed">
    <node id="n0"><data key="d0">Un</data></node><node id="n1"/>
    <edge source="n0" target="n1"><data key="d1">near</data></edge></graph></graphml>"""
    rows = found(content).rows
    assert rows.actors == [{"id": "n0", "nom": "Un"}, {"id": "n1"}]
    assert rows.ties == [{"de": "n0", "vers": "n1", "relation": "near"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_of_gephi_are_read_alone(delimiter: str, encoding: str) -> None:
    nodes = "Id,Label,Type\n1,Été,association\n".replace(",", delimiter).encode(encoding)
    assert found(nodes).rows.actors == [{"id": "1", "nom": "Été", "type_acteur": "association"}]
    edges = "Source,Target,Type,Kind\na,b,Directed,near\nb,c,Undirected,\n".replace(",", delimiter)
    rows = found(edges.encode(encoding)).rows
    assert [row["id"] for row in rows.actors] == ["a", "b", "c"]
    assert rows.ties == [{"de": "a", "vers": "b", "relation": "near"}, {"de": "b", "vers": "c"}]


def test_tables_in_folders_of_an_archive_are_found() -> None:
    content = archive(
        {"reseau/nodes.csv": b"Id,Label\n1,Un\n", "__MACOSX/nodes.csv": b"x", "reseau/.DS_Store": b"x"}
    )
    assert found(content).form == Format.GEPHI_CSV


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Nom;Type\nA;association\n",
        b"source_id,type,target_id\na,b,c\n",
        b"\x89PNG\x00",
        b"Label;Nom\nx;y\n",
    ],
)
def test_other_tables_are_left_to_whoever_reads_them(content: bytes) -> None:
    assert read(content) is None


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda some: b"PK\x03\x04" + some))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except ExchangeError as problem:
        assert problem.problem in Problem  # noqa: PT017 - any refusal will do, nothing else may come out


@given(st.text("<>/gexfraphmlnode edge=\"'&;![]-?", max_size=60))
def test_any_markup_is_read_or_refused(text: str) -> None:
    with pytest.raises(ExchangeError):
        found(f"<gexf>{text}<".encode())
