"""Pages of accounts: signing in and out, one’s account, everybody’s accounts."""
