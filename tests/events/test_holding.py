"""Every column of days that can hold words says whose they are, and each rule reaches all of its own."""

import re
from collections import Counter
from pathlib import Path

from sqlalchemy import JSON, Enum, LargeBinary, String, Table

from hub.app import load_models
from hub.core.db import Base
from hub.events.models.holding import BY_RULE, OF_ACCOUNTS, OF_NOBODY, OF_ORGANISERS, OTHERWISE
from hub.events.models.retention import Kept

PAGE = Path(__file__).parent.parent.parent / "docs" / "privacy.md"


def tables() -> list[Table]:
    """Return all tables that the models of days define."""
    load_models()
    mapped = {
        mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("hub.events.")
    }
    return [table for table in Base.metadata.sorted_tables if table in mapped]


def wordy() -> set[str]:
    """Return the columns that can hold words or files, « table.column »."""
    return {
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if isinstance(column.type, String | JSON | LargeBinary) and not isinstance(column.type, Enum)
    }


def personal() -> set[str]:
    return {column for columns in BY_RULE.values() for column in columns} | set(OTHERWISE)


def test_every_column_with_words_says_whose_they_are() -> None:
    declared = Counter([*personal(), *OF_ORGANISERS, *OF_ACCOUNTS, *OF_NOBODY])
    assert wordy() - set(declared) == set(), "say in hub/events/models/holding.py whose these words are"
    assert set(declared) - wordy() == set(), "these columns are gone"
    assert [column for column, number in declared.items() if number > 1] == []
    assert set(BY_RULE) == set(Kept)


def test_the_record_of_processing_names_each_column() -> None:
    """Purpose, basis, time and readers of each stand in the page (G2)."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    named = Counter(name for line in rows for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", line.split("|")[1]))
    assert set(named) == personal() | OF_ORGANISERS | OF_ACCOUNTS
    for line in rows:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 5, line
        assert all(cells), line
