"""Words counted, the kept ones numbered by falling count."""
