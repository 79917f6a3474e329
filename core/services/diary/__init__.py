"""The service diary: its records, entry by entry or as a table, and the enterprises served."""
