"""Codes by which whoever filed something without an account follows it up."""

import secrets

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without letters and digits that look alike."""
CODE_LENGTH = 12


def new_code() -> str:
    """A follow-up code that nobody guesses."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
