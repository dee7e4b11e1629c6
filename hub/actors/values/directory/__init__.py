"""The public directory on plain data: its words, what a request means, who answers it."""
