"""Text as people type or paste it, without what nobody sees: one rule for names, answers and addresses."""

import re
import unicodedata

# NUL and other control signs (PostgreSQL refuses the first), blanks without width, and what turns the
# direction of writing: telephones paste these around numbers and addresses, and a list or a badge that
# prints them shows its next columns backwards. What Persian, Arabic and Hebrew need inside a word stays.
UNSEEN = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
SEEN = frozenset("LNPS")  # letters, numbers, punctuation, signs: the general categories that leave ink
MARKS = re.compile("[\u061c\u200e\u200f]")  # of direction: in an address they are nobody's


def visible(text: str | None) -> str:
    """Return the text without signs that nobody sees, its lines ended one way; "" if nothing shows."""
    found = LINE_ENDS.sub("\n", UNSEEN.sub("", text or ""))
    return found if any(unicodedata.category(sign)[0] in SEEN for sign in found) else ""


def address(text: str) -> str:
    """Return what was typed as an address, compatibility forms made plain, without what nobody sees."""
    return MARKS.sub("", visible(unicodedata.normalize("NFKC", text)))
