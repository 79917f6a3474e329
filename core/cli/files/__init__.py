"""`accredit files`: what lies in the stores of files, and belongs to nothing."""
