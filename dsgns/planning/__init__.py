"""Every stage's own arithmetic, on estimates in place of what earlier stages would have found."""
