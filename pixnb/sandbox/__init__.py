"""A local stand-in for the services: the same HTTP, no key, no network, and clips that are really rendered."""
