"""Pairs of words that belong together, learned from the corpus and made one word each (Mikolov et al. 2013, eq. 6)."""
