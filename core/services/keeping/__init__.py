"""What is kept, for how long, and how it goes: holds, and lists of destruction that two approve."""
