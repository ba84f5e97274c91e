"""The sprite pack: which pictures there are, by name and keyword, and how each behaves."""
