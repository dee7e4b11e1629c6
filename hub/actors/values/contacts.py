"""How to reach an organisation: telephone numbers, e-mail addresses, sites."""

import re
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from hub.core.errors import N_, DomainError

COUNTRY = "BE"
LONGEST_ADDRESS = 300


def phone(text: str) -> str:
    """Return a number as it is dialled from anywhere, « +32 81 12 34 56 ».

    A Belgian one may lack its prefix; an empty text stays empty. Raises DomainError for what isn't one.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException as problem:
        raise _no_phone() from problem
    if not phonenumbers.is_valid_number(number):
        raise _no_phone()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _no_phone() -> DomainError:
    return DomainError(
        N_("Ce numéro de téléphone n’existe pas. Écrivez-le par exemple 081 12 34 56 ou +32 81 12 34 56."),
        field="phone",
    )


def email(text: str) -> str:
    """Return one address in its usual form (S7); an empty text stays empty.

    Raises DomainError for anything else.
    """
    if not text.strip():
        return ""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as problem:
        raise DomainError(
            N_("Cette adresse mail n’est pas complète. Il en faut une seule, comme info@exemple.be."),
            field="email",
        ) from problem


def website(text: str) -> str:
    """Return the address of a site, with http:// or https://; without either, https:// is put before it.

    An empty text stays empty. Raises DomainError for anything that no browser should be sent to.
    """
    text = text.strip()
    if not text:
        return ""
    address = text if re.match(r"[a-z][a-z0-9+.\-]*:", text, re.IGNORECASE) else f"https://{text}"
    if len(address) > LONGEST_ADDRESS or not _is_web(address):
        raise DomainError(
            N_("Cette adresse de site ne convient pas. Écrivez par exemple https://www.exemple.be."),
            field="website",
        )
    return address


def _is_web(address: str) -> bool:
    if re.search(r"[\s\x00-\x1f\x7f<>\"\\]", address):
        return False
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    labels = host.split(".")
    return (
        parts.scheme in {"http", "https"}
        and parts.username is None
        and len(labels) > 1
        and all(re.fullmatch(r"[\w-]+", label) for label in labels)
    )


def street(address: str, postal_code: str) -> str:
    """Return what stands before the postal code in an address, on one line; all of it if it holds none."""
    line = ", ".join(part.strip(" ,") for part in address.splitlines() if part.strip(" ,"))
    before = re.split(rf"(?:B-?)?\b{re.escape(postal_code)}\b", line, maxsplit=1)[0] if postal_code else line
    return before.strip(" ,;-") or line
