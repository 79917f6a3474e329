"""Figures of the register, each counted in the database and only within the reach of whoever asks."""
