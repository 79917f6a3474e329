"""The authority's own pages beside the cases: the check of completeness, notices, nominations, holidays."""
