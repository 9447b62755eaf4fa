"""Counts in, shifted positive pointwise mutual information out, row block by row block."""
