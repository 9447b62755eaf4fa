"""Skip-gram with negative sampling: encoded corpus in, input and output vectors out."""
