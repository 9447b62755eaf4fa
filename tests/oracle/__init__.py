"""Plain NumPy references that the fast code is held against."""
