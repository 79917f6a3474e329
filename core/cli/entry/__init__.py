"""What is taken and what is refused wherever people type, paste or send tables: its cases and its page."""
