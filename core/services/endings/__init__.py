"""How a status ends or goes on: exits, appeals, extensions, withdrawals."""
