"""The scoped list that every table of the administration is, and what it is declared with."""
