"""The authority's pages: the counter, calls, notices, tables, and the start page."""
