"""A job that is logged: recorded before it is sent, found again after a crash."""
