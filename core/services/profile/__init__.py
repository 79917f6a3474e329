"""What a party keeps of itself: its profile and its staff roster, used by every application."""
