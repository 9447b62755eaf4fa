"""How good vectors are: word similarity, analogies, and how close each road comes to the other."""
