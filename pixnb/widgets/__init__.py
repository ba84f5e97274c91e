"""Inputs from a person: the form of a model's parameters, and the launcher around it."""
