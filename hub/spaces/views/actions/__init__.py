"""Pages of actions: one's own by link or account, the list and the board, and one of them."""
