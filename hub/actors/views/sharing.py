"""What a card gives away to take along: linked data, a vCard, a QR code. Only what everybody may read."""

from dataclasses import dataclass
from typing import Any

import segno
from flask import Response, url_for
from flask_babel import gettext

from hub.actors.models.organisations import Organisation
from hub.actors.rules import see
from hub.actors.values import linked_data, vcard
from hub.actors.values.consent import Record
from hub.actors.views.blueprint import blueprint
from hub.core.access import permit

COUNTRY = "Belgique"
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True)
class Sharing:
    """A card for those who don't stand on its page: machines, telephones, paper."""

    organisation: Organisation
    record: Record
    url: str
    card_url: str

    @property
    def linked_data(self) -> dict[str, Any]:
        """Return the card in the words of schema.org."""
        return linked_data.of(self.record, url=self.url)

    @property
    def description(self) -> str:
        """Return a sentence about the organisation: its own, else its kind, its seat and its themes."""
        own = " ".join((self.record.description or "").split())
        facts = [self.record.kind.label, self.record.commune.name if self.record.commune else ""]
        themes = ", ".join(theme.label for theme in self.record.themes)
        text = own or " · ".join(part for part in (*facts, themes) if part)
        return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1].rstrip()}…"

    @property
    def qr_code(self) -> str:
        """Return the QR code of the card's address as an SVG picture in a data: address."""
        return str(segno.make(self.url, error="m").svg_data_uri(scale=4, border=4, nl=False))


@blueprint.app_template_global()
def sharing_of(organisation: Organisation) -> Sharing:
    """Return what the card of an organisation gives away, whoever asks."""
    return Sharing(
        organisation,
        Record(organisation, everything=False),
        url_for("actors.show", slug=organisation.slug, _external=True),
        url_for("actors.business_card", slug=organisation.slug, _external=True),
    )


@blueprint.get("/acteurs/<slug>.vcf")
@permit(see, Organisation, key="slug")
def business_card(organisation: Organisation) -> Response:
    """Send the organisation's vCard."""
    answer = Response(vcard.write(card_of(organisation)), content_type=vcard.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{organisation.slug}.vcf"'
    return answer


def card_of(organisation: Organisation) -> vcard.Card:
    """Return what the vCard says."""
    shared = sharing_of(organisation)
    record, seat = shared.record, organisation.commune
    return vcard.Card(
        uid=shared.url,
        source=shared.card_url,
        name=record.name,
        acronym=record.acronym if record.acronym != record.name else "",
        changed_at=organisation.updated_at,
        phone=record.phone or "",
        email=record.email or "",
        website=record.website or "",
        address=record.address or "",
        town=seat.name if seat else "",
        postal_code=seat.postal_code if seat else "",
        country=gettext(COUNTRY) if seat else "",
        note=record.description or "",
        categories=tuple(theme.label for theme in record.themes),
        languages=tuple(record.languages or ()),
    )
