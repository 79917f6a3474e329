"""Login, lockout, second factor and passwords, by Flask-Security-Too over the register's own users."""
