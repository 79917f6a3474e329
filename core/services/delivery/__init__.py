"""Messages on their way out: the outbox, and the gateways for e-mail and text messages."""
