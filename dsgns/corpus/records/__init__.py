"""Files of records, of which one field each is the text: JSON lines, separated values, Parquet and Arrow tables."""
