"""Documents of what is destroyed, and of what is handed over to the archive."""
