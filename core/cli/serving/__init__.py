"""`accredit serve` and `accredit worker`: the site, and the jobs beside it or on machines of their own."""
