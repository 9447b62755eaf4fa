"""Files of records, of which one field each is the text: JSON lines."""
