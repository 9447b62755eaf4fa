"""What the user holds: words with their vectors, dense or sparse, and the files they travel in."""
