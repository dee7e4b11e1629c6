"""Integration plans: diagnosis, axes → actions → spaces, indicators, revision, evaluation."""
