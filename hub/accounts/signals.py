"""Where features that stand above accounts may speak on the pages of accounts."""

from blinker import signal

my_account = signal("accounts.my-account")
"""Asks for the sections of the page where somebody sees their own account.

Receivers are called with the account and return the section as Markup, or "". Connect in the feature's
`init_app`; sections stand in the order of connecting.
"""
