"""What happens by itself: a timetable kept by one elected worker, and tasks that every worker takes on."""
