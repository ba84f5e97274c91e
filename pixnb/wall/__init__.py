"""Clips beside each other: a matrix of cells that one player drives, in a notebook, as a page, picture or film."""
