"""Given pictures that move, and that become others."""
