"""Randomized singular value decomposition of shifted positive PMI, never held whole."""
