"""The encoded corpus: one int32 id after the other, with a separator at the end of each document."""
