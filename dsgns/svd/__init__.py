"""Randomized singular value decomposition of weighted counts, never held whole."""
