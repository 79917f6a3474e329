"""Rules as data: facts, terms, clauses, and the readers that evaluate, explain and resolve them."""
