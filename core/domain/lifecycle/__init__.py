"""Where applications and accreditations can stand, and every move between."""
