"""What drifts and shines through a picture."""
