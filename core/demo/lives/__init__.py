"""The years of the accredited: diaries, reports, bad times, the last days."""
