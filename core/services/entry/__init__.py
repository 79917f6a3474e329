"""How people come in: how often may be guessed, what a password must be, who came in and who looked."""
