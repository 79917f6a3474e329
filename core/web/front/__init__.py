"""What stands before the application: takes in what is sent, and hands out answers, without its threads."""
