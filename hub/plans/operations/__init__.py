"""Changing plans: ended, never erased."""
