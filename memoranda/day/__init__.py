"""The papers of a day, lists, badges and table signs: frozen data in, tagged PDF out."""
