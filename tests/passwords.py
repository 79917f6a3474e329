"""Passwords and codes that are quick to hash: what each takes is there to slow guessing down."""

from argon2 import PasswordHasher
from flask import Flask

from core.services.people import codes, users

CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}


def hash_quickly() -> None:
    """From here on, in this process, with the same scheme at the least cost."""
    users._HASHER = PasswordHasher(**CHEAP)
    codes.COST.update(n=2)


def check_quickly(app: Flask) -> None:
    """The login screen of an application likewise."""
    context = app.extensions["security"].pwd_context
    context.update(**{f"argon2__{name}": cost for name, cost in CHEAP.items()})
