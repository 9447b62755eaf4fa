"""Dumps that tests make for themselves, and how well text is made of wikitext."""
