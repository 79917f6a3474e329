"""What every use case works with: the unit of work, who may do what, words, codes, the queue of jobs."""
