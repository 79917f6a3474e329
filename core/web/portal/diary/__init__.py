"""The service diary of a party: by entry and by table."""
