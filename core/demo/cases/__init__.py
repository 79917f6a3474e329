"""Applications of the story: planned, filed, handled, and what becomes of each."""
