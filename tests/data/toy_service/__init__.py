"""A service of its own package: what somebody writes who adds one to pixnb; the tests make a wheel of this folder."""

from pixnb.providers import Provider

PROVIDER = Provider(
    name="toy",
    host="https://api.toy.example",
    key_headers=("Authorization",),
    catalogue="toy_service.models:MODELS",
    wire="toy_service.wire:ToyWire",
    sandbox="toy_service.sandbox",
)
