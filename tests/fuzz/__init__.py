"""Readers of foreign bytes, given bytes that look for trouble: ``make fuzz``."""
