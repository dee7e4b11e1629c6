"""Every sentence that a script says is there, and every one that is there is said."""

import re
from pathlib import Path

from hub.core.web import Hub
from hub.network.views.spoken import spoken

SCRIPTS = Path(__file__).parents[2] / "assets" / "js"


def test_sentences_and_scripts_know_the_same_names(app: Hub) -> None:
    with app.test_request_context():
        known = spoken()
    files = [SCRIPTS / "network.js", *(SCRIPTS / "network").glob("*.js")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    said = set(re.findall(r'words\.(?:say|some)\(\s*"(\w+)"', source))
    assert said <= known.keys()
    # Some names are made while running: `row_${kind}`.
    stems = set(re.findall(r"words\.(?:say|some)\(`(\w+_)\$", source))
    rest = {name for name in known if name not in said and not name.startswith(tuple(stems))}
    assert not {name for name in rest if f'"{name}"' not in source}, rest
