"""Blind votes and marks that come back in files: which pairs are shown, what a file holds, how many are merged."""
