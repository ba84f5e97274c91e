"""Finished experiments that come with pixnb: one module puts them into a log, `coats/` is one of them as data."""
