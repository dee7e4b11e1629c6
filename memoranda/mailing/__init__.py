"""Letters to many: the same words, each to somebody."""
