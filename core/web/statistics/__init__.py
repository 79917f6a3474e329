"""Figures as pages: charts with their tables and exports, for the staff and for everyone."""
