"""Wikipedia: MediaWiki's XML exports, and wikitext to text."""
