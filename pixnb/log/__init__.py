"""What happened: the durable log of runs, on SQLite or PostgreSQL."""
