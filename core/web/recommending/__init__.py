"""Recommenders' own screens: their queue, the evaluation form, inspections, and proposals to exit."""
