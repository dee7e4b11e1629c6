"""At which level of power an authority stands, read from its kind."""

# A kind that isn't named here (an administration, a fund) may stand at any level: it is asked by name alone.
LEVELS = {
    "commune": "commune",
    "cpas": "commune",
    "province": "province",
    "region": "region_wallonne",
    "community": "fwb",
    "federal_agency": "federal",
    "international": "ue",
}


def level_of(kind: str) -> str:
    """Return the code of the level at which authorities of a kind stand, empty where it isn't known."""
    return LEVELS.get(kind, "")
