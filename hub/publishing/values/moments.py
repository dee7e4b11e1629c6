"""What differs between two moments of an edition, part by part, word by word."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hub.core.errors import N_
from hub.spaces.values.differences import Part, pieces

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[int, Row]]
Names = Mapping[int, str]
Words = Callable[[str], str]
LEFT_OUT = N_("laissée de côté")
CROSS_CUTTING = N_("transversale")


def differing(old: Rows, new: Rows, recommendations: Names, organisations: Names, words: Words) -> list[Part]:
    """Return what differs, in the order of the new moment; what went comes last.

    `recommendations` and `organisations` name what rows mean; `words` says a part's usual name, or a
    word of ours.
    """
    before = dict(_parts(old, recommendations, organisations, words))
    after = dict(_parts(new, recommendations, organisations, words))
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key, ("", "")), after.get(key, ("", ""))
        if was != now:
            texts = ("\n".join(told) for told in (was, now)) if was[0] != now[0] else (was[1], now[1])
            found.append(Part(now[0] or was[0], tuple(pieces(*texts))))
    return found


def _parts(
    rows: Rows, recommendations: Names, organisations: Names, words: Words
) -> Iterator[tuple[str, tuple[str, str]]]:
    sections = _ordered(rows["edition_section"].values())
    yield "plan", (words(N_("Plan")), "\n".join(_section_line(row, words) for row in sections))
    for row in sections:
        name = _name(row, words)
        yield f"section-{row['id']}", (name, row["text"])
    chapters = _ordered(rows["chapter"].values())
    yield "chapters", (words(N_("Chapitres")), "\n".join(row["title"] for row in chapters))
    for row in chapters:
        items = _ordered(item for item in rows["edition_item"].values() if item["chapter_id"] == row["id"])
        lines = [row["introduction"]]
        lines += [_item_line(item, recommendations, words) for item in items]
        yield f"chapter-{row['id']}", (row["title"], "\n".join(line for line in lines if line))
    ranked = sorted((item for item in rows["edition_item"].values() if item["priority"]), key=_rank)
    yield "priorities", (words(N_("Priorités")), _lines(recommendations, ranked, "recommendation_id"))
    signing = _ordered(rows["signatory"].values())
    yield "signatories", (words(N_("Signataires")), _lines(organisations, signing, "organisation_id"))
    terms = sorted(rows["edition_term"].values(), key=lambda row: row["term"].casefold())
    told = "\n".join(f"{row['term']} : {row['definition']}" for row in terms)
    yield "terms", (words(N_("Glossaire")), told)
    sponsors = "\n".join(f"{row['name']} : {row['mention']}" for row in _ordered(rows["sponsor"].values()))
    yield "sponsors", (words(N_("Avec le soutien de")), sponsors)
    figures = "\n".join(
        " · ".join(part for part in (row["caption"], row["alternative"], row["source"]) if part)
        for row in _ordered(rows["edition_figure"].values())
    )
    yield "figures", (words(N_("Figures")), figures)


def _ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["position"], row["id"]))


def _rank(row: Row) -> tuple[int, int]:
    return row["priority"], row["id"]


def _name(row: Row, words: Words) -> str:
    return str(row["title"] or words(row["kind"]))


def _section_line(row: Row, words: Words) -> str:
    name = _name(row, words)
    return f"{name} ({words(LEFT_OUT)})" if row["is_left_out"] else name


def _item_line(item: Row, names: Names, words: Words) -> str:
    name = names.get(item["recommendation_id"], "")
    marks = [CROSS_CUTTING] if item["is_cross_cutting"] else []
    marks += [item["descent"]] if item.get("descent") else []
    return f"{name} ({', '.join(words(mark) for mark in marks)})" if marks else name


def _lines(names: Names, rows: list[Row], column: str) -> str:
    return "\n".join(names.get(row[column], "") for row in rows)
