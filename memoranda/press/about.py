"""What the metadata of a bound PDF say; no clock is read, so the day is the document's own."""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

GENERATOR = "Maillage"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{generator}</xmp:CreatorTool>
<xmp:CreateDate>{day}</xmp:CreateDate>
<xmp:ModifyDate>{day}</xmp:ModifyDate>
<pdf:Producer>{generator}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Title, author and description of a document, its date and its language."""

    title: str
    author: str
    description: str
    day: date
    language: str = "fr"

    def info(self) -> list[tuple[bytes, str]]:
        """Return the entries of the information dictionary."""
        day = f"D:{self.day:%Y%m%d}"
        return [
            (b"Title", self.title), (b"Author", self.author), (b"Subject", self.description),
            (b"Creator", GENERATOR), (b"Producer", GENERATOR), (b"CreationDate", day), (b"ModDate", day),
        ]  # fmt: skip


def xmp(about: About) -> bytes:
    """Return the same as XMP, with the identifier of PDF/UA-1."""
    words = {
        "title": about.title, "author": about.author, "description": about.description,
        "language": about.language, "generator": GENERATOR, "day": about.day.isoformat(),
    }  # fmt: skip
    return _XMP.format(**{name: escape(text) for name, text in words.items()}).encode()
