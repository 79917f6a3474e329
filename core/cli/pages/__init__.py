"""The pages that `accredit docs` writes."""
