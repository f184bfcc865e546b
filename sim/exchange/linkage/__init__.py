"""Linking people across institutions without showing anybody their names: tokens, sketches, Bloom filters."""
