"""What the parts of the demonstration hand to each other."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.core.files import Store

DATA = Path(__file__).parent / "data"


@dataclass
class World:
    """The moment of loading, where files go, and the rows made so far.

    `rows` holds kind of thing → its code in the data → its row.
    """

    now: datetime
    store: Store
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def put(self, kind: str, code: str, row: Any) -> None:
        """Remember a row for the parts that come later."""
        self.rows.setdefault(kind, {})[code] = row

    def get(self, kind: str, code: str) -> Any:
        """Return a row that an earlier part made. Raises KeyError if there is none."""
        return self.rows[kind][code]
