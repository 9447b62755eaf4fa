"""Text in: which files, cut where, read how, and what in them is a token."""
