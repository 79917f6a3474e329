"""Statuses granted before this register: read from tables, held against what is there, and entered."""
