"""What is kept, held, destroyed and handed over to the archive, for the authority and the auditor."""
