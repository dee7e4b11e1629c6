"""Days and sign-ups: programme, workshops, seats, meals, personal links."""
