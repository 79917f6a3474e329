"""The command `accredit takein`."""
