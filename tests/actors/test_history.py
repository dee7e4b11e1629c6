"""Whatever is recorded of an organisation is told in words."""

import re
from pathlib import Path

from hub.actors.views.history import ACTS

ROOT = Path(__file__).parents[2] / "hub"
RECORDED = re.compile(r'"((?:organisation|relation|import)\.(?!id\b)[a-z_]+)"')


def test_every_act_has_its_words() -> None:
    folders = [ROOT / "actors" / "operations", ROOT / "actors" / "jobs.py"]
    files = [file for folder in folders for file in (folder.rglob("*.py") if folder.is_dir() else [folder])]
    recorded = {act for file in files for act in RECORDED.findall(file.read_text(encoding="utf-8"))}
    assert {"organisation.created", "organisation.merged", "relation.ended"} <= recorded
    assert recorded - set(ACTS) == set()
