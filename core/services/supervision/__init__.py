"""An accreditation lived through day by day: standings, what follows, and the status itself."""
