"""Panels as the authority runs them: progress, assignment, ranking, and the decision on many at once."""
