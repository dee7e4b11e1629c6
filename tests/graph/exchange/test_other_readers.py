"""What others make of our files: networkx, and graphology-gexf as Gephi Lite uses it."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from openpyxl import load_workbook

from graph.exchange.formats import Format, write
from graph.exchange.model import Actor, Exchange, Tie
from tests.graph.exchange.networks import ABOUT, SMALL

ROOT = Path(__file__).parent.parent.parent.parent
SAMPLES = Path(__file__).parent / "samples"
READ_BY_GRAPHOLOGY = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const require = createRequire(`${process.cwd()}/package.json`);
const graph = require("graphology-gexf").parse(require("graphology"), readFileSync(process.argv[1], "utf8"));
console.log(JSON.stringify({ type: graph.type, multi: graph.multi, graph: graph.export() }));
"""


@pytest.fixture
def put(tmp_path: Path) -> Any:
    def written(form: Format, exchange: Exchange = SMALL) -> Path:
        file = tmp_path / "network"
        file.write_bytes(b"".join(write(exchange, form)))
        return file

    return written


def read_by_graphology(file: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["setup/node", "--input-type=module", "-e", READ_BY_GRAPHOLOGY, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("form", [Format.GEXF, Format.GRAPHML])
def test_networkx_reads_all_nodes_and_parallel_edges(put: Any, form: Format) -> None:
    file = put(form)
    found = nx.read_gexf(file, version="1.3") if form == Format.GEXF else nx.read_graphml(file)
    assert isinstance(found, nx.MultiDiGraph)
    assert set(found) == {"maison-des-langues", "ruche", "bayt"}
    assert found.nodes["maison-des-langues"]["nom"] == 'Maison « des "langues" » & <co>'
    assert found.nodes["maison-des-langues"]["label"] == "MdL"
    assert found.nodes["maison-des-langues"]["fondation"] == 1998
    assert found.nodes["maison-des-langues"]["latitude"] == 50.4669
    assert found.nodes["bayt"]["nom"] == "بيت اللقاء 🏠"
    parallel = found.get_edge_data("maison-des-langues", "ruche")
    assert {key: edge["relation"] for key, edge in parallel.items()} == {
        "t1": "est partenaire de",
        "t3": "pilote",
    }
    assert [parallel["t1"][name] for name in ("debut", "fin", "symetrique")] == ["2016", "2023-04-30", False]
    assert found.get_edge_data("maison-des-langues", "bayt")["t4"]["weight"] == 0.25
    told = [data for _node, data in found.nodes(data=True)] + [data for *_, data in found.edges(data=True)]
    for data in told:
        assert None not in data.values()
        assert all(
            isinstance(value, str | int | float | bool) for name, value in data.items() if name != "spells"
        )


def test_networkx_reads_the_periods_of_gexf(put: Any) -> None:
    found = nx.read_gexf(put(Format.GEXF), version="1.3")
    assert found.graph["mode"] == "dynamic"
    assert found.nodes["ruche"]["spells"] == [("None", "2023-04-30")]
    edge = found.get_edge_data("ruche", "bayt")["t2"]
    assert edge["spells"] == [("2020-09-01", "2024-12-31")]
    assert (edge["debut"], edge["fin"]) == ("2020-09", "avant 2025-01-01")
    assert "spells" not in found.get_edge_data("maison-des-langues", "ruche")["t3"]


def test_graphology_reads_the_gexf(put: Any) -> None:
    found = read_by_graphology(put(Format.GEXF))
    assert (found["type"], found["multi"]) == ("directed", True)
    nodes = {node["key"]: node["attributes"] for node in found["graph"]["nodes"]}
    assert nodes["bayt"]["nom"] == "بيت اللقاء 🏠"
    assert nodes["maison-des-langues"]["description"] == "Cours et accueil.\nTous les jours."
    edges = {edge["key"]: edge for edge in found["graph"]["edges"]}
    assert set(edges) == {"t1", "t2", "t3", "t4"}
    assert edges["t3"]["attributes"]["kind"] == "pilots"
    assert edges["t3"]["attributes"]["relation"] == "pilote"
    assert edges["t2"]["attributes"]["symetrique"] is True


def test_no_attribute_is_named_type(put: Any) -> None:
    """An edge attribute of that name breaks Gephi Lite and networkx, one of a node breaks sigma."""
    found = read_by_graphology(put(Format.GEXF))["graph"]
    for one in (*found["nodes"], *found["edges"]):
        assert "type" not in one["attributes"]


def test_graphology_reads_signs_that_break_files(put: Any) -> None:
    name = "a\x00\x1b\ufffe<&>\"'\n]]>🏠 بيت"
    exchange = Exchange(ABOUT, (Actor("a", name), Actor("b", "=1+1")), (Tie("t", "a", "b"),))
    nodes = read_by_graphology(put(Format.GEXF, exchange))["graph"]["nodes"]
    assert [node["attributes"]["nom"] for node in nodes] == ["a<&>\"'\n]]>🏠 بيت", "=1+1"]


def test_a_spreadsheet_finds_no_formula(put: Any) -> None:
    for form in (Format.XLSX, Format.KUMU_XLSX):
        book = load_workbook(io.BytesIO(put(form).read_bytes()))
        cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
        assert "f" not in {cell.data_type for cell in cells}
        assert "'=La Ruche" in {cell.value for cell in cells}


def test_kumu_gets_its_own_columns_first(put: Any) -> None:
    book = load_workbook(io.BytesIO(put(Format.KUMU_XLSX).read_bytes()))
    assert book.sheetnames == ["Elements", "Connections", "À propos (ignore)"]
    elements = list(book["Elements"].values)
    assert elements[0][:7] == ("ID", "Label", "Type", "Description", "Tags", "Location", "URL")
    first = dict(zip(elements[0], elements[1], strict=True))
    assert first["Location"] == "50.4669, 4.8675"
    assert first["Thèmes"] == "Logement|Français langue étrangère"
    assert first["Tags"] == "2016|2017|2018|2019|2020|2021|2022|2023|2024|2025|2026"
    assert dict(zip(elements[0], elements[2], strict=True))["Tags"].endswith("|2022|2023")
    connections = list(book["Connections"].values)
    assert connections[0][:6] == ("ID", "From", "To", "Direction", "Type", "Tags")
    assert connections[2][:5] == ("t2", "ruche", "bayt", "undirected", "est proche de")


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (Format.GEXF, "small.gexf"),
        (Format.GRAPHML, "small.graphml"),
        (Format.KUMU_JSON, "small-kumu.json"),
        (Format.JSON, "small.json"),
    ],
)
def test_files_are_written_as_they_were(put: Any, form: Format, name: str) -> None:
    """A change here changes what people have built on: look at it, then keep the new file."""
    assert put(form).read_text(encoding="utf-8") == (SAMPLES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("form", [Format.CSV, Format.GEPHI_CSV, Format.GEXF])
def test_the_same_network_makes_the_same_bytes(put: Any, form: Format) -> None:
    assert put(form).read_bytes() == put(form).read_bytes()
