"""Notebook output: what each object looks like, as bundles of HTML, pictures, plain text and live cards."""
