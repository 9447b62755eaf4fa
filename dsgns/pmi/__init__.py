"""Counts in, weighted counts out, row block by row block: shifted positive PMI, or ROOT-CCA."""
