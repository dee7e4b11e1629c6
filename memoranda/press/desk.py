"""Where parts are laid out: in this process, or in others forked from it."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from memoranda import fonts, markup
from memoranda.errors import BuildError, ContentError
from memoranda.press import sheets
from memoranda.press.layout import Typesetter
from memoranda.press.parts import Part
from memoranda.press.printing import Order
from memoranda.press.workers import Work, pool


class _Here:
    """Lays out in this process."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def run(
        self, tasks: Sequence[tuple[int, dict[str, Any]]], on_start: Callable[[int], None]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        for index, more in tasks:
            on_start(index)
            yield index, self._work(index, more)


@contextmanager
def hands(  # noqa: PLR0917 - all that a desk needs
    order: Order,
    parts: tuple[Part, ...],
    keys: Sequence[str],
    folder: Path,
    size: int,
    bound: Callable[[], None],
) -> Iterator[Any]:
    """Yield what lays out parts (`run`), each into a file of the folder named by its index."""
    typesetter = Typesetter(order.look, order.fonts_folder)
    for part in parts:  # templates are read once, before processes part
        markup.environment().get_template(part.template)

    def work(index: int, more: dict[str, Any]) -> dict[str, Any]:
        try:
            made = typesetter.lay_out(parts[index], more.get("pages"))
        except ContentError as error:
            return {"problems": [asdict(problem) for problem in error.problems]}
        except BuildError as error:
            return {"error": str(error), "item": error.item}
        (folder / f"{index}").write_bytes(sheets.to_bytes(made))
        return {"key": more.get("key", keys[index])}

    if size == 0:
        with fonts.apart(folder):
            typesetter.ready()
            yield _Here(work)
        return

    def prepare() -> Work:
        tempfile.tempdir = str(folder)  # whatever becomes of this process, nothing of it is left
        own = folder / f"fonts-{os.getpid()}"
        own.mkdir()
        fonts.point(own)
        typesetter.ready()
        return work

    with pool(size, prepare, [(part.name, part.anchor) for part in parts], bound=bound) as made:
        yield made
