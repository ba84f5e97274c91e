"""Inputs and encoding: what was sent is read, what was made is written."""
