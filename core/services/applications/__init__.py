"""Applications under way: facts with their provenance, documents, verdicts, guards, and every move."""
