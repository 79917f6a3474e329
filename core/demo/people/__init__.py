"""Made-up parties, their profiles and papers, and the staff of the programmes."""
