"""What an account may hold: duties apart, sessions that end, and the way in when nobody can."""
