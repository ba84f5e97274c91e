"""Pictures from words alone: sprites on drawn backdrops."""
