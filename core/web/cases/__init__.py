"""A case as a page shows it, for every audience."""
