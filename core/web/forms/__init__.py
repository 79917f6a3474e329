"""Forms as data: fields, steps, facts, score sheets."""
