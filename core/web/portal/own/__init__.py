"""One's own account: opening it, its settings and sessions, what is held about oneself, giving it up."""
