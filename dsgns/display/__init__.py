"""What a run shows of itself while it runs, in words and figures."""
