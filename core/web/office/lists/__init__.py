"""The authority's lists."""
