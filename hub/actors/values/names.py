"""Names of organisations made comparable."""

from hub.core.search import fold

LEGAL_WORDS = {"asbl", "aisbl", "vzw", "ivzw", "scrl", "fondation"}


def key(name: str) -> str:
    """Return the folded name without the words of its legal form: what makes two names the same."""
    words = fold(name).split()
    return " ".join(word for word in words if word not in LEGAL_WORDS) or " ".join(words)


def search_text(name: str, acronym: str = "", former_names: str = "") -> str:
    """Return what a search looks through: one folded name a line, the present one first."""
    names = [name, acronym, *former_names.splitlines()]
    lines = [line for text in names for line in (fold(text), key(text)) if line]
    return "\n".join(dict.fromkeys(lines))
