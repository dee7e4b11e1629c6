"""The papers of a meeting, agenda and minutes: frozen data in, tagged PDF out."""
