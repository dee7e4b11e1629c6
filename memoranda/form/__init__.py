"""The paper form of a call as PDF: frozen data in, tagged pages with room to write out."""
