"""What can go wrong while a PDF is built."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `item` is the anchor of the part it stands in, "" for the document as a whole."""

    item: str
    sentence: str


class ContentError(ValueError):
    """The content cannot be printed as it stands; `problems` says why, part by part, in French."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(problem.sentence for problem in problems))
        self.problems = problems


class BuildError(RuntimeError):
    """The PDF could not be built; the message says why in French.

    `item` is the anchor of the part it comes from, "" where there is none.
    """

    def __init__(self, message: str, *, item: str = "") -> None:
        super().__init__(message)
        self.item = item


class BuildStoppedError(BuildError):
    """The build was stopped because its caller asked for it."""
