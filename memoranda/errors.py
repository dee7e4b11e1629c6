"""What can go wrong while a PDF is built."""


class BuildError(RuntimeError):
    """The PDF could not be built; the message says why in French.

    `item` is the anchor of the recommendation or chapter it comes from, "" where there is none.
    """

    def __init__(self, message: str, *, item: str = "") -> None:
        super().__init__(message)
        self.item = item


class BuildStoppedError(BuildError):
    """The build was stopped because its caller asked for it."""
