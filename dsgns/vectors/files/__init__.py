"""The files that vectors travel in: one module for each format, each with ``write`` and ``read``."""
