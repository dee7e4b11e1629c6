"""Looking for people of a day by words of their name, organisation or address."""

from sqlalchemy import ColumnElement, or_

from hub.core.search import asked
from hub.events.models.registrations import Registration


def matching(words: str) -> list[ColumnElement[bool]]:
    """Return the conditions under which a registration bears all these words, in any letters."""
    folded, strange = asked(words)
    found: list[ColumnElement[bool]] = [Registration.search_text.contains(word) for word in folded]
    for word in strange:
        spelt = {word, word.lower(), word.upper(), word.capitalize()}
        columns = (Registration.name, Registration.organisation_name)
        found.append(or_(*(one.contains(each, autoescape=True) for one in columns for each in sorted(spelt))))
    return found
