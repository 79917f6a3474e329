"""One's own applications: where to apply, facts, documents, what becomes of them."""
