"""Loops over arrays: no file, no workspace, no cluster."""
