"""The ground floor of all that talks to a network; the one place that imports the HTTP library."""

import httpx

__all__ = ["httpx"]
