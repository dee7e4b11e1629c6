"""A new feature can't slip past the import rules: it must be listed there."""

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parent.parent
# No features: what they stand on, and what stands on them.
NO_FEATURES = {"core", "demo"}


def test_every_feature_has_its_rooms_checked() -> None:
    rules = ConfigParser()
    rules.read(ROOT / ".importlinter")
    listed = set(rules["importlinter:contract:rooms"]["containers"].split())
    packages = {path.parent.name for path in (ROOT / "hub").glob("*/__init__.py")}
    assert listed == {f"hub.{name}" for name in packages - NO_FEATURES}
