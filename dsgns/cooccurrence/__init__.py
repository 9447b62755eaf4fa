"""Ids in, windowed co-occurrence counts out: exact integers in CSR row blocks."""
