"""Word embeddings trained out of core and distributed: one corpus, one workspace, two roads."""
