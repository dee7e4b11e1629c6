"""What can be wrong with a file that somebody brings."""

from enum import StrEnum
from typing import Any


class Problem(StrEnum):
    """Why a file can't be read; whoever shows it finds the words."""

    TOO_HEAVY = "too_heavy"  # limit, in MB
    UNKNOWN = "unknown"  # none of the formats
    ENCODING = "encoding"
    BROKEN_XML = "broken_xml"  # line
    ENTITIES = "entities"
    TOO_DEEP = "too_deep"
    NO_GRAPH = "no_graph"  # XML, but neither GEXF nor GraphML
    BROKEN_JSON = "broken_json"  # line
    NOT_A_NETWORK = "not_a_network"  # JSON of something else
    BROKEN_ARCHIVE = "broken_archive"
    UNPACKED = "unpacked"
    NO_TABLE = "no_table"
    TOO_MANY_ROWS = "too_many_rows"  # limit
    TOO_MANY_COLUMNS = "too_many_columns"  # limit
    LONG_CELL = "long_cell"
    NO_COLUMNS = "no_columns"  # columns
    TOO_MANY_ACTORS = "too_many_actors"  # limit
    TOO_MANY_TIES = "too_many_ties"  # limit
    NOBODY = "nobody"


class ExchangeError(ValueError):
    """A file that can't be read; `params` are the figures and words that the sentence needs."""

    def __init__(self, problem: Problem, **params: Any) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.params = params
