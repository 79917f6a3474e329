"""The audit trail as an operator meets it: its head anchored outside."""
