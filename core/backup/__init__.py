"""A register put away whole, and brought back somewhere else without doing anything that was done already."""
