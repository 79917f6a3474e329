"""One's own accreditations: duties, reports, exits."""
