"""New looks for given pictures and clips."""
