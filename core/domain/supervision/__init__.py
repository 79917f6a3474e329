"""What time and records bring about for an accreditation: pure, day by day."""
