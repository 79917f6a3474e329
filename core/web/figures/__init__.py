"""Figures as charts and tables, by topic."""
