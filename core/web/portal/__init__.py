"""The portal: accounts, and what applicants and the accredited do themselves."""
