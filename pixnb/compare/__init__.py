"""Comparing runs, from a frame alone: what varies, tables, a report to send."""
