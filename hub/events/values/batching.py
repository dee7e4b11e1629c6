"""What coordinators do with several sign-ups at once."""

from enum import StrEnum


class Gesture(StrEnum):
    """What is done with the sign-ups that were ticked."""

    ACCEPT = "accept"
    LINK = "link"
    PRACTICAL = "practical"
    CHECKED = "checked"
    CANCEL = "cancel"
