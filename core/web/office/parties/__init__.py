"""What officers do with the parties themselves: mergers of one registered twice, changes of their data."""
