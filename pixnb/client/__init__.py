"""Talking to the services: one engine on a thread of its own, two faces."""
