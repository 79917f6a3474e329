"""Documents of cases: each gathers what its reader may see, and gives a file's name and bytes."""
