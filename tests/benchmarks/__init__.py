"""Every stage beside what does the same job elsewhere; ``python -m tests.benchmarks --help``."""
