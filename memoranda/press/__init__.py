"""The press: parts laid out apart, each once, then bound as one tagged PDF."""
