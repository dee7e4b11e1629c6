"""Calls for recommendations, contributions as they were sent, recommendations and the thread between them."""
