"""Documents that are not to be seen as they came: a redacted copy, and the original under seal."""
