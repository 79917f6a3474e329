"""The public site: what everyone may read and do without an account."""
