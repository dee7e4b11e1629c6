"""From parts to a PDF: what is kept is taken, the rest laid out side by side, all of it bound."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memoranda.errors import BuildError, ContentError, Problem
from memoranda.press import binding, sheets
from memoranda.press.about import About
from memoranda.press.parts import Look, Part, keys
from memoranda.press.sheets import Sheets
from memoranda.press.store import Store

Progress = Callable[[float, str], None]
FIGURES = Part(name="Chiffres", template="figures.html")
_TRIES = 4
_LAID_OUT = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to print, with what: `store` keeps sheets between builds; `workers` are processes, 0 for none.

    `first` is the number of the first page. Where it is not the whole document, links may lead nowhere.
    """

    parts: tuple[Part, ...]
    look: Look
    about: About
    titles: Mapping[str, str]
    identifier: str
    fonts_folder: Path
    store: Store | None = None
    workers: int = 0
    first: int = 1
    is_whole: bool = True


def print_parts(order: Order, tell: Progress, *, bound: Callable[[], None] = lambda: None) -> bytes:
    """Return the PDF of all parts.

    `bound` bounds each process that lays out. Raises `BuildError`, with the anchor of what it comes from.
    """
    return _Printing(order, tell, bound).bytes()


class _Printing:
    def __init__(self, order: Order, tell: Progress, bound: Callable[[], None]) -> None:
        self._order = order
        self._tell = tell
        self._bound = bound
        self._parts = (*order.parts, FIGURES)
        # Where nothing is kept nothing needs a key, and pictures are made only where they are drawn.
        self._keys = (
            keys(self._parts, order.look, order.fonts_folder) if order.store else [""] * len(self._parts)
        )
        self._done: dict[int, Sheets] = {}
        self._rectos = [part.recto for part in order.parts]
        self._weight = self._started = 0

    def bytes(self) -> bytes:
        every = range(len(self._parts))
        early = [index for index in every if not self._parts[index].is_last and not self._take(index)]
        late = [index for index in every if self._parts[index].is_last]
        # What depends on nothing but titles comes first, so that no process is left with it at the end.
        early.sort(key=lambda index: not self._parts[index].names_pages)
        self._weight = sum(self._parts[index].weight for index in (*early, *late))
        with tempfile.TemporaryDirectory(prefix="press-") as name:
            self._lay_out_all(early, late, Path(name))
        self._tell(_LAID_OUT, "Assemblage du PDF")
        order = self._order
        volume = binding.Volume(
            about=order.about, sheets=[self._done[index] for index in range(len(order.parts))],
            rectos=self._rectos, figures=self._done[len(order.parts)], titles=order.titles,
            identifier=order.identifier, first=order.first, is_whole=order.is_whole,
        )  # fmt: skip
        return binding.bind(volume, order.fonts_folder, order.store)

    def _take(self, index: int, key: str = "") -> bool:
        """Take a part's sheets from the store, if they are there and whole."""
        kept = self._order.store.get(key or self._keys[index]) if self._order.store else None
        if kept is None:
            return False
        try:
            self._done[index] = sheets.from_bytes(kept)
        except ValueError:
            return False
        return True

    def _lay_out_all(self, early: list[int], late: list[int], folder: Path) -> None:
        if not early and not late:
            return
        size = min(self._order.workers, max(len(early), len(late)))
        from memoranda.press import desk  # noqa: PLC0415 - loads WeasyPrint, which binding alone doesn't need

        with desk.hands(self._order, self._parts, self._keys, folder, size, self._bound) as hands:
            self._lay_out(hands, [(index, {}) for index in early], folder)
            self._lay_out_last(hands, late, folder)

    def _lay_out(self, hands: Any, tasks: Sequence[tuple[int, dict[str, Any]]], folder: Path) -> None:
        for index, answer in hands.run(tasks, self._on_start):
            if "problems" in answer:
                raise ContentError(tuple(Problem(**problem) for problem in answer["problems"]))
            if "error" in answer:
                raise BuildError(answer["error"], item=answer["item"])
            written = (folder / f"{index}").read_bytes()
            self._done[index] = sheets.from_bytes(written)
            if self._order.store:
                self._order.store.put(answer["key"], written)

    def _on_start(self, index: int) -> None:
        part = self._parts[index]
        self._tell(_LAID_OUT * min(1.0, self._started / max(1, self._weight)), part.telling or part.name)
        self._started += part.weight

    def _lay_out_last(self, hands: Any, late: list[int], folder: Path) -> None:
        """Lay out what names pages in its text, again where it takes more pages than was thought."""
        counts = dict.fromkeys(late, 1)
        for _ in range(_TRIES if late else 0):
            pages = self._places(counts)
            tasks = []
            for index in late:
                key = hashlib.sha256(f"{self._keys[index]}{json.dumps(pages)}".encode()).hexdigest()
                if not self._take(index, key):
                    tasks.append((index, {"pages": pages, "key": key}))
            self._lay_out(hands, tasks, folder)
            counts = {index: len(self._done[index].pages) for index in late}
            now = self._places(counts)
            if all(
                pages.get(anchor) == now.get(anchor) for index in late for anchor in self._done[index].asked
            ):
                return
        if late:
            raise BuildError("Les numéros de page ne se stabilisent pas.")

    def _places(self, counts: Mapping[int, int]) -> dict[str, int]:
        every = range(len(self._order.parts))
        lengths = [counts[index] if index in counts else len(self._done[index].pages) for index in every]
        starts = binding.starts(lengths, self._rectos, self._order.first)
        found: dict[str, int] = {}
        for index in every:
            if index in self._done:
                for name, page, *_ in self._done[index].anchors:
                    found.setdefault(name, starts[index] + page)
        return found
