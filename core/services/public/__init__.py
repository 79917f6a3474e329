"""What everyone may read without an account."""
